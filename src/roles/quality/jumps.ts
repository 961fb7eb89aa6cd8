// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Jumps of I(t): events whose intensity is far from the running mean, as when a shutter closes. The running mean follows drifts (time
 * constant 64 events) and does not see the jumps; a level that holds for 64 events becomes the new mean.
 */

const memory = 64
/** Events whose middle value is the first running mean. */
const first = 31
/** A jump is this part of the running mean, and this many mean deviations. */
const part = 0.5
const deviations = 5
/** Below this part of the running mean the beam is off, where the mean has so many counts that chance cannot do it. */
const off = 0.1
const surely = 30

export class Jumps {
  #events = 0
  #jumps = 0
  #mean = Number.NaN
  #deviation = 0
  /** Jumps in a row, and their sum. */
  #inRow = 0
  #rowSum = 0
  #start: number[] | null = []

  /** `total`: the counts of one event. */
  add(total: number): void {
    this.#events++
    if (this.#start === null) this.#follow(total)
    else if (this.#start.push(total) === first) this.#begin(this.#start)
  }

  /** Fraction of the events so far that are jumps; NaN without events. */
  fraction(): number {
    if (this.#start === null) return this.#jumps / this.#events
    const few = new Jumps()
    if (this.#start.length > 0) few.#begin(this.#start)
    return few.#jumps / this.#start.length
  }

  #begin(start: readonly number[]): void {
    this.#mean = middle(start)
    this.#deviation = middle(start.map((total) => Math.abs(total - this.#mean)))
    this.#start = null
    this.#events = start.length
    for (const total of start) this.#follow(total)
  }

  #follow(total: number): void {
    const away = Math.abs(total - this.#mean)
    const dark = this.#mean > surely && total < off * this.#mean
    if (
      dark ||
      away >
        Math.max(
          part * Math.abs(this.#mean),
          deviations * this.#deviation,
          deviations * Math.sqrt(Math.abs(this.#mean)),
        )
    ) {
      this.#jumps++
      this.#rowSum += total
      if (++this.#inRow < memory) return
      this.#mean = this.#rowSum / this.#inRow
    } else {
      this.#mean += (total - this.#mean) / memory
      this.#deviation += (away - this.#deviation) / memory
    }
    this.#inRow = 0
    this.#rowSum = 0
  }
}

function middle(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)]
}
