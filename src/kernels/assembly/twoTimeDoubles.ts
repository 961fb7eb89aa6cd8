// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of a block of float64, four frames of the past with four of the future at a time. The products of two frames are added one
// at a time in the order of the elements of a leaf; the sums of leaves are added in pairs, as the tree says.
import { frames, leavesAt, sumsAt, waitingAt } from './twoTimePlace'

/** Bytes of the sums of a tile, and of four frames of one element. */
const tileBytes: usize = 128
const elementBytes: usize = 32

/** Copies the sums of a tile from or to the block. */
@inline
function move(to: usize, toStep: usize, from: usize, fromStep: usize): void {
  for (let row: usize = 0; row < 4; row++) {
    v128.store(to + row * toStep, v128.load(from + row * fromStep))
    v128.store(to + row * toStep, v128.load(from + row * fromStep, 16), 16)
  }
}

@inline
function merge(at: usize): void {
  for (let i: usize = 0; i < tileBytes; i += 16) {
    v128.store(at + i, f64x2.add(v128.load(at + i), v128.load(at + i, tileBytes)))
  }
}

@inline
function more(sum: v128, a: v128, b: v128): v128 {
  return f64x2.add(sum, f64x2.mul(a, b))
}

/** Add the elements x .. end to the sums at `at`. */
@inline
function addLeaf(at: usize, x: usize, y: usize, end: usize): void {
  let a0 = v128.load(at)
  let b0 = v128.load(at, 16)
  let a1 = v128.load(at, 32)
  let b1 = v128.load(at, 48)
  let a2 = v128.load(at, 64)
  let b2 = v128.load(at, 80)
  let a3 = v128.load(at, 96)
  let b3 = v128.load(at, 112)
  for (; x < end; x += elementBytes, y += elementBytes) {
    const low = v128.load(y)
    const high = v128.load(y, 16)
    const x0 = v128.load64_splat(x)
    a0 = more(a0, x0, low)
    b0 = more(b0, x0, high)
    const x1 = v128.load64_splat(x, 8)
    a1 = more(a1, x1, low)
    b1 = more(b1, x1, high)
    const x2 = v128.load64_splat(x, 16)
    a2 = more(a2, x2, low)
    b2 = more(b2, x2, high)
    const x3 = v128.load64_splat(x, 24)
    a3 = more(a3, x3, low)
    b3 = more(b3, x3, high)
  }
  v128.store(at, a0)
  v128.store(at, b0, 16)
  v128.store(at, a1, 32)
  v128.store(at, b1, 48)
  v128.store(at, a2, 64)
  v128.store(at, b2, 80)
  v128.store(at, a3, 96)
  v128.store(at, b3, 112)
}

/** The sums of one tile by the tree of `leaves`, or behind what the block holds where there is none. */
function tile(x: usize, y: usize, count: usize, leaves: usize, at: usize): void {
  if (leaves == 0) {
    move(waitingAt, 32, at, 8 * frames)
    addLeaf(waitingAt, x, y, x + count * elementBytes)
  } else {
    let top = waitingAt - tileBytes
    for (let leaf = leavesAt; leaf < leavesAt + 8 * leaves; leaf += 8) {
      top += tileBytes
      const bytes = <usize>load<u32>(leaf) * elementBytes
      memory.fill(top, 0, tileBytes)
      addLeaf(top, x, y, x + bytes)
      x += bytes
      y += bytes
      for (let merges = load<u32>(leaf, 4); merges > 0; merges--) {
        top -= tileBytes
        merge(top)
      }
    }
  }
  move(at, 8 * frames, waitingAt, 32)
}

export function multiplyDoubles(
  past: usize, future: usize, count: usize, rows: usize, columns: usize, same: bool, leaves: usize,
): void {
  const group = count * elementBytes
  for (let t1: usize = 0; t1 < rows; t1 += 4) {
    for (let t2: usize = same ? t1 : 0; t2 < columns; t2 += 4) {
      tile(past + (t1 >> 2) * group, future + (t2 >> 2) * group, count, leaves, sumsAt + 8 * (t1 * frames + t2))
    }
  }
}
