// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Holes among a worker's own values: those that mean "invalid", and saturated ones where saturation costs the element that event only.
 * Integers stay integers: they become 0 and are listed beside the block. Where the sums cannot take a list, and among floats, they become NaN.
 */
import type { EventBlock, Holes, StoredEvents, ValueBlock } from '../../kernels/contract.js'
import { allocate, type TypedArray } from '../../units.js'
import { holeDtype } from './sentinels.js'

export interface HoleRule {
  readonly sentinels: readonly number[]
  /** Values from here on are holes; Infinity = none. */
  readonly saturated: number
  /** The sums take integers with a list of holes. */
  readonly lists: boolean
  /** Told of every saturated value that becomes a hole. */
  onSaturated(element: number): void
}

interface Adjusted {
  readonly stored: StoredEvents
  readonly blocks: readonly ValueBlock[]
}

/** The same events where none has a hole; else the stored rows of dense blocks in blocks of their own. */
export function markHoles({ stored, blocks }: Adjusted, rule: HoleRule): Adjusted {
  const places = blocks.map((_, b) =>
    Array.from({ length: stored.count }, (_, e) => e).filter((e) => stored.block[e] === b),
  )
  const position = stored.position.slice()
  const marked = blocks.map((block, b) => {
    const found =
      block.kind === 'dense' ? denseHoles(block, stored, places[b], rule) : photonHoles(block, stored, places[b], rule)
    if (found.every((elements) => elements.length === 0)) return block
    if (block.kind === 'events') return withoutPhotons(block, stored, places[b], found, rule)
    places[b].forEach((e, row) => {
      position[e] = row
    })
    return rowsWithHoles(
      block.data,
      block.elements,
      places[b].map((e) => stored.position[e]),
      found,
      rule,
      block.dtype,
    )
  })
  return { stored: { ...stored, position }, blocks: marked }
}

type Dense = Extract<ValueBlock, { kind: 'dense' }>

/** Elements per event of `events`, ascending. */
function denseHoles(
  { data, elements }: Dense,
  { position }: StoredEvents,
  events: readonly number[],
  rule: HoleRule,
): number[][] {
  return events.map((e) => {
    const row = data.subarray(position[e] * elements, (position[e] + 1) * elements)
    const found: number[] = []
    for (const sentinel of rule.sentinels) {
      for (let at = row.indexOf(sentinel); at >= 0; at = row.indexOf(sentinel, at + 1)) found.push(at)
    }
    const invalid = new Set(found)
    if (rule.saturated < Number.POSITIVE_INFINITY) addSaturated(row, rule, invalid, found)
    return found.sort((a, b) => a - b)
  })
}

function addSaturated(row: TypedArray, rule: HoleRule, invalid: ReadonlySet<number>, found: number[]): void {
  for (let i = 0; i < row.length; i++) {
    if (!(row[i] >= rule.saturated) || invalid.has(i)) continue
    rule.onSaturated(i)
    found.push(i)
  }
}

function photonHoles(
  block: EventBlock,
  { position }: StoredEvents,
  events: readonly number[],
  rule: HoleRule,
): number[][] {
  const rowOf = new Map(events.map((e, row) => [position[e], row]))
  const found = events.map((): number[] => [])
  for (let k = 0; k < block.value.length; k++) {
    const row =
      block.value[k] >= rule.saturated || rule.sentinels.includes(block.value[k])
        ? rowOf.get(block.event[k])
        : undefined
    if (row === undefined) continue
    if (!rule.sentinels.includes(block.value[k])) rule.onSaturated(block.element[k])
    found[row].push(block.element[k])
  }
  return found
}

/** Photons sorted by element, so that the holes of an event ascend. */
function withoutPhotons(
  block: EventBlock,
  { position }: StoredEvents,
  events: readonly number[],
  found: readonly number[][],
  rule: HoleRule,
): ValueBlock {
  if (!rule.lists)
    return rowsWithHoles(
      dense(block),
      block.elements,
      Array.from({ length: block.events }, (_, e) => e),
      byPosition(),
      rule,
      block.dtype,
    )
  const gone = byPosition().map((elements) => new Set(elements))
  const kept = Uint32Array.from(block.value.keys()).filter((k) => !gone[block.event[k]].has(block.element[k]))
  return {
    ...block,
    event: Uint16Array.from(kept, (k) => block.event[k]),
    element: Uint32Array.from(kept, (k) => block.element[k]),
    value: Uint16Array.from(kept, (k) => block.value[k]),
    holes: holeList(byPosition()),
  }

  function byPosition(): number[][] {
    const all = Array.from({ length: block.events }, (): number[] => [])
    events.forEach((e, row) => {
      all[position[e]] = found[row]
    })
    return all
  }
}

function dense({ events, elements, dtype, event, element, value }: EventBlock): TypedArray {
  const data = allocate(dtype, events * elements)
  for (let k = 0; k < value.length; k++) data[event[k] * elements + element[k]] = value[k]
  return data
}

/** The rows at `positions`, each with its holes. */
function rowsWithHoles(
  from: TypedArray,
  elements: number,
  positions: readonly number[],
  found: readonly number[][],
  { lists }: HoleRule,
  given: ValueBlock['dtype'],
): ValueBlock {
  const asList = lists && !given.startsWith('float')
  const dtype = asList ? given : holeDtype(given)
  const data = allocate(dtype, positions.length * elements)
  positions.forEach((position, row) => {
    data.set(from.subarray(position * elements, (position + 1) * elements), row * elements)
    for (const element of found[row]) data[row * elements + element] = asList ? 0 : Number.NaN
  })
  const block = { kind: 'dense', events: positions.length, elements, dtype, data } as const
  return asList ? { ...block, holes: holeList(found) } : block
}

function holeList(found: readonly number[][]): Holes {
  const start = new Uint32Array(found.length + 1)
  found.forEach((elements, e) => {
    start[e + 1] = start[e] + elements.length
  })
  return { start, element: Uint32Array.from(found.flat()) }
}
