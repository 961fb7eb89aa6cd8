// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The bulk layout of a block between server and workers, both directions in one place.
 *
 *   dense    | worker 0: events x n0 values | pad to 64 | worker 1: ... |
 *   events   | worker 0: element u32 | event u16 | value u16 | pad to 64 | worker 1: ... |
 */
import type { EventBlock, ValueBlock } from '../kernels/contract.js'
import { bytesAt, copyValues } from '../kernels/copyBytes.js'
import { gatherDense, gatherEvents } from '../masks/gather.js'
import type { Partition } from '../masks/partition.js'
import { bytesOf, type DType, viewOf } from '../units.js'
import type { Communicator, LentBuffer, Slice } from './communicator.js'
import type { BlockHeader } from './messages.js'
import type { KeptEvents } from './keptEvents.js'
import type { Narrowing } from './narrowing.js'

export interface FilledBlock {
  readonly header: BlockHeader
  readonly buffer: LentBuffer
  /** By rank of the circle: the server itself (0) gets nothing. */
  readonly slices: readonly Slice[]
}

export interface LentBlock extends FilledBlock {
  /** Reads what is still in the file; null = the buffer is filled. */
  readonly fill: (() => FilledBlock) | null
}

const eventBytes = 8

/** Borrow a send buffer and gather the kept events' masked elements into it; frames that are still in the file wait for `fill`. */
export async function lendBlock(
  workers: Communicator,
  partition: Partition,
  kept: KeptEvents,
  server: number,
  block: number,
  narrowing: Narrowing,
  signal: AbortSignal,
): Promise<LentBlock> {
  const { frames, positions } = kept
  const events = positions.length
  const base = { kind: 'block', server, block, events, dtype: frames.dtype } as const
  if (frames.kind !== 'events') {
    const lengths = partition.shares.map((share) => share.count * events)
    const slices = slicesOf(lengths.map((length) => length * bytesOf(frames.dtype)))
    const buffer = await workers.lend(totalBytes(slices), { signal })
    const out = lengths.map((length, worker) => {
      return viewOf(frames.dtype, buffer.bytes.buffer, buffer.bytes.byteOffset + slices[1 + worker].offset, length)
    })
    if (frames.kind === 'dense') gatherDense(frames, positions, partition, out)
    const filled: FilledBlock = { header: { ...base, form: 'dense', lengths: [] }, buffer, slices }
    const fill = frames.kind === 'file' ? () => ofType(filled, narrowing.read(frames, out)) : null
    return { ...filled, fill }
  }
  const gathered = gatherEvents(frames, positions, partition)
  const slices = slicesOf(gathered.lengths.map((length) => length * eventBytes))
  const buffer = await workers.lend(totalBytes(slices), { signal })
  let from = 0
  const bytes = bytesAt(buffer.bytes.buffer, buffer.bytes.byteOffset, buffer.bytes.length)
  gathered.lengths.forEach((length, worker) => {
    const at = slices[worker + 1].offset
    copyValues(bytes, at, gathered.element, from, length)
    copyValues(bytes, at + 4 * length, gathered.event, from, length)
    copyValues(bytes, at + 6 * length, gathered.value, from, length)
    from += length
  })
  return { header: { ...base, form: 'events', lengths: gathered.lengths }, buffer, slices, fill: null }
}

/** The block with values of a type that takes no more bytes: slices begin where they did. */
function ofType({ header, buffer, slices }: FilledBlock, dtype: DType): FilledBlock {
  const part = bytesOf(dtype) / bytesOf(header.dtype)
  return {
    header: { ...header, dtype },
    buffer,
    slices: slices.map(({ offset, length }) => ({ offset, length: length * part })),
  }
}

/** A worker's block on the memory of its lease. */
export function valueBlock(header: BlockHeader, worker: number, elements: number, bulk: Uint8Array): ValueBlock {
  const { events, dtype } = header
  if (header.form === 'dense') {
    const data = viewOf(dtype, bulk.buffer, bulk.byteOffset, events * elements)
    return { kind: 'dense', events, elements, dtype, data }
  }
  const block: EventBlock = { kind: 'events', events, elements, dtype, ...eventViews(bulk, 0, header.lengths[worker]) }
  return block
}

function eventViews(
  bytes: Uint8Array,
  offset: number,
  length: number,
): Pick<EventBlock, 'element' | 'event' | 'value'> {
  const at = bytes.byteOffset + offset
  return {
    element: new Uint32Array(bytes.buffer, at, length),
    event: new Uint16Array(bytes.buffer, at + 4 * length, length),
    value: new Uint16Array(bytes.buffer, at + 6 * length, length),
  }
}

function slicesOf(lengths: readonly number[]): Slice[] {
  const slices: Slice[] = [{ offset: 0, length: 0 }]
  let offset = 0
  for (const length of lengths) {
    slices.push({ offset, length })
    offset += Math.ceil(length / 64) * 64
  }
  return slices
}

function totalBytes(slices: readonly Slice[]): number {
  const last = slices[slices.length - 1]
  return last.offset + last.length
}
