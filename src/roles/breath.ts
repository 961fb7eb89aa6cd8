// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** In loops over events that call the user's code: let messages arrive now and then, above all the wish to stop. */
import { setImmediate as turn } from 'node:timers/promises'

const holdMilliseconds = 50

export class Breath {
  readonly #signal: AbortSignal
  #last = performance.now()

  constructor(signal: AbortSignal) {
    this.#signal = signal
  }

  /** A turn of the event loop where the last one is a while ago. Throws the signal's reason when it is aborted. */
  async take(): Promise<void> {
    if (performance.now() - this.#last < holdMilliseconds) return
    await turn()
    this.#last = performance.now()
    this.#signal.throwIfAborted()
  }
}
