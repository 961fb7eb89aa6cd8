// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Detector frames -> the elements of each worker, and back. The inner loops of a server and of the viewer. */
import { MaskGather } from '../kernels/maskGather.js'
import type { TypedArray } from '../units.js'
import type { Partition, Runs, Share } from './partition.js'

/** Detector frames, C order, `data[event * frameSize + pixel]`. */
interface Dense {
  readonly data: TypedArray
}

/** Photon events sorted by pixel, then by event. */
interface Sparse {
  readonly events: number
  readonly event: Uint16Array
  readonly pixel: Uint32Array
  readonly value: Uint16Array
}

/** Runs this long are copied as a block; shorter ones value by value, which is then faster. */
const blockCopy = 48
/** Runs of fewer bytes, on average, go through the kernel. */
const shortBytes = 400

/** By what they gather; a run has one partition. */
const kernels = new WeakMap<Runs, Map<number, MaskGather>>()

/**
 * Copy the masked elements of the events at `positions` (in the block) to the workers:
 * `out[worker][e * share.count + element]`, e = 0..positions.length-1. `out` arrays have the frames' dtype.
 */
export function gatherDense(
  frames: Dense,
  positions: ArrayLike<number>,
  split: Partition,
  out: readonly TypedArray[],
): void {
  const from = Float64Array.from(positions, (position) => position * split.frameSize)
  split.shares.forEach((share, worker) => {
    const target = out[worker] as TypedArray
    const bytes = target.BYTES_PER_ELEMENT
    if (share.count * bytes < shortBytes * share.runs.length.length) {
      kernelOf(share.runs, bytes).gather(frames.data, from, target, share.count)
      return
    }
    for (let e = 0; e < from.length; e++) copyRuns(frames.data, from[e] as number, share.runs, target, e * share.count)
  })
}

function kernelOf(runs: Runs, bytes: number): MaskGather {
  const known = kernels.get(runs) ?? new Map<number, MaskGather>()
  const kernel = known.get(bytes) ?? new MaskGather(runs, bytes)
  kernels.set(runs, known.set(bytes, kernel))
  return kernel
}

function copyRuns(source: TypedArray, from: number, runs: Runs, target: TypedArray, to: number): void {
  const { pixel, element, length } = runs
  for (let r = 0; r < length.length; r++) {
    const begin = from + (pixel[r] as number)
    const first = to + (element[r] as number)
    const count = length[r] as number
    if (count >= blockCopy) target.set(source.subarray(begin, begin + count), first)
    else for (let i = 0; i < count; i++) target[first + i] = source[begin + i] as number
  }
}

/** The photon events of all workers, one after the other: worker w owns `lengths[w]` of them. */
export interface GatheredEvents {
  /** Position among the chosen events. */
  readonly event: Uint16Array
  /** Worker-local element, ascending within a worker. */
  readonly element: Uint32Array
  readonly value: Uint16Array
  readonly lengths: readonly number[]
}

/**
 * Renumber photon events: pixel -> worker-local element, position in the block -> position among `positions` (ascending).
 * Events of masked-out pixels and of events that were not chosen are dropped. Both sides are sorted: one walk, no map of the detector.
 */
export function gatherEvents(frames: Sparse, positions: ArrayLike<number>, split: Partition): GatheredEvents {
  const renumbered = new Int32Array(frames.events).fill(-1)
  for (let e = 0; e < positions.length; e++) renumbered[positions[e] as number] = e
  const all = renumbered.every((position, e) => position === e)
  const out = {
    event: new Uint16Array(frames.event.length),
    element: new Uint32Array(frames.event.length),
    value: new Uint16Array(frames.event.length),
  }
  const walk = { read: 0, written: 0 }
  const lengths = split.shares.map((share) => {
    const before = walk.written
    gatherShare(frames, all ? null : renumbered, share.runs, out, walk)
    return walk.written - before
  })
  const end = walk.written
  return {
    event: out.event.subarray(0, end),
    element: out.element.subarray(0, end),
    value: out.value.subarray(0, end),
    lengths,
  }
}

/** `renumbered` null = every event of the block was chosen. */
function gatherShare(
  frames: Sparse,
  renumbered: Int32Array | null,
  runs: Runs,
  out: { event: Uint16Array; element: Uint32Array; value: Uint16Array },
  walk: { read: number; written: number },
): void {
  const { event, pixel, value } = frames
  let { read, written } = walk
  for (let r = 0; r < runs.length.length; r++) {
    const begin = runs.pixel[r] as number
    const end = begin + (runs.length[r] as number)
    const shift = (runs.element[r] as number) - begin
    read = lowerBound(pixel, begin, read)
    if (renumbered === null && end - begin >= blockCopy) {
      const last = lowerBound(pixel, end, read)
      out.event.set(event.subarray(read, last), written)
      out.value.set(value.subarray(read, last), written)
      for (let i = read; i < last; i++) out.element[written + i - read] = (pixel[i] as number) + shift
      written += last - read
      read = last
      continue
    }
    for (; read < pixel.length && (pixel[read] as number) < end; read++) {
      const position = renumbered === null ? (event[read] as number) : (renumbered[event[read] as number] as number)
      if (position < 0) continue
      out.event[written] = position
      out.element[written] = (pixel[read] as number) + shift
      out.value[written] = value[read] as number
      written++
    }
  }
  walk.read = read
  walk.written = written
}

/** First index >= `from` whose value is >= `wanted`, in an ascending array: doubling steps, then bisection. */
function lowerBound(ascending: Uint32Array, wanted: number, from: number): number {
  let step = 1
  let low = from
  while (low + step < ascending.length && (ascending[low + step] as number) < wanted) {
    low += step
    step *= 2
  }
  let high = Math.min(ascending.length, low + step)
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((ascending[middle] as number) < wanted) low = middle + 1
    else high = middle
  }
  return low
}

/** Put one worker's values back: `out[detector index] = values[element]`; other pixels stay as they are. */
export function scatterShare(
  values: ArrayLike<number>,
  share: Share,
  split: Partition,
  out: { [index: number]: number },
): void {
  for (let i = 0; i < share.count; i++) out[split.elements[share.first + i] as number] = values[i] as number
}

/** All workers' values as a detector frame of float64; masked-out pixels get `fill` (default NaN). */
export function scatterToDetector(
  shares: readonly ArrayLike<number>[],
  split: Partition,
  fill = Number.NaN,
): Float64Array {
  const frame = new Float64Array(split.frameSize).fill(fill)
  split.shares.forEach((share, worker) => {
    scatterShare(shares[worker] as ArrayLike<number>, share, split, frame)
  })
  return frame
}
