// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Collects the master's decisions into order lists. */
import { Fate, type Order } from './messages.js'

interface Entry {
  readonly server: number
  readonly block: number
  readonly position: number
  readonly counter: number
  readonly fate: number
  readonly row: number
  readonly evicted: number
  /** One value per monitor of the run. */
  readonly monitors: Float64Array
}

export class OrderWriter {
  #entries: Entry[] = []
  #finished: [server: number, block: number][] = []

  add(entry: Entry): void {
    this.#entries.push(entry)
  }

  /** No later list will refer to this block. */
  finish(server: number, block: number): void {
    this.#finished.push([server, block])
  }

  get empty(): boolean {
    return this.#entries.length === 0 && this.#finished.length === 0
  }

  get length(): number {
    return this.#entries.length
  }

  /** The list so far; starts a new one. */
  take(): Order {
    const entries = this.#entries
    const finished = this.#finished
    this.#entries = []
    this.#finished = []
    return {
      kind: 'order',
      server: Uint16Array.from(entries, (entry) => entry.server),
      block: Int32Array.from(entries, (entry) => entry.block),
      position: Uint16Array.from(entries, (entry) => entry.position),
      counter: Float64Array.from(entries, (entry) => entry.counter),
      fate: Uint8Array.from(entries, (entry) => entry.fate),
      row: Int32Array.from(entries, (entry) => entry.row),
      evicted: Float64Array.from(entries, (entry) => entry.evicted),
      monitors: joined(entries),
      finished,
    }
  }
}

function joined(entries: readonly Entry[]): Float64Array {
  const width = entries[0]?.monitors.length ?? 0
  const out = new Float64Array(width * entries.length)
  if (width > 0) entries.forEach(({ monitors }, e) => void out.set(monitors, e * width))
  return out
}

/** The `Fate` code of a decision. */
export function fateCode(fate: keyof typeof Fate): number {
  return Fate[fate]
}
