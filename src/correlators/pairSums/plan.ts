// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Memory of a worker's pair sums, decided before the run.
 *
 * A worker's elements are cut into shards of whole tiles, each with its own WebAssembly memory:
 *
 *     | arguments, scratch | G2 IP IF | lost | totals | staging | buffer: ring or rows |
 *
 * Sums start as int32, the buffer at the narrowest store type; both may grow to the widest. A run never exceeds `totalBytes` unless it
 * gets more events than `ticksHint` or wider values than `sourceDtype` announced. `lost` is address space that costs
 * memory only from the first hole on; it is planned for float data.
 */
import { ConfigError } from '../../errors.js'
import { bitRingBytes, bitSpanMost } from '../../kernels/bitRing.js'
import { ringPad, scratchEnd, tileElements } from '../../kernels/pairKernels.js'
import { bytesOf, bytesText, type DType, type RowDType, type StoreDType } from '../../units.js'

export interface PairSumsSize {
  /** Elements of this worker; 0 is legal. */
  readonly elements: number
  /** Number of delays. */
  readonly delays: number
  /** Rows of the rolling buffer. */
  readonly times: number
  /** 'auto' = the narrowest type of the values seen so far; 'bit' becomes uint8 when many values exceed 1. */
  readonly storeDtype: 'auto' | StoreDType
  /** Type of the values that will come, for the memory plan. */
  readonly sourceDtype: DType
  /** Events expected, so that a small run stays small; default and 0: unknown, room for `times`. */
  readonly ticksHint?: number | undefined
  /** Ticks of a full buffer per event, default 1; more where counters have gaps. From 4 on rows serve. */
  readonly ticksPerEvent?: number | undefined
  /** Largest shard in bytes, default 1 GiB. */
  readonly shardBytes?: number | undefined
  /** Products of a block of all elements, default: what takes about as long as a block may, see blockLength.ts. */
  readonly blockProducts?: number | undefined
}

export interface ShardPlan {
  /** First element of the worker that lies here. */
  readonly first: number
  readonly elements: number
  /** Room for values on their way into the buffer. */
  readonly stagingBytes: number
  /** Sums as float64, totals and staging. */
  readonly sumsBytes: number
  /** What int32 sums leave untouched. */
  readonly narrowSaves: number
  readonly bufferBytesNarrow: number
  readonly bufferBytesWide: number
  /** All of it with the widest buffer. */
  readonly totalBytes: number
}

export interface PairSumsPlan {
  readonly shards: readonly ShardPlan[]
  /** Rows the buffer starts with: min(times, ticksHint). */
  readonly rows: number
  /** Ticks that are folded at once. */
  readonly blockTicks: number
  /** Ticks in the ring without gaps. */
  readonly ringTicks: number
  /** The ring that an empty one of bits becomes when values turn out to be large. */
  readonly ofValues: RingSize
  readonly narrow: StoreDType
  readonly wide: RowDType
  readonly bytesNarrow: number
  readonly bytesWide: number
}

/** Behind the kernels' own data and scratch. */
const argumentsBytes = (delays: number): number => 24 * Math.max(delays, 1024) + 5 * 65536

/** Staged values of a shard: as many events as fit, in steps so that a ring row is written by cache lines, and no fewer than one. */
const stagingBytesWanted = 12 * 1024 * 1024
const lineBytes = 64
/** Room for the moments of a tile, see moments.ts; for cells, see cellSums.ts. */
export const momentsBytes = 1024 * 1024
const shardBytesDefault = 1024 ** 3
const largestMemory = 65536 * 65536

/** Ticks per event of a buffer that a ring serves. */
export const spanMost = 4

/** Round `value` up to a multiple of `step`. */
export const roundUp = (value: number, step: number): number => Math.ceil(value / step) * step

const blockProductsDefault = 4e10
const blockTicksFewest = 128

/**
 * Ticks folded at once, at most: a power of two up to a third of the buffer, 16..1024, and no more than there is time for. The
 * ring and the sums of an element pass through the cache once per block; the ring is longer than the buffer by three blocks.
 */
export function blockTicksOf(rows: number, eventsInTime: number): number {
  const timely = Math.max(blockTicksFewest, eventsInTime)
  return Math.max(16, 2 ** Math.floor(Math.log2(Math.min(1024, timely, Math.max(rows, 1) / 3))))
}

