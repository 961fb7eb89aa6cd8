// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What `assembly/twoTime.ts` exports. */
type Call = (...args: number[]) => number

export interface TwoTimeExports {
  readonly isRelaxed: Call
  readonly areaOf: Call
  readonly gather: Call
  readonly addRow: Call
  readonly facts: Call
  readonly takeHoles: Call
  readonly give: Call
  readonly giveFilled: Call
  readonly clearSums: Call
  readonly multiply: Call
  readonly scatterPhotons: Call
}

/** Addresses of the areas that both sides touch. */
export interface TwoTimeAreas {
  readonly sums: number
  readonly past: number
  readonly future: number
  /** Free from here on. */
  readonly rows: number
  readonly leaves: number
}

export function areasOf(run: TwoTimeExports): TwoTimeAreas {
  const [sums, past, future, rows, leaves] = [0, 1, 2, 3, 4].map((name) => run.areaOf(name))
  return { sums, past, future, rows, leaves }
}
