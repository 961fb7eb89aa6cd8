// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One thing that a run may need, looked at. */
import { messageOf } from '../../errors.js'

export interface Item {
  readonly name: string
  /** `warn`: works, but less well, or is needed by some commands only. `fail`: something that was asked for does not work. */
  readonly state: 'ok' | 'warn' | 'fail'
  /** What was found. */
  readonly found: string
  /** What to do; null = nothing. */
  readonly next: string | null
}

export const ok = (name: string, found: string): Item => ({ name, state: 'ok', found, next: null })
export const warn = (name: string, found: string, next: string): Item => ({ name, state: 'warn', found, next })
export const fail = (name: string, found: string, next: string): Item => ({ name, state: 'fail', found, next })

/** What `look` finds; an error is a failed item whose sentence already says the next step behind its last semicolon. */
export async function looked(name: string, look: () => Promise<Item | Item[]>): Promise<Item[]> {
  try {
    return [await look()].flat()
  } catch (error) {
    const message = messageOf(error)
    const cut = message.lastIndexOf('; ')
    return [cut < 0 ? fail(name, message, 'see above') : fail(name, message.slice(0, cut), message.slice(cut + 2))]
  }
}

/** `ok    node  v24.1.0`, with the next step on the same line. */
export function itemText({ name, state, found, next }: Item): string {
  return `${state.padEnd(5)} ${name.padEnd(12)} ${found}${next === null ? '' : `; ${next}`}`
}
