// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Comparing two datasets or attributes of the same shape: to the bit, or within ParCorAna's tolerance. */
import type { Dataset } from 'h5wasm/node'
import { sizeOf } from '../units.js'

/** Arrays differ where |a - b| / max(|a|, |b|, smallest) exceeds this. */
const tolerance = 0.001
const smallest = 1e-5
const blockBytes = 16 * 1024 * 1024

type Numbers = ArrayLike<number> | ArrayLike<bigint>

/** What differs first, in words; null = equal. */
export function compareDatasets(a: Dataset, b: Dataset, exact: boolean): string | null {
  const shape = a.shape ?? []
  if (shape.length === 0 || sizeOf(shape) === 0) return compareValues(a.value, b.value, exact, [])
  const rowBytes = sizeOf(shape.slice(1)) * Math.max(a.metadata.size, b.metadata.size)
  const step = Math.max(1, Math.floor(blockBytes / rowBytes))
  for (let row = 0; row < shape[0]!; row += step) {
    const range = [[row, Math.min(shape[0]!, row + step)]] as [[number, number]]
    const found = compareValues(a.slice(range), b.slice(range), exact, shape, row * sizeOf(shape.slice(1)))
    if (found !== null) return found
  }
  return null
}

/** Values as h5wasm gives them: numbers, texts, typed arrays, lists of texts. `offset`: flat index of the first one. */
export function compareValues(
  a: unknown,
  b: unknown,
  exact: boolean,
  shape: readonly number[],
  offset = 0,
): string | null {
  if (isNumbers(a) && isNumbers(b)) return compareNumbers(a, b, exact, shape, offset)
  const left = asTexts(a)
  const right = asTexts(b)
  const at = left.findIndex((value, i) => value !== right[i])
  if (at < 0 && left.length === right.length) return null
  const where = at < 0 ? Math.min(left.length, right.length) : at
  return `${placeText(where + offset, shape)}${left[where] ?? 'nothing'} and ${right[where] ?? 'nothing'}`
}

function compareNumbers(
  a: Numbers,
  b: Numbers,
  exact: boolean,
  shape: readonly number[],
  offset: number,
): string | null {
  const differs = exact ? differsInBits : differsTooMuch
  for (let i = 0; i < a.length; i++) {
    if (!differs(a[i]!, b[i]!)) continue
    return `${placeText(i + offset, shape)}${valueText(a[i]!)} and ${valueText(b[i]!)}`
  }
  return a.length === b.length ? null : `${a.length} and ${b.length} values`
}

/** Types are compared before, so equal bits are equal values: 0 and -0 differ, NaN equals NaN. */
function differsInBits(a: number | bigint, b: number | bigint): boolean {
  return !Object.is(a, b)
}

/** NaN equals only NaN; infinities equal themselves. */
export function differsTooMuch(first: number | bigint, second: number | bigint): boolean {
  const a = Number(first)
  const b = Number(second)
  if (a === b || (Number.isNaN(a) && Number.isNaN(b))) return false
  return !(Math.abs(a - b) / Math.max(Math.abs(a), Math.abs(b), smallest) <= tolerance)
}

function isNumbers(value: unknown): value is Numbers {
  return ArrayBuffer.isView(value)
}

function asTexts(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(asTexts)
  if (ArrayBuffer.isView(value)) return Array.from(value as unknown as ArrayLike<number>, valueText)
  return [typeof value === 'number' ? valueText(value) : String(value)]
}

function valueText(value: number | bigint): string {
  return Object.is(value, -0) ? '-0' : String(value)
}

/** `at [3, 7] (flat index 43): `; nothing for scalars. */
function placeText(flat: number, shape: readonly number[]): string {
  if (shape.length === 0) return ''
  const index = shape.map((extent, axis) => Math.floor(flat / sizeOf(shape.slice(axis + 1))) % extent)
  return `at [${index.join(', ')}]${shape.length > 1 ? ` (flat index ${flat})` : ''}: `
}
