// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One line on a terminal: events, rate, time left. */
import type { Progress } from '../roles/plan.js'

export class ProgressLine {
  readonly #on: boolean
  readonly #start = performance.now()
  #shownAt = 0

  constructor(on: boolean) {
    this.#on = on
  }

  show(event: Progress): void {
    const now = performance.now()
    if (!this.#on || event.kind !== 'events' || now - this.#shownAt < 200) return
    this.#shownAt = now
    process.stderr.write(`\r\x1b[K${progressText(event.read, event.planned, (now - this.#start) / 1000)}`)
  }

  end(): void {
    if (this.#on && this.#shownAt > 0) process.stderr.write('\r\x1b[K')
  }
}

/** `[#####.....] 2,000 of 4,000 events, 1,000 events/s, 2 s left`. */
export function progressText(read: number, planned: number, seconds: number): string {
  const part = planned === 0 ? 1 : Math.min(1, read / planned)
  const bar = '#'.repeat(Math.round(20 * part)).padEnd(20, '.')
  const rate = seconds > 0 ? read / seconds : 0
  const left = rate > 0 ? `${Math.ceil((planned - read) / rate)} s left` : ''
  const number = (value: number): string => Math.round(value).toLocaleString('en-US')
  return `[${bar}] ${number(read)} of ${number(planned)} events, ${number(rate)} events/s, ${left}`
}
