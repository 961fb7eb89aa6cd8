// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { holds, narrowest, rangeOf } from '../../src/kernels/values.js'
import { loadKernels } from '../../src/kernels/load.js'
import { dtypeCode } from '../../src/kernels/pairKernels.js'
import { applyThresholds } from '../../src/kernels/thresholds.js'
import { bytesOf, type DType, dtypeOf, type StoreDType, type TypedArray, viewOf } from '../../src/units.js'

const examples: [string, TypedArray, StoreDType][] = [
  ['nothing', new Float64Array(0), 'uint8'],
  ['small counts', Float32Array.of(0, 255), 'uint8'],
  ['counts', Int32Array.of(0, 256), 'uint16'],
  ['large counts', Uint16Array.of(65535), 'uint16'],
  ['signed', Int16Array.of(-1, 3), 'int16'],
  ['lowest', Float64Array.of(-32768, 32767), 'int16'],
  ['signed and large', Int32Array.of(-1, 32768), 'float32'],
  ['whole beyond 16 bits', Uint32Array.of(65536), 'float32'],
  ['whole beyond float32', Uint32Array.of(16777217), 'float64'],
  ['below', Int32Array.of(-16777217), 'float64'],
  ['a half', Float64Array.of(0.5), 'float32'],
  ['a tenth', Float64Array.of(0.1), 'float64'],
  ['a float32 tenth', Float32Array.of(0.1), 'float32'],
  ['a hole', Float64Array.of(1, Number.NaN), 'float32'],
  ['infinity', Float32Array.of(Number.NEGATIVE_INFINITY), 'float32'],
]

describe('narrowest store', () => {
  it.each(examples)('%s', (_, values, wanted) => {
    expect(narrowest(values)).toBe(wanted)
    expect(holds(wanted, rangeOf(values))).toBe(true)
    expect(holds('float64', rangeOf(values))).toBe(true)
  })

  it('is the type that gives all values back, by trial', () => {
    for (const [, values] of examples) {
      for (const store of ['uint8', 'uint16', 'int16', 'float32', 'float64'] satisfies StoreDType[]) {
        const finite = Float64Array.from(values as Float64Array).filter(Number.isFinite)
        const copy = viewOf(store, new ArrayBuffer(finite.length * bytesOf(store)), 0, finite.length)
        copy.set(finite)
        const same = finite.every((value, i) => value === copy[i])
        const whole = finite.length < values.length && !store.startsWith('float')
        expect(holds(store, rangeOf(values))).toBe(same && !whole)
      }
    }
  })
})

describe.each(['reference', 'wasm'])('scan of the %s kernel', (name) => {
  it.each(examples)('%s', (_, values) => {
    const memory = new WebAssembly.Memory({ initial: 4, maximum: 16 })
    const kernels = loadKernels(name).open(memory)
    viewOf(dtypeOf(values), memory.buffer, 196608, values.length).set(values)
    const bits = kernels.scan(dtypeCode(dtypeOf(values)), 196608, values.length, 131072)
    const [min, max] = new Float64Array(memory.buffer, 131072, 2)
    expect({ min, max, bits }).toEqual(rangeOf(values))
  })
})

describe('thresholds', () => {
  it('mark saturated elements for ever and raise small values', () => {
    const saturated = new Uint8Array(3)
    const values = Float32Array.of(9, 9, 0, 300, -4, 9)
    applyThresholds(values, 2, 3, 300, 0.25, saturated)
    expect([...values]).toEqual([9, 9, 0.25, 300, 0.25, 9])
    expect([...saturated]).toEqual([0, 1, 0])
    applyThresholds(Float32Array.of(301, 1, 1), 0, 3, 300, null, saturated)
    expect([...saturated]).toEqual([1, 1, 0])
  })

  it('are off with null and leave holes alone', () => {
    const saturated = new Uint8Array(2)
    const values = Float64Array.of(-1, Number.NaN)
    applyThresholds(values, 0, 2, null, null, saturated)
    expect([...values, ...saturated]).toEqual([-1, Number.NaN, 0, 0])
    applyThresholds(values, 0, 2, 0, 1, saturated)
    expect([...values, ...saturated]).toEqual([1, Number.NaN, 0, 0])
  })
})

describe('loadKernels', () => {
  it('knows its kernels', () => {
    expect(loadKernels('reference').name).toBe('reference')
    expect(loadKernels('wasm').name).toBe('wasm')
    expect(() => loadKernels('gpu')).toThrow(/PARCORANA_KERNEL is gpu; set it to wasm or reference/)
  })

  it('widens in place without loss', () => {
    const steps: [DType, DType][] = [
      ['uint8', 'uint16'],
      ['uint8', 'int16'],
      ['uint8', 'float32'],
      ['uint8', 'float64'],
      ['uint16', 'int16'],
      ['uint16', 'float32'],
      ['uint16', 'float64'],
      ['int16', 'float32'],
      ['int16', 'float64'],
      ['float32', 'float64'],
    ]
    for (const name of ['reference', 'wasm']) {
      for (const [from, to] of steps) {
        const memory = new WebAssembly.Memory({ initial: 4, maximum: 16 })
        const values = Array.from({ length: 301 }, (_, i) => (i * 7919) % 251)
        viewOf(from, memory.buffer, 196608, 301).set(values)
        loadKernels(name).open(memory).widen(dtypeCode(from), dtypeCode(to), 196608, 301)
        expect(Array.from(viewOf(to, memory.buffer, 196608, 301) as Float64Array)).toEqual(values)
      }
    }
  })
})
