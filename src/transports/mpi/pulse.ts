// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Signs of life between rank 0 and every other rank, so that a host that is gone or a cut link ends the job: MPI itself may wait for
 * minutes. Sent by the MPI thread, so that a rank that computes for long is no less alive.
 */

/** Time between two signs. */
export const beatMilliseconds = 1000
/** Silence after which a rank counts as lost. */
export const lostMilliseconds = 4500
/** Of a pause of this process itself (a job that was suspended) no more than this counts as silence. */
const stepMilliseconds = 250

export class Pulse {
  readonly #rank: number
  /** Silence of each watched rank, milliseconds. */
  #silent = new Map<number, number>()
  /** Ranks that watch this one. */
  #watchers = new Set<number>()
  #looked = 0
  #beaten = 0

  constructor(rank: number) {
    this.#rank = rank
  }

  /** Watch `ranks`: rank 0 all others, all others rank 0. */
  watch(ranks: readonly number[], now: number): void {
    const watched = ranks.filter((rank) => rank !== this.#rank && (rank === 0 || this.#rank === 0))
    this.#silent = new Map(watched.map((rank) => [rank, 0]))
    this.#watchers = new Set(watched)
    this.#looked = now
  }

  heard(from: number): void {
    if (this.#silent.has(from)) this.#silent.set(from, 0)
  }

  /** `from` has ended its session: it need not be heard any more. */
  endedBy(from: number): void {
    this.#silent.delete(from)
  }

  /** This rank has told `to` that it has ended. */
  endedTo(to: number): void {
    this.#watchers.delete(to)
  }

  /** Call often. The ranks that are due a sign of life, and the first that has been silent for too long. */
  look(now: number): { beat: readonly number[]; lost: number | null } {
    const passed = Math.min(stepMilliseconds, now - this.#looked)
    this.#looked = now
    let lost: number | null = null
    for (const [rank, silence] of this.#silent) {
      this.#silent.set(rank, silence + passed)
      if (silence + passed > lostMilliseconds) lost ??= rank
    }
    if (now - this.#beaten < beatMilliseconds) return { beat: [], lost }
    this.#beaten = now
    return { beat: [...this.#watchers], lost }
  }
}
