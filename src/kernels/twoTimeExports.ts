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
export function areasOf(run: TwoTimeExports): { sums: number; past: number; future: number; rows: number } {
  return { sums: run.areaOf(0), past: run.areaOf(1), future: run.areaOf(2), rows: run.areaOf(3) }
}
