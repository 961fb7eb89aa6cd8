// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** ParCorAna's value thresholds, applied to a worker's values before they are stored. */
import type { TypedArray } from '../units.js'

/** How many values were looked at, raised and found saturated. */
export interface ThresholdCounts {
  values: number
  raised: number
  saturated: number
}

export function noneCounted(): ThresholdCounts {
  return { values: 0, raised: 0, saturated: 0 }
}

/**
 * For `count` values of one event from `from`: marks `saturated[i] = 1` where value i reaches `saturatedValue`, then raises
 * values below `notzero` to `notzero`, in place. null = off. NaN stays NaN. Adds to `counts`. An integer array holds `notzero` only if that is
 * a whole number within its range: the caller gives a float array otherwise.
 */
export function applyThresholds(
  values: TypedArray,
  from: number,
  count: number,
  saturatedValue: number | null,
  notzero: number | null,
  saturated: Uint8Array,
  counts: ThresholdCounts = noneCounted(),
): void {
  counts.values += count
  if (saturatedValue !== null) counts.saturated += markSaturated(values, from, count, saturatedValue, saturated)
  if (notzero !== null) counts.raised += raise(values, from, count, notzero)
}

function markSaturated(values: TypedArray, from: number, count: number, limit: number, saturated: Uint8Array): number {
  let found = 0
  for (let i = 0; i < count; i++) {
    if (!(values[from + i] >= limit)) continue
    saturated[i] = 1
    found++
  }
  return found
}

function raise(values: TypedArray, from: number, count: number, floor: number): number {
  let raised = 0
  for (let i = from; i < from + count; i++) {
    if (!(values[i] < floor)) continue
    values[i] = floor
    raised++
  }
  return raised
}
