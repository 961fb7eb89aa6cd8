// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** How many events a ring folds at once: long blocks are faster, short ones end sooner. The bits do not depend on it. */

/** When a ring folds. */
export interface Turn {
  /** Time of one fold to aim at. */
  readonly milliseconds: number
  /** Length of the first block, as a part of the others. */
  readonly firstBlock: number
}

/** Products of the first fold, and of every fold at least, about: so few never take long. */
const pairsFewest = 3e9
/** A ring takes events fastest in tiles of so many, and folds best by lines of them. */
const tile = 16
const line = 64
/** How fast blocks may grow from one to the next. */
const growth = 2
/** Products in a millisecond, until the first fold tells. */
const speedAtFirst = 5e6

export class BlockLength {
  readonly #milliseconds: number
  readonly #fewest: number
  readonly #longest: number
  #wanted: number
  /** Of the last fold that counted. */
  #lastMillisecondsPerEvent = Number.POSITIVE_INFINITY
  /** Events that the current block takes, at most. */
  events: number
  /** Time to fold one event, about. */
  millisecondsPerEvent: number

  constructor(pairsPerEvent: number, longest: number, { milliseconds, firstBlock }: Turn) {
    this.#milliseconds = milliseconds
    this.#longest = longest
    this.#fewest = Math.max(tile, pairsFewest / Math.max(pairsPerEvent, 1))
    this.#wanted = Math.max(tile, pairsFewest / Math.max(pairsPerEvent, 1))
    this.millisecondsPerEvent = pairsPerEvent / speedAtFirst
    this.events = wholeTiles(firstBlock * Math.min(this.#wanted, longest))
  }

  /** Folding `events` took `milliseconds`. */
  folded(events: number, milliseconds: number): void {
    // The cost of a few events says little about that of many.
    if (2 * events >= this.#wanted) {
      // The shorter of two: memory that is touched for the first time, or a busy moment of the machine, makes one fold thrice as long.
      this.millisecondsPerEvent = Math.min(milliseconds / events, this.#lastMillisecondsPerEvent)
      this.#lastMillisecondsPerEvent = milliseconds / events
      const wanted = this.#milliseconds / Math.max(this.millisecondsPerEvent, 1 / events)
      this.#wanted = Math.max(this.#fewest, Math.min(wanted, growth * this.#wanted))
    }
    this.events = wholeTiles(Math.min(this.#wanted, this.#longest))
  }
}

function wholeTiles(events: number): number {
  const step = events < line ? tile : line
  return Math.max(tile, step * Math.floor(events / step))
}
