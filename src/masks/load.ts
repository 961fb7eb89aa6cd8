// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Detector-shaped arrays from `.npy` or HDF5 files. */
import { openHdf5, type Hdf5File } from '../io/hdf5.js'
import { lookUp, readDataset } from '../io/hdf5Read.js'
import { readNpy } from '../io/npy.js'
import { InputError } from '../errors.js'
import { shapeText, type TypedArray } from '../units.js'

export interface DetectorArray {
  readonly shape: readonly number[]
  /** C order. */
  readonly data: TypedArray
}

const hdf5Path = /^(.*\.(?:h5|hdf5?|nxs))(?::(\/.*))?$/i

/**
 * The array in `file.npy`, `file.h5:/dataset`, or the first of `candidates` that `file.h5` holds.
 * Throws InputError: missing file or dataset, not numbers.
 */
export async function loadDetectorArray(path: string, candidates: readonly string[]): Promise<DetectorArray> {
  const match = hdf5Path.exec(path)
  if (match === null) return readNpy(path)
  const h5 = await openHdf5(match[1] as string)
  try {
    return readDataset(h5, match[2] ?? firstOf(h5, candidates))
  } finally {
    h5.close()
  }
}

function firstOf(h5: Hdf5File, candidates: readonly string[]): string {
  return candidates.find((name) => lookUp(h5, name) !== null) ?? candidates[0] ?? '/data'
}

/** Throws InputError with both shapes unless `array` has the detector's shape. `what` begins the sentence, e.g. `mask`. */
export function requireShape(array: DetectorArray, shape: readonly number[], what: string, path: string): void {
  const same = array.shape.length === shape.length && array.shape.every((extent, axis) => extent === shape[axis])
  if (same) return
  throw new InputError(
    `${what} ${path} has shape ${shapeText(array.shape)} but the detector has ${shapeText(shape)}: use one made for this detector`,
    { path, shape: array.shape, expected: shape },
  )
}

/** `(3, 17)`, the position of flat index `index` in an array of `shape`. */
export function positionText(index: number, shape: readonly number[]): string {
  const position: number[] = []
  let rest = index
  for (const extent of [...shape].reverse()) {
    position.unshift(rest % extent)
    rest = Math.floor(rest / extent)
  }
  return `(${position.join(', ')})`
}
