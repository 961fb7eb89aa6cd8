// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Labels as viewers want them: an image of contiguous numbers 1..N, and where each number came from. */

import { type LabelRuns, labelRuns, sumsOfRuns } from '../correlators/labelRuns.js'
import { labelTable } from '../correlators/normalizations.js'
import { remembering } from '../correlators/remembering.js'

export interface RingMap {
  /** Image of used bins, row-major; 0 = unused. */
  readonly image: Uint32Array
  /** All labels of the run, ascending: the "natural" list. */
  readonly labels: readonly number[]
  /** Labels in use; used bin `b` (1-based in `image`) is `used[b - 1]`. */
  readonly used: readonly number[]
  /** Position of each used bin in `labels`. */
  readonly index: Int32Array
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
  // Neighbours mostly have the same label.
  let [last, number] = [0, 0]
  for (let i = 0; i < label.length; i++) {
    if (label[i] !== last) {
      last = label[i]!
      number = bin.get(last) ?? 0
    }
    if (number > 0 && saturated[i] === 0) image[elements[i]!] = number
  }
  return { image, labels, used, index: Int32Array.from(used, (value) => labels.indexOf(value)) }
}

/** Labels that have an unsaturated element. */
function livingLabels(label: Int32Array, saturated: Uint8Array): Iterable<number> {
  return labelTable(label.map((value, i) => (saturated[i] === 0 ? value : 0))).labels
}

/** Mean of `values` (per element) over each used bin; elements without a value are left out. */
export function binMeans(map: RingMap, elements: Uint32Array, values: Float64Array): Float64Array {
  const found = sumsOfRuns(runsOf(elements, map.image), values, map.used.length)
  return found.sums.map((sum, i) => sum / found.elements[i]!)
}

const runsOf = remembering((elements: Uint32Array, image: Uint32Array): LabelRuns => {
  const row = new Int32Array(elements.length)
  for (let i = 0; i < row.length; i++) row[i] = image[elements[i]!]! - 1
  return labelRuns(row)
})

/** Values per element as a picture; `outside` where there is no element. */
export function picture(elements: Uint32Array, values: ArrayLike<number>, pixels: number, outside = 0): Float32Array {
  // Every pixel takes part: elements are in the order of pixels.
  if (elements.length === pixels) return new Float32Array(values)
  const image = new Float32Array(pixels).fill(outside)
  for (let i = 0; i < elements.length; i++) image[elements[i]!] = values[i]!
  return image
}
