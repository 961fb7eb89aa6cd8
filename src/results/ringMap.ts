// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Labels as viewers want them: an image of contiguous numbers 1..N, and where each number came from. */

import { labelTable } from '../correlators/normalizations.js'

export interface RingMap {
  /** Image of used bins, row-major; 0 = unused. */
  readonly image: Uint32Array
  /** All labels of the run, ascending: the "natural" list. */
  readonly labels: readonly number[]
  /** Labels in use; used bin `b` (1-based in `image`) is `used[b - 1]`. */
  readonly used: readonly number[]
  /** Position of each used bin in `labels`. */
  readonly index: Int32Array
  /** Elements in each used bin. */
  readonly elements: Float64Array
}

/** Rows and columns of the picture of a detector: panels of more than two axes are stacked, one axis is one row. */
export function pictureShape(shape: readonly number[]): [rows: number, columns: number] {
  const columns = shape.at(-1) ?? 1
  return [shape.slice(0, -1).reduce((rows, extent) => rows * extent, 1), columns]
}

/**
 * `label` and `saturated` per element, `elements` their flat detector indices, `pixels` the size of the picture.
 * Labels outside `alive` (default: all that have an unsaturated element) get 0.
 */
export function ringMap(
  label: Int32Array,
  saturated: Uint8Array,
  elements: Uint32Array,
  pixels: number,
  alive?: Iterable<number>,
): RingMap {
  const labels = [...labelTable(label).labels]
  const living = new Set(alive ?? livingLabels(label, saturated))
  const used = labels.filter((value) => living.has(value))
  const bin = new Map(used.map((value, i) => [value, i + 1]))
  const image = new Uint32Array(pixels)
  const count = new Float64Array(used.length)
  // Neighbours mostly have the same label.
  let [last, number] = [0, 0]
  for (let i = 0; i < label.length; i++) {
    if (label[i] !== last) {
      last = label[i]!
      number = bin.get(last) ?? 0
    }
    if (number === 0 || saturated[i] !== 0) continue
    image[elements[i]!] = number
    count[number - 1]!++
  }
  return { image, labels, used, index: Int32Array.from(used, (value) => labels.indexOf(value)), elements: count }
}

/** Labels that have an unsaturated element. */
function livingLabels(label: Int32Array, saturated: Uint8Array): Iterable<number> {
  return labelTable(label.map((value, i) => (saturated[i] === 0 ? value : 0))).labels
}

/** Mean of `values` (per element) over each used bin. */
export function binMeans(map: RingMap, elements: Uint32Array, values: Float64Array): Float64Array {
  const sums = new Float64Array(map.used.length)
  for (let i = 0; i < elements.length; i++) {
    const number = map.image[elements[i]!]!
    if (number > 0) sums[number - 1]! += values[i]!
  }
  return sums.map((sum, i) => sum / map.elements[i]!)
}

/** Values per element as a picture; `outside` where there is no element. */
export function picture(elements: Uint32Array, values: ArrayLike<number>, pixels: number, outside = 0): Float32Array {
  // Every pixel takes part: elements are in the order of pixels.
  if (elements.length === pixels) return new Float32Array(values)
  const image = new Float32Array(pixels).fill(outside)
  for (let i = 0; i < elements.length; i++) image[elements[i]!] = values[i]!
  return image
}
