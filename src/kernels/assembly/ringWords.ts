// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Block folding of rings of uint16 and int16, element by element.
import { denseLargeWords, denseWide, denseWords } from './dense'
import {
  beginFold, count, firstVector, isFull, lastVector, position, productsOnly, steps, sumFixed, sumMoving, sumsOf,
  takeWindow, whole,
} from './foldCall'
import { looksUpWords } from './choice'
import { listPhotons, lookUp } from './lookup'
import { many } from './presence'
import { batch, fixedPresence, fixedWindow, movingSums, products } from './scratch'
import { addTo, sumAt } from './sumWidth'
import { sumPresent, sumRow } from './windows'

/** Photons listed, or `many`: every value is multiplied. */
let listed: usize = 0

/** Products of the fixed window with the windows of moves m..m+3. */
@inline
function multiplyFour<T>(row: usize, m: usize, out: usize): void {
  const y0 = row + position(m) * sizeof<T>()
  const y1 = row + position(m + 1) * sizeof<T>()
  const y2 = row + position(m + 2) * sizeof<T>()
  const y3 = row + position(m + 3) * sizeof<T>()
  if (listed != many) lookUp<T>(listed, y0, y1, y2, y3, out)
  else if (steps == many) denseWords(fixedWindow, y0, y1, y2, y3, whole, out)
  else if (steps > 0) denseLargeWords(fixedWindow, y0, y1, y2, y3, whole, steps, out)
  else {
    denseWide<T>(fixedWindow, y0, whole, out)
    denseWide<T>(fixedWindow, y1, whole, out + 8)
    denseWide<T>(fixedWindow, y2, whole, out + 16)
    denseWide<T>(fixedWindow, y3, whole, out + 24)
  }
}

/** One element, whose sums lie at g2, fixed and moving. Two callers keep it a function of its own, as foldTile of ringBytes.ts. */
function foldElement<T>(row: usize, fixedPosition: usize, sign: f64, g2: usize, fixed: usize, moving: usize): void {
  takeWindow<T>(fixedWindow, row + fixedPosition * sizeof<T>())
  const all = sumPresent<T>(fixedWindow, fixedPresence, whole)
  if (productsOnly && !isSigned<T>() && all == 0) return
  listed = looksUpWords(isSigned<T>() ? Infinity : <f64>all, <f64>whole) ? listPhotons<T>(whole) : many
  if (!productsOnly && lastVector > 0) sumRow<T>(row + (firstVector << 4), 0, lastVector - firstVector)
  for (let from: usize = 0; from < count; from += batch) {
    const to = min(count, from + batch)
    for (let m = from; m < to; m += 4) multiplyFour<T>(row, m, products + 8 * (m - from))
    for (let m = from; m < to; m++) addTo(g2 + sumsOf(m), sign * load<f64>(products + 8 * (m - from)))
    if (productsOnly) {
      for (let m = from; m < to; m++) if (!isFull(m)) addTo(fixed + sumsOf(m), sign * <f64>(sumFixed<T>(m, all) - all))
    } else {
      for (let m = from; m < to; m += 4) sumMoving<T>(row, m, movingSums + 8 * (m - from))
      for (let m = from; m < to; m++) {
        addTo(moving + sumsOf(m), sign * load<f64>(movingSums + 8 * (m - from)))
        addTo(fixed + sumsOf(m), sign * <f64>sumFixed<T>(m, all))
      }
    }
  }
}

/** T = u16 or i16. */
export function foldWords<T>(
  ring: usize, rowLength: usize, elements: usize, fixedPosition: usize, ticks: usize,
  moves: usize, count: usize, sign: f64, largest: f64, delays: usize, g2: usize, fixed: usize, moving: usize,
): void {
  const rowBytes = rowLength * sizeof<T>()
  beginFold<T>(ring + elements * rowBytes, fixedPosition, ticks, moves, count, largest)
  if (elements > 0) foldElement<T>(ring, fixedPosition, sign, g2, fixed, moving)
  for (let element: usize = 1; element < elements; element++) {
    const row = ring + element * rowBytes
    const tile = sumAt(element, delays, 0)
    foldElement<T>(row, fixedPosition, sign, g2 + tile, fixed + tile, moving + tile)
  }
}
