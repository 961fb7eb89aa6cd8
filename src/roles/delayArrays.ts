// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Per-element sums on the viewer, delay by delay for whoever asks; where elements are few, a request to the workers brings several delays. */

/** 2 MiB of float64: a request costs what this many values cost. */
const valuesAtOnce = 2 ** 18

/** Asks the workers for `count` delays from number `first` on: one array of all elements each. */
type Pull = (name: string, first: number, count: number) => Promise<Float64Array[]>

interface Held {
  readonly first: number
  readonly rows: Promise<Float64Array[]>
  /** Numbers of delays that nobody has taken. */
  readonly left: Set<number>
}

export class DelayArrays {
  readonly #pull: Pull
  readonly #delays: number
  readonly #atOnce: number
  readonly #held = new Map<string, Held>()

  constructor(pull: Pull, { delays, elements }: { delays: number; elements: number }) {
    this.#pull = pull
    this.#delays = delays
    this.#atOnce = Math.max(1, Math.floor(valuesAtOnce / Math.max(1, elements)))
  }

  /** Sums `name` at delay number `index`, in element order, for the caller to keep. */
  async take(name: string, index: number): Promise<Float64Array> {
    let held = this.#held.get(name)
    if (held === undefined || !held.left.has(index)) {
      held = this.#ask(name, index)
      this.#held.set(name, held)
    }
    held.left.delete(index)
    return (await held.rows)[index - held.first]
  }

  #ask(name: string, first: number): Held {
    const count = Math.min(this.#atOnce, this.#delays - first)
    const left = new Set(Array.from({ length: count }, (_, k) => first + k))
    return { first, rows: this.#pull(name, first, count), left }
  }
}
