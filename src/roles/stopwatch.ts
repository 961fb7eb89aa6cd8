// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Milliseconds and calls per named step of a role, for the timing report. */
import type { Timing } from './messages.js'

export class Stopwatch {
  readonly #steps = new Map<string, { milliseconds: number; calls: number }>()

  /** Time a synchronous step. */
  run<T>(name: string, body: () => T): T {
    const start = performance.now()
    try {
      return body()
    } finally {
      this.#add(name, performance.now() - start)
    }
  }

  /** Time an asynchronous step, waiting included. */
  async wait<T>(name: string, body: () => Promise<T>): Promise<T> {
    const start = performance.now()
    try {
      return await body()
    } finally {
      this.#add(name, performance.now() - start)
    }
  }

  timings(): Timing[] {
    return Array.from(this.#steps, ([name, step]) => ({ name, ...step }))
  }

  #add(name: string, milliseconds: number): void {
    const step = this.#steps.get(name) ?? { milliseconds: 0, calls: 0 }
    this.#steps.set(name, { milliseconds: step.milliseconds + milliseconds, calls: step.calls + 1 })
  }
}
