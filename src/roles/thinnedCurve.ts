// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A curve of bounded length: when full, neighbours are averaged and every point stands for twice as many events. */

export class ThinnedCurve {
  readonly #x: Float64Array
  readonly #y: Float64Array
  /** Events per point. */
  #stride = 1
  #points = 0
  #pendingX = 0
  #pendingY = 0
  #pending = 0

  /** `capacity` points at most, an even number. */
  constructor(capacity: number) {
    this.#x = new Float64Array(capacity)
    this.#y = new Float64Array(capacity)
  }

  add(x: number, y: number): void {
    this.#pendingX += x
    this.#pendingY += y
    if (++this.#pending < this.#stride) return
    if (this.#points === this.#x.length) this.#halve()
    if (this.#pending < this.#stride) return
    this.#x[this.#points] = this.#pendingX / this.#pending
    this.#y[this.#points++] = this.#pendingY / this.#pending
    this.#pendingX = 0
    this.#pendingY = 0
    this.#pending = 0
  }

  /** The points so far, the unfinished one included. */
  points(): { counter: Float64Array; mean: Float64Array } {
    const rest = this.#pending > 0 ? 1 : 0
    const counter = new Float64Array(this.#points + rest)
    const mean = new Float64Array(this.#points + rest)
    counter.set(this.#x.subarray(0, this.#points))
    mean.set(this.#y.subarray(0, this.#points))
    if (rest === 1) {
      counter[this.#points] = this.#pendingX / this.#pending
      mean[this.#points] = this.#pendingY / this.#pending
    }
    return { counter, mean }
  }

  #halve(): void {
    this.#points /= 2
    for (let i = 0; i < this.#points; i++) {
      this.#x[i] = (this.#x[2 * i] + this.#x[2 * i + 1]) / 2
      this.#y[i] = (this.#y[2 * i] + this.#y[2 * i + 1]) / 2
    }
    this.#stride *= 2
  }
}
