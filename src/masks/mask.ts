// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The mask: 1 = the pixel is an element, 0 = it is ignored. */
import { InputError } from '../errors.js'
import { sizeOf } from '../units.js'
import { loadDetectorArray, positionText, requireShape, type DetectorArray } from './load.js'

export interface Mask {
  readonly shape: readonly number[]
  /** 0 or 1 per pixel, C order. */
  readonly data: Uint8Array
  /** Number of elements, at least 1. */
  readonly elements: number
}

/** Where a mask lies in an HDF5 file when no dataset is named. */
const candidates = ['/qmap/mask', '/xpcs/qmap/mask', '/xpcs/mask', '/mask', '/entry/instrument/detector/mask']

/** A mask from `.npy` or HDF5, checked. `shape` null takes any shape. */
export async function loadMask(path: string, shape: readonly number[] | null): Promise<Mask> {
  return checkMask(await loadDetectorArray(path, candidates), shape, path)
}

/** Throws InputError unless `array` has the detector's `shape`, only 0 and 1, and at least one 1. */
export function checkMask(array: DetectorArray, shape: readonly number[] | null, path: string): Mask {
  if (shape !== null) requireShape(array, shape, 'mask', path)
  let elements = 0
  for (let i = 0; i < array.data.length; i++) {
    const value = array.data[i]
    if (value === 1) elements++
    else if (value !== 0) throw otherValue(array, i, path)
  }
  if (elements === 0) throw new InputError(`mask ${path} is 0 everywhere: set the pixels to correlate to 1`, { path })
  return { shape: array.shape, data: Uint8Array.from(array.data), elements }
}

function otherValue(array: DetectorArray, index: number, path: string): InputError {
  const at = positionText(index, array.shape)
  return new InputError(
    `mask ${path} holds ${array.data[index]} at ${at}: a mask has only 0 (ignored) and 1 (correlated)`,
    {
      path,
      value: array.data[index],
      index,
    },
  )
}

/** The mask that lets every pixel through. */
export function fullMask(shape: readonly number[]): Mask {
  const pixels = sizeOf(shape)
  return { shape, data: new Uint8Array(pixels).fill(1), elements: pixels }
}