/** Ticks that a ring must have so that `span` ticks are stored, a block is pending and a window may look a block back. */
export const ringTicksOf = (span: number, blockTicks: number): number => roundUp(span + 2 * blockTicks + 32, 16)

/** Values in a ring row: the ring, its mirror and a pad. */
export const rowLengthOf = (ringTicks: number, blockTicks: number): number =>
  roundUp(ringTicks + blockTicks + ringPad, 64)

/** `chunks` = room for exceptions of a ring of bits. */
export function ringBytes(
  elements: number,
  ringTicks: number,
  blockTicks: number,
  dtype: StoreDType,
  chunks = 0,
): number {
  const rowLength = rowLengthOf(ringTicks, blockTicks)
  return dtype === 'bit' ? bitRingBytes(elements, rowLength, chunks) : (elements + 1) * rowLength * bytesOf(dtype)
}

/** Chunks of exceptions that a ring of bits has at most: with them it is a quarter of one of uint8, or less. */
export function chunksMost(elements: number, ringTicks: number): number {
  return 4 + Math.ceil((elements * ringTicks) / 512)
}

/** Rows of values by event are no bits. */
export const rowDtype = (dtype: StoreDType): RowDType => (dtype === 'bit' ? 'uint8' : dtype)

export function rowsBytes(elements: number, rows: number, dtype: StoreDType): number {
  return roundUp(elements, tileElements) * rows * bytesOf(rowDtype(dtype))
}

export interface RingSize {
  /** Ticks folded at once, at most. */
  readonly blockTicks: number
  readonly ringTicks: number
}

/** Decide shards and blocks. Throws ConfigError when not even one tile of elements fits a WebAssembly memory (4 GiB). */
export function planPairSums(size: PairSumsSize): PairSumsPlan {
  const rows = Math.max(1, Math.min(size.times, size.ticksHint || size.times))
  const { ticksPerEvent = 1 } = size
  const span = ticksPerEvent > spanMost ? rows : Math.ceil(rows * ticksPerEvent)
  const ringOf = (blockTicks: number): RingSize => ({ blockTicks, ringTicks: ringTicksOf(span, blockTicks) })
  // Bits are folded several times as fast, and a longer ring of them costs little.
  const { blockProducts = blockProductsDefault } = size
  const inTime = blockProducts / Math.max(1, size.elements * size.delays)
  const [ofBits, ofValues] = [ringOf(blockTicksOf(rows, Number.POSITIVE_INFINITY)), ringOf(blockTicksOf(rows, inTime))]
  const narrow = narrowOf(size, ofBits.ringTicks)
  const { blockTicks, ringTicks } = narrow === 'bit' ? ofBits : ofValues
  const wide = size.storeDtype === 'auto' ? widestOf(size.sourceDtype) : rowDtype(size.storeDtype)
  const shared = { size, rows, blockTicks, ringTicks, narrow, wide }
  const counts = elementsPerShard(shared)
  let first = 0
  const shards = counts.map((elements) => {
    const shard = shardPlan(shared, first, elements)
    first += elements
    return shard
  })
  const sum = (bytes: (shard: ShardPlan) => number) => shards.reduce((total, shard) => total + bytes(shard), 0)
  return {
    shards,
    rows,
    blockTicks,
    ringTicks,
    ofValues,
    narrow,
    wide,
    bytesNarrow: sum((shard) => shard.totalBytes - shard.bufferBytesWide + shard.bufferBytesNarrow - shard.narrowSaves),
    bytesWide: sum((shard) => shard.totalBytes),
  }
}

type Shared = { readonly size: PairSumsSize } & Pick<
  PairSumsPlan,
  'rows' | 'blockTicks' | 'ringTicks' | 'narrow' | 'wide'
>

/** What the buffer begins with: bits for counts, until they turn out to be large. */
function narrowOf({ storeDtype, sourceDtype }: PairSumsSize, ringTicks: number): StoreDType {
  const wanted = storeDtype !== 'auto' ? storeDtype : sourceDtype.startsWith('float') ? 'uint8' : 'bit'
  return wanted === 'bit' && ringTicks > bitSpanMost ? 'uint8' : wanted
}

