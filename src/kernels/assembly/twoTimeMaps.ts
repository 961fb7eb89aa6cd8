// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Rows of two-time maps, two points at a time; what they do stands in ../mapKernels.ts.

/** One point behind the last pair. */
@inline
function divideOne(map: usize, sums: usize, means: usize, mean: f64, products: usize, norms: usize): void {
  const norm = mean * load<f64>(means)
  const sum = load<f64>(sums)
  const ratio = sum / norm
  store<f64>(map, ratio)
  store<f64>(products, ratio == ratio ? sum : 0)
  store<f64>(norms, ratio == ratio ? norm : 0)
}

export function divideRow(map: usize, sums: usize, means: usize, mean: f64, products: usize, norms: usize, count: usize): void {
  const factor = f64x2.splat(mean)
  let k: usize = 0
  for (; k + 16 <= count << 3; k += 16) {
    const norm = f64x2.mul(factor, v128.load(means + k))
    const sum = v128.load(sums + k)
    const ratio = f64x2.div(sum, norm)
    const defined = f64x2.eq(ratio, ratio)
    v128.store(map + k, ratio)
    v128.store(products + k, v128.and(sum, defined))
    v128.store(norms + k, v128.and(norm, defined))
  }
  if (k < count << 3) divideOne(map + k, sums + k, means + k, mean, products + k, norms + k)
}

export function addValues(to: usize, values: usize, count: usize): void {
  let k: usize = 0
  for (; k + 16 <= count << 3; k += 16) v128.store(to + k, f64x2.add(v128.load(to + k), v128.load(values + k)))
  if (k < count << 3) store<f64>(to + k, load<f64>(to + k) + load<f64>(values + k))
}
