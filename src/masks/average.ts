// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Every value replaced by the average over its label. The divisor is the number of values with that label, or what `totals`
 * says for it; with `totals` given, a label that is absent from them keeps its sum. Result float64 for float64, else float32.
 */
export function replaceSubsetsWithAverage(
  values: ArrayLike<number>,
  labels: ArrayLike<number>,
  totals: ReadonlyMap<number, number> | null = null,
): Float64Array | Float32Array {
  if (values.length !== labels.length) throw new RangeError(`${values.length} values but ${labels.length} labels`)
  const sums = new Map<number, number>()
  const counts = new Map<number, number>()
  for (let i = 0; i < values.length; i++) {
    const label = labels[i] as number
    sums.set(label, (sums.get(label) ?? 0) + (values[i] as number))
    counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const divisors = totals ?? counts
  const averages = values instanceof Float64Array ? new Float64Array(values.length) : new Float32Array(values.length)
  return averages.map((_, i) => (sums.get(labels[i] as number) ?? 0) / (divisors.get(labels[i] as number) ?? 1))
}
