// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Detector array <-> flat image. `iX[i]` and `iY[i]` are the image row and column of detector pixel `i`; panels may leave gaps
 * and two pixels may fall on one image point.
 */

export interface Image {
  readonly rows: number
  readonly columns: number
  /** `data[row * columns + column]`. */
  readonly data: Float64Array
}

/** Image rows and columns: the largest index of each map, plus one. */
export function imageShape(iX: ArrayLike<number>, iY: ArrayLike<number>): [rows: number, columns: number] {
  return [largest(iX) + 1, largest(iY) + 1]
}

function largest(values: ArrayLike<number>): number {
  let most = -1
  for (let i = 0; i < values.length; i++) most = Math.max(most, values[i] as number)
  return most
}

/** Detector values as an image; points that no pixel reaches get `background`; of several pixels on one point the last wins. */
export function ndarr2img(
  ndarr: ArrayLike<number>,
  iX: ArrayLike<number>,
  iY: ArrayLike<number>,
  background = 0,
): Image {
  const [rows, columns] = imageShape(iX, iY)
  const data = new Float64Array(rows * columns).fill(background)
  for (let i = 0; i < ndarr.length; i++) data[(iX[i] as number) * columns + (iY[i] as number)] = ndarr[i] as number
  return { rows, columns, data }
}

/** Image values at the detector's pixels; indices outside the image are moved to its border, `clamped` counts them. */
export function img2ndarr(
  image: Image,
  iX: ArrayLike<number>,
  iY: ArrayLike<number>,
): { data: Float64Array; clamped: number } {
  const data = new Float64Array(iX.length)
  let clamped = 0
  for (let i = 0; i < data.length; i++) {
    const row = Math.min(image.rows - 1, Math.max(0, iX[i] as number))
    const column = Math.min(image.columns - 1, Math.max(0, iY[i] as number))
    if (row !== iX[i] || column !== iY[i]) clamped++
    data[i] = image.data[row * image.columns + column] as number
  }
  return { data, clamped }
}

export interface BoundBox {
  readonly fullShape: readonly [rows: number, columns: number]
  /** First and last row and column of the mask in the image, both inclusive. */
  readonly rowA: number
  readonly rowB: number
  readonly colA: number
  readonly colB: number
}

/** Where the masked pixels lie in the image. Throws RangeError for a mask without pixels. */
export function imgBoundBox(iX: ArrayLike<number>, iY: ArrayLike<number>, mask: ArrayLike<number>): BoundBox {
  let [rowA, rowB, colA, colB] = [Number.POSITIVE_INFINITY, -1, Number.POSITIVE_INFINITY, -1]
  for (let i = 0; i < mask.length; i++) {
    if (mask[i] === 0) continue
    rowA = Math.min(rowA, iX[i] as number)
    rowB = Math.max(rowB, iX[i] as number)
    colA = Math.min(colA, iY[i] as number)
    colB = Math.max(colB, iY[i] as number)
  }
  if (rowB < 0) throw new RangeError('the mask lets no pixel through, so it has no bounds')
  return { fullShape: imageShape(iX, iY), rowA, rowB, colA, colB }
}

/** Image points that more than one detector pixel falls on: `row,column` -> the flat detector pixels. */
export function manyToOne(iX: ArrayLike<number>, iY: ArrayLike<number>): Map<string, number[]> {
  const at = new Map<string, number[]>()
  for (let i = 0; i < iX.length; i++) {
    const key = `${iX[i]},${iY[i]}`
    const pixels = at.get(key)
    if (pixels === undefined) at.set(key, [i])
    else pixels.push(i)
  }
  return new Map([...at].filter(([, pixels]) => pixels.length > 1))
}

/** Connected groups (by edges) of image points that no pixel reaches and that do not touch the image border. */
export function interiorGaps(iX: ArrayLike<number>, iY: ArrayLike<number>): { rows: number[]; columns: number[] }[] {
  const [rows, columns] = imageShape(iX, iY)
  const seen = new Uint8Array(rows * columns)
  for (let i = 0; i < iX.length; i++) seen[(iX[i] as number) * columns + (iY[i] as number)] = 1
  const gaps: { rows: number[]; columns: number[] }[] = []
  for (let start = 0; start < seen.length; start++) {
    if (seen[start] !== 0) continue
    const points = flood(start, seen, rows, columns).sort((a, b) => a - b)
    const gap = { rows: points.map((p) => Math.floor(p / columns)), columns: points.map((p) => p % columns) }
    const inside =
      gap.rows.every((row) => row > 0 && row < rows - 1) && gap.columns.every((col) => col > 0 && col < columns - 1)
    if (inside) gaps.push(gap)
  }
  return gaps
}

/** All unseen points connected with `start`; marks them as seen. */
function flood(start: number, seen: Uint8Array, rows: number, columns: number): number[] {
  const points = [start]
  seen[start] = 1
  for (let next = 0; next < points.length; next++) {
    const row = Math.floor((points[next] as number) / columns)
    const column = (points[next] as number) % columns
    for (const [r, c] of [
      [row - 1, column],
      [row + 1, column],
      [row, column - 1],
      [row, column + 1],
    ] as const) {
      if (r < 0 || r >= rows || c < 0 || c >= columns || seen[r * columns + c] !== 0) continue
      seen[r * columns + c] = 1
      points.push(r * columns + c)
    }
  }
  return points
}
