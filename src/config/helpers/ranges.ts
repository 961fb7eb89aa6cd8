// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Lists of integers written as ranges: '1-4,5,20-24'. */
import { ConfigError } from '../../errors.js'

/** ParCorAna's rangesToList: distinct integers in ascending order; a range that runs backwards is empty. */
export function rangesToList(text: string): number[] {
  const values = new Set<number>()
  for (const part of text.split(',')) {
    const [first, last] = bounds(part, 'ranges')
    for (let value = first; value <= last; value++) values.add(value)
  }
  return [...values].sort((a, b) => a - b)
}

/**
 * Inclusive ranges, ascending, merged where they touch; null, '' and [] mean none. `key` names the value in messages.
 * Throws ConfigError for text that is no range and for a range that runs backwards.
 */
export function parseRanges(value: string | readonly number[] | null, key: string): [number, number][] {
  if (value === null || value === '') return []
  const ranges =
    typeof value === 'string' ? value.split(',').map((part) => forward(bounds(part, key), key)) : value.map(single)
  return merge(ranges.sort((a, b) => a[0] - b[0]))
}

function single(value: number): [number, number] {
  return [value, value]
}

function bounds(part: string, key: string): [number, number] {
  const [, first, last = first] = /^\s*(\d+)(?:\s*-\s*(\d+))?\s*$/.exec(part) ?? []
  if (first !== undefined) return [Number(first), Number(last)]
  throw new ConfigError(`${key} holds '${part}', but must be ranges such as '0-9,1200'`, { key })
}

function forward(range: [number, number], key: string): [number, number] {
  if (range[0] <= range[1]) return range
  throw new ConfigError(
    `${key} holds '${range[0]}-${range[1]}', which runs backwards; write '${range[1]}-${range[0]}'`,
    { key },
  )
}

function merge(ranges: readonly [number, number][]): [number, number][] {
  const merged: [number, number][] = []
  for (const [first, last] of ranges) {
    const previous = merged.at(-1)
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last)
    else merged.push([first, last])
  }
  return merged
}
