// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Two-time products of values with fractions through TensorFlow.js, where the user has installed @tensorflow/tfjs-node and asks for it
 * with PARCORANA_KERNEL=tfjs. Its sums are float32 in an order of its own: about 1e-6 relative, not the same bits on every machine.
 * Integers go the exact way always. Nothing else needs the package.
 */
import { createRequire } from 'node:module'
import { ConfigError } from '../errors.js'
import { type Stretch, stretchFrames, type TwoTimeKernels } from './twoTimeKernels.js'

/** What is used of TensorFlow.js, any backend. */
export interface TensorFlow {
  tensor2d(values: Float32Array, shape: [rows: number, columns: number]): Tensor
  matMul(a: Tensor, b: Tensor, transposeA: boolean, transposeB: boolean): Tensor
}

interface Tensor {
  dataSync(): ArrayLike<number>
  dispose(): void
}

export const tensorFlowPackage = '@tensorflow/tfjs-node'

const cannotLoad = `PARCORANA_KERNEL is tfjs, but ${tensorFlowPackage} cannot be loaded; install it (npm i ${tensorFlowPackage}) or unset PARCORANA_KERNEL`
const require = createRequire(import.meta.url)

/** The package, or null: it may be absent, or there without its native part, which throws all kinds of errors. */
export function findTensorFlow(): TensorFlow | null {
  try {
    return require('@tensorflow/tfjs-node') as TensorFlow
  } catch {
    return null
  }
}

/** Throws ConfigError where it cannot be loaded. */
export function requireTensorFlow(): TensorFlow {
  const found = findTensorFlow()
  if (found !== null) return found
  throw new ConfigError(cannotLoad)
}

/** One sentence for `parcorana check`. */
export function tensorFlowText(name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): string {
  const found = findTensorFlow() !== null
  if (name === 'tfjs' && !found) return cannotLoad
  if (name === 'tfjs') return `float products of two-time maps run through ${tensorFlowPackage} (float32, about 1e-6)`
  return `${tensorFlowPackage} is not used (${found ? 'PARCORANA_KERNEL=tfjs uses it for float products' : 'not installed'})`
}

/** Products of values with fractions by `tf`, all others by `exact`. */
export function tensorFlowTwoTime(tf: TensorFlow, exact: TwoTimeKernels): TwoTimeKernels {
  return {
    name: 'tfjs',
    row: (order, elements) => exact.row(order, elements),
    product(sums, past, future, first, end, tree) {
      if (isWhole(past) && isWhole(future)) exact.product(sums, past, future, first, end, tree)
      else multiply(tf, sums, past, future, first, end)
    },
  }
}

function multiply(
  tf: TensorFlow,
  sums: Float64Array,
  past: Stretch,
  future: Stretch,
  first: number,
  end: number,
): void {
  const a = tf.tensor2d(valuesOf(past, first, end), [past.frames, end - first])
  const b = past === future ? a : tf.tensor2d(valuesOf(future, first, end), [future.frames, end - first])
  const product = tf.matMul(a, b, false, true)
  const values = product.dataSync()
  for (let t1 = 0; t1 < past.frames; t1++) {
    for (let t2 = 0; t2 < future.frames; t2++) sums[t1 * stretchFrames + t2] = values[t1 * future.frames + t2]
  }
  for (const tensor of new Set([a, b, product])) tensor.dispose()
}

/** [frames x (end - first)]. */
function valuesOf(stretch: Stretch, first: number, end: number): Float32Array {
  const count = end - first
  const values = new Float32Array(stretch.frames * count)
  if (stretch.kind === 'rows') {
    for (let t = 0; t < stretch.frames; t++) {
      const from = t * stretch.elements
      values.set(stretch.values.subarray(from + first, from + end), t * count)
    }
  } else {
    for (let e = first; e < end; e++) {
      for (let k = stretch.start[e]; k < stretch.start[e + 1]; k++) {
        values[stretch.frame[k] * count + e - first] = stretch.value[k]
      }
    }
  }
  return values
}

function isWhole(stretch: Stretch): boolean {
  return stretch.kind === 'photons' || stretch.whole
}
