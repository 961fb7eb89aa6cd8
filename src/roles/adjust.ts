// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `workerAdjustData` between the received block and the buffer: the default as one pass over each row, a user's own per event. */
import { type G2Common, needsRows, overrides } from '../correlators/g2Common.js'
import { noteSaturated, thresholdsOf } from '../correlators/saturation.js'
import type { DenseBlock, StoredEvents, ValueBlock } from '../kernels/contract.js'
import { applyThresholds } from '../kernels/thresholds.js'
import { allocate, type DType, type TypedArray } from '../units.js'
import { calling } from './callbacks.js'
import { type HoleRule, markHoles } from './holes/elementHoles.js'

/** Stored events and their values after adjustment. */
export interface Adjusted {
  readonly stored: StoredEvents
  readonly blocks: readonly ValueBlock[]
}

/** Adjust the stored events of a list; blocks are only copied where values may change. */
export function adjustBlocks(
  instance: G2Common,
  stored: StoredEvents,
  blocks: readonly ValueBlock[],
  elements: number,
  sentinels: readonly number[],
): Adjusted {
  const { notzero, saturation } = thresholdsOf(instance.userParams)
  const own = overrides(instance, 'workerAdjustData')
  if (!own && notzero === null) return adjustedByDefault(instance, { stored, blocks }, sentinels)
  if (sentinels.length > 0) return adjustBlocksOf(markHoles({ stored, blocks }, nanRule(sentinels)))
  return adjustBlocksOf({ stored, blocks })

  function adjustBlocksOf(given: Adjusted): Adjusted {
    const floats = own || saturation === 'event'
    return adjustRows(
      instance,
      given,
      elements,
      floats ? userRowDtype(given.blocks) : thresholdDtype(given.blocks, notzero ?? 0),
    )
  }
}

/** Without a user's `workerAdjustData` and without `notzero`: only what is invalid or saturated is looked for. */
function adjustedByDefault(instance: G2Common, given: Adjusted, sentinels: readonly number[]): Adjusted {
  const { saturatedValue, saturation } = thresholdsOf(instance.userParams)
  const byEvent = saturation === 'event' && saturatedValue !== null
  const rule: HoleRule = {
    sentinels,
    saturated: byEvent ? saturatedValue : Number.POSITIVE_INFINITY,
    lists: keepsIntegers(instance),
    onSaturated: (element) => noteSaturated(instance, element),
  }
  const marked = sentinels.length > 0 || byEvent ? markHoles(given, rule) : given
  if (byEvent) instance.thresholdCounts.values += given.stored.count * (given.blocks[0]?.elements ?? 0)
  else if (saturatedValue !== null) markSaturated(instance, marked.stored, marked.blocks, saturatedValue)
  return marked
}

const nanRule = (sentinels: readonly number[]): HoleRule => ({
  sentinels,
  saturated: Number.POSITIVE_INFINITY,
  lists: false,
  onSaturated() {},
})

/** The sums of the class take holes among integers. */
export function keepsIntegers(instance: G2Common): boolean {
  return !overrides(instance, 'openSums') && !needsRows(instance) && !overrides(instance, 'workerAdjustData')
}

/** Every stored event through the user's callback, in an array of `dtype`. */
function adjustRows(instance: G2Common, { stored, blocks }: Adjusted, elements: number, dtype: DType): Adjusted {
  const rows = blocks.map(asDense)
  const data = allocate(dtype, stored.count * elements)
  for (let e = 0; e < stored.count; e++) {
    const row = data.subarray(e * elements, (e + 1) * elements)
    copyRow(rows[stored.block[e]], stored.position[e], row)
    calling('workerAdjustData', () => instance.workerAdjustData(row))
  }
  return {
    stored: { ...stored, block: new Uint16Array(stored.count), position: stored.position.map((_, e) => e) },
    blocks: [{ kind: 'dense', events: stored.count, elements, dtype, data } satisfies DenseBlock],
  }
}

