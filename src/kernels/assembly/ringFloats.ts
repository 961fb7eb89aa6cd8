// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Block folding of float rings: each element's and delay's pairs one at a time in the order of ticks, two delays abreast.
import { addTo, sumAt } from './sumWidth'

/** One value of a ring as float64. */
@inline
function at<T>(row: usize, position: usize): f64 {
  return <f64>load<T>(row + position * sizeof<T>())
}

@inline
function two<T>(a: usize, b: usize, position: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(at<T>(a, position)), 1, at<T>(b, position))
}

@inline
function loadTwo(sums: usize, a: usize, b: usize): v128 {
  return f64x2.replace_lane(f64x2.splat(load<f64>(sums + a)), 1, load<f64>(sums + b))
}

@inline
function storeTwo(sums: usize, a: usize, b: usize, value: v128): void {
  store<f64>(sums + a, f64x2.extract_lane(value, 0))
  store<f64>(sums + b, f64x2.extract_lane(value, 1))
}

/** Two delays; without holes a missing event is 0 and adds nothing. */
function foldTwo<T>(
  x: usize, presentX: usize, y0: usize, present0: usize, y1: usize, present1: usize, length: usize,
  sum0: usize, sum1: usize, g2: usize, fixed: usize, moving: usize,
): void {
  let products = loadTwo(g2, sum0, sum1)
  let fixedSums = loadTwo(fixed, sum0, sum1)
  let movingSums = loadTwo(moving, sum0, sum1)
  for (let k: usize = 0; k < length; k++) {
    const a = f64x2.splat(at<T>(x, k))
    const b = two<T>(y0, y1, k)
    products = f64x2.add(products, f64x2.mul(a, b))
    movingSums = f64x2.add(movingSums, f64x2.mul(f64x2.splat(at<T>(presentX, k)), b))
    fixedSums = f64x2.add(fixedSums, f64x2.mul(a, two<T>(present0, present1, k)))
  }
  storeTwo(g2, sum0, sum1, products)
  storeTwo(fixed, sum0, sum1, fixedSums)
  storeTwo(moving, sum0, sum1, movingSums)
}

/** One delay, with or without holes. */
function foldOne<T>(
  x: usize, presentX: usize, y: usize, presentY: usize, length: usize,
  sum: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  let product = load<f64>(g2 + sum)
  let fixedSum = load<f64>(fixed + sum)
  let movingSum = load<f64>(moving + sum)
  let holes: f64 = 0
  for (let k: usize = 0; k < length; k++) {
    if (at<T>(presentX, k) == 0 || at<T>(presentY, k) == 0) continue
    const a = at<T>(x, k)
    const b = at<T>(y, k)
    if (a != a || b != b) holes += 1
    else {
      product += a * b
      fixedSum += a
      movingSum += b
    }
  }
  store<f64>(g2 + sum, product)
  store<f64>(fixed + sum, fixedSum)
  store<f64>(moving + sum, movingSum)
  if (lost != 0) store<f64>(lost + sum, load<f64>(lost + sum) + holes)
}

/** T = f32 or f64; `lost` 0 = no holes. A delay list may repeat a delay index never: two delays abreast are two sums. */
export function foldFloats<T>(
  ring: usize, rowLength: usize, elements: usize, fixedPosition: usize, length: usize,
  moves: usize, count: usize, delays: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  const rowBytes = rowLength * sizeof<T>()
  const presence = ring + elements * rowBytes
  const presentX = presence + fixedPosition * sizeof<T>()
  for (let element: usize = 0; element < elements; element++) {
    const row = ring + element * rowBytes
    const x = row + fixedPosition * sizeof<T>()
    const tile = ((element >> 4) * delays * 16 + (element & 15)) * 8
    let m: usize = 0
    for (; lost == 0 && m + 1 < count; m += 2) {
      const move = moves + 12 * m
      const y0 = <usize>load<i32>(move, 4) * sizeof<T>()
      const y1 = <usize>load<i32>(move, 16) * sizeof<T>()
      const sum0 = tile + <usize>load<i32>(move) * 128
      const sum1 = tile + <usize>load<i32>(move, 12) * 128
      foldTwo<T>(x, presentX, row + y0, presence + y0, row + y1, presence + y1, length, sum0, sum1, g2, fixed, moving)
    }
    for (; m < count; m++) {
      const y = <usize>load<i32>(moves + 12 * m, 4) * sizeof<T>()
      const sum = tile + <usize>load<i32>(moves + 12 * m) * 128
      foldOne<T>(x, presentX, row + y, presence + y, length, sum, g2, fixed, moving, lost)
    }
  }
}

/** Single pairs of one delay, any type. */
export function foldListOf<T>(
  ring: usize, rowLength: usize, elements: usize, pairs: usize, count: usize, delayIndex: usize, sign: f64,
  delays: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  for (let element: usize = 0; element < elements; element++) {
    const row = ring + element * rowLength * sizeof<T>()
    const sum = sumAt(element, delays, delayIndex)
    for (let i: usize = 0; i < count; i++) {
      const a = at<T>(row, <usize>load<i32>(pairs + 8 * i))
      const b = at<T>(row, <usize>load<i32>(pairs + 8 * i, 4))
      if (lost != 0 && (a != a || b != b)) store<f64>(lost + sum, load<f64>(lost + sum) + sign)
      else {
        addTo(g2 + sum, sign * (a * b))
        addTo(fixed + sum, sign * a)
        addTo(moving + sum, sign * b)
      }
    }
  }
}
