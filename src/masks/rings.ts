// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ring labels from geometry, for detectors that lie flat across the beam. */

/**
 * Labels of a `[rows, columns]` detector: ring k (from 1) holds the pixels with `edges[k-1] <= r < edges[k]`, r in pixels from
 * `center` `[row, column]`; all others are 0. With `sectors` > 1 each ring is cut into that many equal angles, counted from
 * the +column axis towards +row, and labels run `(k - 1) * sectors + sector + 1`.
 * Throws RangeError unless `edges` ascend and there are at least two.
 */
export function rings(
  shape: readonly number[],
  center: readonly [number, number],
  edges: readonly number[],
  sectors = 1,
): Uint16Array {
  const [rows, columns, ...more] = shape
  if (rows === undefined || columns === undefined || more.length > 0)
    throw new RangeError('rings need a detector of two axes')
  if (edges.length < 2 || edges.some((edge, k) => k > 0 && edge <= (edges[k - 1] as number))) {
    throw new RangeError(`ring edges [${edges.join(', ')}] must ascend and be at least two`)
  }
  const labels = new Uint16Array(rows * columns)
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      labels[row * columns + column] = labelAt(row - center[0], column - center[1], edges, sectors)
    }
  }
  return labels
}

function labelAt(down: number, right: number, edges: readonly number[], sectors: number): number {
  const radius = Math.sqrt(down * down + right * right) // exact for whole numbers, unlike hypot
  const ring = edges.findLastIndex((edge) => radius >= edge)
  if (ring < 0 || ring === edges.length - 1) return 0
  const turn = Math.atan2(down, right) / (2 * Math.PI)
  const sector = Math.min(sectors - 1, Math.floor((turn < 0 ? turn + 1 : turn) * sectors))
  return ring * sectors + sector + 1
}