/** One adjusted event, for the row path: float32 where that is exact, else float64. `blocks` as `asDense` gives them. */
export function adjustedRow(
  instance: G2Common,
  stored: StoredEvents,
  blocks: readonly DenseBlock[],
  e: number,
  elements: number,
  sentinels: readonly number[],
): TypedArray {
  const row = allocate(userRowDtype(blocks), elements)
  copyRow(blocks[stored.block[e]], stored.position[e], row)
  for (const sentinel of sentinels) {
    for (let at = row.indexOf(sentinel); at >= 0; at = row.indexOf(sentinel, at + 1)) row[at] = Number.NaN
  }
  calling('workerAdjustData', () => instance.workerAdjustData(row))
  return row
}

/** The dtype in which a user's `workerAdjustData` sees an event: float32 where the source fits, else float64. */
function userRowDtype(blocks: readonly ValueBlock[]): DType {
  return blocks.some(({ dtype }) => ['float64', 'int32', 'uint32'].includes(dtype)) ? 'float64' : 'float32'
}

/** Integers stay integers when `notzero` is one that fits; otherwise floats. */
function thresholdDtype(blocks: readonly ValueBlock[], notzero: number): DType {
  const [first] = blocks
  const same = blocks.every(({ dtype }) => dtype === first.dtype)
  const integer = first !== undefined && !first.dtype.startsWith('float') && same
  if (first !== undefined && same && !integer) return first.dtype
  const fits = integer && Number.isInteger(notzero) && notzero >= 0 && notzero < 128
  return fits ? first.dtype : userRowDtype(blocks)
}

function markSaturated(
  instance: G2Common,
  stored: StoredEvents,
  blocks: readonly ValueBlock[],
  saturatedValue: number,
): void {
  const { saturatedElements, thresholdCounts: counts } = instance
  for (let e = 0; e < stored.count; e++) {
    const block = blocks[stored.block[e]]
    if (block.kind === 'events' || neverReaches(block.dtype, saturatedValue)) {
      counts.values += block.elements
      continue
    }
    applyThresholds(
      block.data,
      stored.position[e] * block.elements,
      block.elements,
      saturatedValue,
      null,
      saturatedElements,
      counts,
    )
  }
  blocks.forEach((block, b) => {
    if (block.kind !== 'events') return
    counts.saturated += markPhotons(block, storedPositions(stored, b), saturatedValue, saturatedElements)
  })
}

function storedPositions(stored: StoredEvents, block: number): Set<number> {
  return new Set(Array.from(stored.position).filter((_, e) => stored.block[e] === block))
}

function markPhotons(
  block: Extract<ValueBlock, { kind: 'events' }>,
  positions: ReadonlySet<number>,
  saturatedValue: number,
  saturated: Uint8Array,
): number {
  let found = 0
  for (let k = 0; k < block.value.length; k++) {
    if (block.value[k] < saturatedValue || !positions.has(block.event[k])) continue
    saturated[block.element[k]] = 1
    found++
  }
  return found
}

function neverReaches(dtype: DType, saturatedValue: number): boolean {
  const largest: Partial<Record<DType, number>> = { uint8: 255, int8: 127, uint16: 65535, int16: 32767 }
  return saturatedValue > (largest[dtype] ?? Number.POSITIVE_INFINITY)
}

function copyRow(block: DenseBlock, position: number, row: TypedArray): void {
  row.set(block.data.subarray(position * block.elements, (position + 1) * block.elements))
}

/** A user's callback needs whole arrays: photon events are expanded once per block. */
export function asDense(block: ValueBlock): DenseBlock {
  if (block.kind === 'dense') return block
  const { events, elements, dtype } = block
  const data = allocate(dtype, events * elements)
  for (let k = 0; k < block.event.length; k++) data[block.event[k] * elements + block.element[k]] = block.value[k]
  return { kind: 'dense', events, elements, dtype, data }
}
