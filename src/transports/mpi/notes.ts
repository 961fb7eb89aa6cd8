// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the processes of a job tell each other beside the communicators: rank 0 leads, the others follow. */
import { EventEmitter } from 'node:events'
import type { BufferLimits, ControlFrame, Outcome, Port } from '../threads/wire.js'

/** Who a process is; the first note to rank 0. */
export interface Hello {
  readonly host: string
  readonly pid: number
  /** Equal on all processes of a job that can work. */
  readonly version: string
  readonly node: string
  readonly words: readonly string[]
}

export type Note =
  | { readonly note: 'hello'; readonly hello: Hello }
  /** Rank 0 to all: take part in a run as the rank whose place in `members` is your MPI rank. */
  | {
      readonly note: 'run'
      readonly session: number
      readonly members: readonly number[]
      readonly buffers: BufferLimits
      readonly task: unknown
    }
  /** To the rank's control wire, or from it. */
  | { readonly note: 'control'; readonly session: number; readonly frame: ControlFrame }
  /** To rank 0: how a rank's part in a run has ended. */
  | { readonly note: 'outcome'; readonly session: number; readonly outcome: Outcome }
  /** To rank 0: this process got SIGINT or SIGTERM. */
  | { readonly note: 'signal'; readonly signal: 'SIGINT' | 'SIGTERM' }
  /** Rank 0 to all: the job is over. */
  | { readonly note: 'end' }

/** A rank's control wire: `put` takes what the rank posts, `hear` is what it gets. */
export class ControlWire extends EventEmitter {
  readonly #put: (frame: ControlFrame) => void

  constructor(put: (frame: ControlFrame) => void) {
    super()
    this.#put = put
  }

  get port(): Port {
    return this as unknown as Port
  }

  postMessage(frame: ControlFrame): void {
    this.#put(frame)
  }

  hear(frame: ControlFrame): void {
    this.emit('message', frame)
  }

  close(): void {}
}
