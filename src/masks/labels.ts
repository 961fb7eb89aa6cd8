// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Colors (one curve each) and fine colors (one normalization each): integer labels per pixel, 0 = not used. */
import { InputError } from '../errors.js'
import { loadDetectorArray, positionText, requireShape, type DetectorArray } from './load.js'
import type { Mask } from './mask.js'

/** Labels above this are most likely a wrong file. */
export const largestLabel = 16_384

export interface Labels {
  readonly shape: readonly number[]
  /** 0..16384 per pixel, C order; not multiplied by a mask. */
  readonly data: Uint16Array
  /** Largest label, 0 when no pixel is labelled. */
  readonly largest: number
}

/** Where labels lie in an HDF5 file when no dataset is named. */
const candidates: Record<LabelKind, readonly string[]> = {
  color: ['/qmap/dynamic_roi_map', '/xpcs/qmap/dynamic_roi_map', '/xpcs/dqmap', '/entry/data/masks/dynamic_roi_map'],
  'fine color': [
    '/qmap/static_roi_map',
    '/xpcs/qmap/static_roi_map',
    '/xpcs/sqmap',
    '/entry/data/masks/static_roi_map',
  ],
}

export type LabelKind = 'color' | 'fine color'

/** Labels from `.npy` or HDF5, checked. `shape` null takes any shape. */
export async function loadLabels(path: string, kind: LabelKind, shape: readonly number[] | null): Promise<Labels> {
  return checkLabels(await loadDetectorArray(path, candidates[kind]), kind, shape, path)
}

/** Throws InputError unless `array` has the detector's `shape` and integers 0..16384. */
export function checkLabels(
  array: DetectorArray,
  kind: LabelKind,
  shape: readonly number[] | null,
  path: string,
): Labels {
  if (shape !== null) requireShape(array, shape, `${kind} file`, path)
  let largest = 0
  for (let i = 0; i < array.data.length; i++) {
    const label = array.data[i] as number
    if (!Number.isInteger(label) || label < 0 || label > largestLabel) throw outOfRange(array, i, kind, path)
    if (label > largest) largest = label
  }
  return { shape: array.shape, data: Uint16Array.from(array.data), largest }
}

function outOfRange(array: DetectorArray, index: number, kind: LabelKind, path: string): InputError {
  const at = positionText(index, array.shape)
  const value = array.data[index]
  return new InputError(
    `${kind} file ${path} holds ${value} at ${at}: ${kind}s are integers from 0 (not used) to ${largestLabel}`,
    {
      path,
      value,
      index,
    },
  )
}

/**
 * Throws InputError when a pixel that the mask lets through has a color but fine color 0: it could not be normalized.
 * `path` is the fine color file.
 */
export function checkFineColors(mask: Mask, colors: Labels, fine: Labels, path: string): void {
  let first = -1
  let count = 0
  for (let i = 0; i < mask.data.length; i++) {
    if (mask.data[i] === 0 || colors.data[i] === 0 || fine.data[i] !== 0) continue
    if (first < 0) first = i
    count++
  }
  if (count === 0) return
  const pixels = count === 1 ? 'pixel that has' : 'pixels that have'
  throw new InputError(
    `fine color file ${path} is 0 at ${count} ${pixels} a color, first at ${positionText(first, mask.shape)} with color ${colors.data[first]}: give every colored pixel a fine color from 1 on`,
    { path, count, first },
  )
}

/** Labels >= 1 that occur at pixels which the mask lets through, ascending. */
export function usedLabels(mask: Mask, labels: Labels): number[] {
  const seen = new Uint8Array(labels.largest + 1)
  for (let i = 0; i < mask.data.length; i++) if (mask.data[i] !== 0) seen[labels.data[i] as number] = 1
  return [...seen.keys()].filter((label) => label > 0 && seen[label] === 1)
}
