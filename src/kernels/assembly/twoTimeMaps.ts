// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Blocks of two-time maps, two points of a row at a time; what they do stands in ../mapKernels.ts. A row is cut where the part of
// its age changes, and where its window ends, so that what it is added to lies side by side.

const ageParts: usize = 16

let frames: usize = 0
let windows: usize = 0
/** Frames of a window. */
let length: usize = 0
let products: usize = 0
let norms: usize = 0
let ownProducts: usize = 0
let ownNorms: usize = 0

export function useMaps(
  frames_: usize, windows_: usize, length_: usize, products_: usize, norms_: usize, ownProducts_: usize, ownNorms_: usize,
): void {
  frames = frames_
  windows = windows_
  length = length_
  products = products_
  norms = norms_
  ownProducts = ownProducts_
  ownNorms = ownNorms_
}

@inline
function addPair(to: usize, values: v128): void {
  v128.store(to, f64x2.add(v128.load(to), values))
}

@inline
function addOne(to: usize, value: f64): void {
  store<f64>(to, load<f64>(to) + value)
}

/** `count` points, added at `product` and `norm`, with `owned` at `own` and `ownNorm` as well. */
@inline
function addPoints(
  map: usize, sums: usize, means: usize, mean: f64, count: usize, product: usize, norm: usize, owned: bool, own: usize, ownNorm: usize,
): void {
  const factor = f64x2.splat(mean)
  const bytes = count << 3
  let k: usize = 0
  for (; k + 16 <= bytes; k += 16) {
    const by = f64x2.mul(factor, v128.load(means + k))
    const sum = v128.load(sums + k)
    const ratio = f64x2.div(sum, by)
    v128.store(map + k, ratio)
    const defined = f64x2.eq(ratio, ratio)
    const kept = v128.and(sum, defined)
    const keptBy = v128.and(by, defined)
    addPair(product + k, kept)
    addPair(norm + k, keptBy)
    if (owned) {
      addPair(own + k, kept)
      addPair(ownNorm + k, keptBy)
    }
  }
  if (k == bytes) return
  const by = mean * load<f64>(means + k)
  const sum = load<f64>(sums + k)
  const ratio = sum / by
  store<f64>(map + k, ratio)
  if (ratio != ratio) return
  addOne(product + k, sum)
  addOne(norm + k, by)
  if (owned) {
    addOne(own + k, sum)
    addOne(ownNorm + k, by)
  }
}

/** `count` points of frame t1 from lag `lag` on, which is above 0. */
function addRow(map: usize, sums: usize, means: usize, mean: f64, t1: usize, lag: usize, count: usize): void {
  const window = length == 0 ? windows : t1 / length
  const end = lag + count
  const ownEnd = window < windows ? min(end, (window + 1) * length - t1) : 0
  const own = (window * length) << 3
  while (lag < end) {
    const part = t1 * ageParts / (frames - lag)
    const partEnd = min(end, frames - t1 * ageParts / (part + 1))
    const at = (part * frames) << 3
    for (; lag < partEnd; ) {
      const owned = lag < ownEnd
      const points = (owned ? min(partEnd, ownEnd) : partEnd) - lag
      const to = lag << 3
      if (owned) addPoints(map, sums, means, mean, points, products + at + to, norms + at + to, true, ownProducts + own + to, ownNorms + own + to)
      else addPoints(map, sums, means, mean, points, products + at + to, norms + at + to, false, 0, 0)
      map += points << 3
      sums += points << 3
      means += points << 3
      lag += points
    }
  }
}

export function mapBlock(
  map: usize, sums: usize, means: usize, row: usize, rows: usize, column: usize, columns: usize, stride: usize, elements: f64,
): void {
  for (let t1 = row; t1 < row + rows; t1++, sums += stride << 3, map += columns << 3) {
    const mean = load<f64>(means + (t1 << 3)) * elements
    let first = t1 > column ? min(t1 - column, columns) : 0
    memory.fill(map, 0, first << 3)
    if (first < columns && column + first == t1) {
      store<f64>(map + (first << 3), load<f64>(sums + (first << 3)) / (mean * load<f64>(means + (t1 << 3))))
      first++
    }
    if (first == columns) continue
    const from = first << 3
    addRow(map + from, sums + from, means + ((column + first) << 3), mean, t1, column + first - t1, columns - first)
  }
}
