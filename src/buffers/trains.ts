// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Bursts of pulses: pulse p of train k has counter k * period + p, 0 <= p < pulses. */

export interface Trains {
  /** Ticks from a train to the next, at least `pulses`. */
  readonly period: number
  /** Pulses of a train when none is missing. */
  readonly pulses: number
}

export function trainOf(counter: number, { period }: Trains): number {
  return Math.floor(counter / period)
}

/** Below `pulses` for every event of a run with trains. */
export function pulseOf(counter: number, trains: Trains): number {
  return counter - trainOf(counter, trains) * trains.period
}

/** Trains and pulses between two events `delay` ticks apart; null = no two pulses are. For a period of at least 2 pulses - 1, where no other step has this delay. */
export function stepOf(delay: number, { period, pulses }: Trains): { trains: number; pulses: number } | null {
  const trains = Math.round(delay / period)
  const rest = delay - trains * period
  return Math.abs(rest) < pulses ? { trains, pulses: rest } : null
}
