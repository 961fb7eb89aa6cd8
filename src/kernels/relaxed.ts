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

function randomCells(fixed: Uint8Array, moving: Uint8Array, equal: () => boolean): boolean {
  let state = 1
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 25
  }
  for (let cell = 0; cell < cells; cell++) {
    for (let t = 0; t < length; t++) {
      fixed[t] = next()
      moving[t] = next()
    }
    if (!equal()) return false
  }
  return true
}
