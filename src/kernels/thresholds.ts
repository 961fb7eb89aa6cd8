// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** ParCorAna's value thresholds, applied to a worker's values before they are stored. */
import type { TypedArray } from '../units.js'

/**
 * For `count` values of one event from `from`: marks `saturated[i] = 1` where value i reaches `saturatedValue`, then raises
 * values below `notzero` to `notzero`, in place. null = off. NaN stays NaN. An integer array holds `notzero` only if that is
 * a whole number within its range: the caller gives a float array otherwise.
 */
export function applyThresholds(
  values: TypedArray,
  from: number,
  count: number,
  saturatedValue: number | null,
  notzero: number | null,
  saturated: Uint8Array,
): void {
  if (saturatedValue !== null) markSaturated(values, from, count, saturatedValue, saturated)
  if (notzero !== null) raise(values, from, count, notzero)
}

function markSaturated(values: TypedArray, from: number, count: number, limit: number, saturated: Uint8Array): void {
  for (let i = 0; i < count; i++) if (values[from + i] >= limit) saturated[i] = 1
}

function raise(values: TypedArray, from: number, count: number, floor: number): void {
  for (let i = from; i < from + count; i++) if (values[i] < floor) values[i] = floor
}