/** The widest store that values of a source can need. */
function widestOf(source: DType): RowDType {
  switch (source) {
    case 'uint8':
    case 'uint16':
    case 'int16':
    case 'float32':
    case 'float64':
      return source
    case 'int8':
      return 'int16'
    case 'uint32':
    case 'int32':
      return 'float64'
  }
}

/** Whole tiles, dealt evenly. */
function elementsPerShard(shared: Shared): number[] {
  const { elements, shardBytes = shardBytesDefault } = shared.size
  const tiles = Math.ceil(elements / tileElements)
  if (tiles === 0) return []
  const one = shardPlan(shared, 0, tileElements).totalBytes
  if (one > largestMemory) {
    throw new ConfigError(
      `${tileElements} elements need ${bytesText(one)} with times = ${shared.size.times} and ${shared.size.delays} delays, more than one memory of 4 GiB; lower times`,
      { times: shared.size.times, bytes: one },
    )
  }
  const perTile = (shardPlan(shared, 0, 1024 * tileElements).totalBytes - one) / 1023
  const tilesPerShard = Math.max(1, Math.floor((shardBytes - one) / perTile) + 1)
  const shards = Math.ceil(tiles / tilesPerShard)
  return Array.from({ length: shards }, (_, k) => {
    const from = Math.floor((tiles * k) / shards) * tileElements
    return Math.min(elements, Math.floor((tiles * (k + 1)) / shards) * tileElements) - from
  })
}

function shardPlan(shared: Shared, first: number, elements: number): ShardPlan {
  const stagingBytes = stagingBytesOf(elements, shared.blockTicks, shared.size.sourceDtype)
  const layout = layoutOf(elements, shared.size.delays, stagingBytes)
  const sumsBytes = layout.buffer - (mayHaveHoles(shared.wide) ? 0 : layout.values - layout.lost)
  const buffer = (dtype: StoreDType) =>
    Math.max(
      ringBytes(elements, shared.ringTicks, shared.blockTicks, dtype),
      dtype === 'bit' ? 0 : rowsBytes(elements, shared.rows, dtype),
    )
  const bufferBytesWide = buffer(shared.wide)
  return {
    first,
    elements,
    stagingBytes,
    sumsBytes,
    narrowSaves: (layout.lost - layout.G2) / 2,
    bufferBytesNarrow: buffer(shared.narrow),
    bufferBytesWide,
    totalBytes: roundUp(sumsBytes + bufferBytesWide, 65536),
  }
}

/** Only float stores can hold holes. */
export const mayHaveHoles = (dtype: StoreDType): boolean => dtype === 'float32' || dtype === 'float64'

/** Bytes of a whole number of steps of events of `source`, and at least one event of the widest type. */
function stagingBytesOf(elements: number, blockTicks: number, source: DType): number {
  const padded = roundUp(Math.max(elements, 1), tileElements)
  const event = bytesOf(source) * padded
  const step = Math.max(16, lineBytes / bytesOf(source))
  const fit = Math.max(step, Math.floor(stagingBytesWanted / event / step) * step)
  return Math.max(event * Math.min(blockTicks, fit), 8 * padded, momentsBytes)
}

export interface ShardLayout {
  /** int32 arguments of a call. */
  readonly moves: number
  /** int32 positions or pairs of a call. */
  readonly positions: number
  readonly extremes: number
  readonly G2: number
  readonly IP: number
  readonly IF: number
  readonly lost: number
  readonly values: number
  readonly holes: number
  readonly staging: number
  readonly stagingBytes: number
  readonly buffer: number
}

/** Byte offsets of one shard. */
export function layoutOf(elements: number, delays: number, stagingBytes: number): ShardLayout {
  const padded = roundUp(elements, tileElements)
  const sums = 8 * padded * delays
  const moves = scratchEnd
  const positions = moves + 24 * Math.max(delays, 1024)
  const extremes = positions + 4 * 65536
  const G2 = scratchEnd + argumentsBytes(delays)
  const lost = G2 + 3 * sums
  const values = lost + sums
  const staging = values + 2 * 8 * padded
  return {
    moves,
    positions,
    extremes,
    G2,
    IP: G2 + sums,
    IF: G2 + 2 * sums,
    lost,
    values,
    holes: values + 8 * padded,
    staging,
    stagingBytes,
    buffer: roundUp(staging + stagingBytes, 64),
  }
}
