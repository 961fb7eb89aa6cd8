// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Relaxed SIMD may give other results on other machines, and did on some engines: it is used only after this test. */
import './webassembly.js'

const length = 1024
/** Where the kernels expect the fixed window. */
const x = 65536
const y = 12 * 65536
const out = y + length
const cells = 300

interface Exports {
  readonly isRelaxed: () => number
  readonly relaxedProduct: (y: number, length: number, largest: number, out: number) => void
}

/** True when the module's relaxed products of counts 0..127, in both forms, are exact here, by all-equal values and random ones. */
export function relaxedIsExact(module: WebAssembly.Module): boolean {
  const memory = new WebAssembly.Memory({ initial: 13, maximum: 65536 })
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports
  if (exports.isRelaxed() !== 1) return false
  const fixed = new Uint8Array(memory.buffer, x, length)
  const moving = new Uint8Array(memory.buffer, y, length)
  const equal = (largest: number) => {
    let product = 0
    for (let t = 0; t < length; t++) product += fixed[t] * moving[t]
    exports.relaxedProduct(y, length, largest, out)
    const got = new Int32Array(memory.buffer, out, 64)
    return [0, 16, 32, 48].every((place) => got[place] === product)
  }
  const same = [0, 1, 3, 15, 16, 31, 45, 63, 64, 90, 91, 100, 127].every((value) => {
    fixed.fill(value)
    moving.fill(value)
    return equal(value) && equal(127)
  })
  return same && randomCells(fixed, moving, equal)
}

/** Random numbers of 0 to 127. */
function smallNumbers(): () => number {
  let state = 1
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 25
  }
}

function randomCells(fixed: Uint8Array, moving: Uint8Array, equal: (largest: number) => boolean): boolean {
  const next = smallNumbers()
  for (let cell = 0; cell < cells; cell++) {
    const largest = 127 >> (cell % 5)
    for (let t = 0; t < length; t++) {
      fixed[t] = next() & largest
      moving[t] = next() & largest
    }
    if (!equal(largest)) return false
  }
  return true
}

interface SixteenBytes {
  readonly isRelaxed: () => number
  readonly shortProduct: (x: number, y: number, out: number) => void
  readonly longProduct?: (x: number, y: number, out: number) => void
}

/** The same for products of 16 bytes that are added in pairs to 16 bits (`shortProduct`) and, where a module has it, in fours to 32 (`longProduct`). */
export function sixteenAreExact(module: WebAssembly.Module): boolean {
  const memory = new WebAssembly.Memory({ initial: 13, maximum: 65536 })
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as SixteenBytes
  if (kernels.isRelaxed() !== 1) return false
  const [a, b] = [x, y].map((at) => new Uint8Array(memory.buffer, at, 16))
  const pairs = new Int16Array(memory.buffer, out, 8)
  const fours = new Int32Array(memory.buffer, out, 4)
  const product = (i: number): number => a[i] * b[i]
  const next = smallNumbers()
  for (let cell = 0; cell < cells; cell++) {
    for (let i = 0; i < 16; i++) {
      a[i] = cell === 0 ? 127 : next()
      b[i] = cell === 0 ? 127 : next()
    }
    kernels.shortProduct(x, y, out)
    if (!pairs.every((sum, k) => sum === product(2 * k) + product(2 * k + 1))) return false
    if (kernels.longProduct === undefined) continue
    kernels.longProduct(x, y, out)
    const four = (k: number): number => [0, 1, 2, 3].reduce((sum, i) => sum + product(4 * k + i), 0)
    if (!fours.every((sum, k) => sum === four(k))) return false
  }
  return true
}
