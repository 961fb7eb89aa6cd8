// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The adapter with TensorFlow.js's own JavaScript backend: equal to the reference to float32, integers by the exact kernels. */
import { createRequire } from 'node:module'
import { describe, expect, it } from 'vitest'
import { loadTwoTime } from '../../src/kernels/loadTwoTime.js'
import { requireTensorFlow, tensorFlowText, tensorFlowTwoTime, type TensorFlow } from '../../src/kernels/tensorFlow.js'
import { blockSize, type PhotonStretch, type RowStretch, stretchFrames } from '../../src/kernels/twoTimeKernels.js'
import { referenceTwoTime } from '../../src/kernels/twoTimeReference.js'

const load = createRequire(import.meta.url)

/** tfjs-core with the plain JavaScript backend, which needs no native library; null where the packages are not installed. */
function plainBackend(): TensorFlow | null {
  try {
    const tf = load('@tensorflow/tfjs-core') as TensorFlow
    load('@tensorflow/tfjs-backend-cpu')
    return tf
  } catch (error) {
    if (process.env.PARCORANA_REQUIRE_ALL === '1') throw error
    console.warn('skipped: @tensorflow/tfjs-core and @tensorflow/tfjs-backend-cpu are not installed; run npm ci')
    return null
  }
}

const backend = plainBackend()

function rows(frames: number, elements: number, value: (i: number) => number, whole: boolean): RowStretch {
  const values = Float32Array.from({ length: frames * elements }, (_, i) => value(i))
  return { kind: 'rows', frames, elements, dtype: 'float32', values, largest: 9, whole }
}

const photons: PhotonStretch = {
  kind: 'photons',
  frames: 5,
  elements: 12,
  start: Uint32Array.from({ length: 13 }, (_, e) => e),
  frame: Uint16Array.from({ length: 12 }, (_, e) => (e * 3) % 5),
  value: Uint16Array.from({ length: 12 }, (_, e) => 1 + (e % 3)),
  largest: 3,
  exceptions: 8,
}

describe.skipIf(backend === null)('two-time products through TensorFlow.js', () => {
  const kernels = tensorFlowTwoTime(backend as TensorFlow, loadTwoTime('wasm'))
  const a = rows(7, 12, (i) => ((i * 37) % 90) / 10, false)
  const b = rows(5, 12, (i) => ((i * 53) % 80) / 10, false)

  for (const [name, past, future] of [
    ['two stretches', a, b],
    ['a stretch with itself', a, a],
    ['with photons', a, photons],
  ] as const) {
    it(name, () => {
      const [found, wanted] = [kernels, referenceTwoTime].map((set) => {
        const sums = new Float64Array(blockSize)
        set.product(sums, past, future, 1, 11)
        return sums
      })
      for (let t1 = 0; t1 < past.frames; t1++) {
        for (let t2 = past === future ? t1 : 0; t2 < future.frames; t2++) {
          const at = t1 * stretchFrames + t2
          expect(Math.abs(found[at] - wanted[at])).toBeLessThanOrEqual(2e-6 * Math.abs(wanted[at]))
        }
      }
      expect(wanted.some((sum) => sum > 10)).toBe(true)
    })
  }

  it('leaves integers to the exact kernels', () => {
    const large = rows(4, 300, () => 40_001, true)
    const sums = new Float64Array(blockSize)
    kernels.product(sums, large, large, 0, 300)
    expect(sums[0]).toBe(300 * 40_001 ** 2)
  })

  it('says what to do where the package is missing, and that it is not used', () => {
    expect(tensorFlowText('wasm')).toMatch(/^@tensorflow\/tfjs-node is not used/)
    expect(tensorFlowText('tfjs')).toMatch(/run through @tensorflow\/tfjs-node|cannot be loaded; install it/)
    let installed = true
    try {
      load('@tensorflow/tfjs-node')
    } catch {
      installed = false
    }
    if (!installed) expect(() => requireTensorFlow()).toThrow('npm i @tensorflow/tfjs-node')
  })
})
