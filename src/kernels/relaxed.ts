// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Relaxed SIMD may give other results on other machines, and did on some engines: it is used only after this test. */
import './webassembly.js'

const length = 1024
const x = 65536
const y = x + length
const out = y + length
const cells = 300

interface Exports {
  readonly isRelaxed: () => number
  readonly relaxedProduct: (x: number, y: number, length: number, out: number) => void
}

/** True when the module's relaxed products of counts 0..127 are exact here, by all-equal values and random ones. */
export function relaxedIsExact(module: WebAssembly.Module): boolean {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 65536 })
  const exports = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as Exports
  if (exports.isRelaxed() !== 1) return false
  const fixed = new Uint8Array(memory.buffer, x, length)
  const moving = new Uint8Array(memory.buffer, y, length)
  const equal = () => {
    let product = 0
    for (let t = 0; t < length; t++) product += fixed[t] * moving[t]
    exports.relaxedProduct(x, y, length, out)
    return new Float64Array(memory.buffer, out, 4).every((value) => value === product)
  }
  const same = [0, 1, 3, 15, 63, 90, 91, 100, 127].every((value) => {
    fixed.fill(value)
    moving.fill(value)
    return equal()
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

function randomCells(fixed: Uint8Array, moving: Uint8Array, equal: () => boolean): boolean {
  const next = smallNumbers()
  for (let cell = 0; cell < cells; cell++) {
    for (let t = 0; t < length; t++) {
      fixed[t] = next()
      moving[t] = next()
    }
    if (!equal()) return false
  }
  return true
}

/** The same for products of 16 bytes that are added in pairs to 16 bits: `shortProduct(x, y, out)`. */
export function shortIsExact(module: WebAssembly.Module): boolean {
  const memory = new WebAssembly.Memory({ initial: 8, maximum: 65536 })
  const { exports } = new WebAssembly.Instance(module, { env: { memory } })
  const product = exports.shortProduct as (x: number, y: number, out: number) => void
  const [a, b] = [x, y].map((at) => new Uint8Array(memory.buffer, at, 16))
  const sums = new Int16Array(memory.buffer, out, 8)
  const next = smallNumbers()
  for (let cell = 0; cell < cells; cell++) {
    for (let i = 0; i < 16; i++) {
      a[i] = cell === 0 ? 127 : next()
      b[i] = cell === 0 ? 127 : next()
    }
    product(x, y, out)
    if (!sums.every((sum, k) => sum === a[2 * k] * b[2 * k] + a[2 * k + 1] * b[2 * k + 1])) return false
  }
  return true
}
