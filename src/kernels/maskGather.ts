// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Values of a frame that a mask lets through: runs of pixels to consecutive places. `gatherRuns` is the documentation, `MaskGather` the
 * fast version where runs are short; both serve every type.
 *
 * A frame goes chunk by chunk through a small memory. How the values of each vector of 16 bytes are moved together is known before:
 *
 *     memory  | 64 KiB unused | chunk of a frame | what is kept of it | per vector: a shuffle of 16 bytes | per vector: bytes kept |
 */
import type { TypedArray } from '../units.js'
import { kernelModule } from './kernelModule.js'
import './webassembly.js'

/** Run `r` copies `length[r]` values from `pixel[r]` on to `element[r]`; pixels and elements ascend, elements without gaps from 0 on. */
export interface PixelRuns {
  readonly pixel: Uint32Array
  readonly element: Uint32Array
  readonly length: Uint32Array
}

/** out[to + element] = data[from + pixel] for all pixels of the runs; `out` has the type of `data`. */
export function gatherRuns(
  { pixel, element, length }: PixelRuns,
  data: TypedArray,
  from: number,
  out: TypedArray,
  to: number,
): void {
  for (let r = 0; r < length.length; r++) {
    for (let i = 0; i < length[r]; i++) out[to + element[r] + i] = data[from + pixel[r] + i]
  }
}

const vectorBytes = 16
const chunkBytes = 65536
const chunkAt = 65536
const keptAt = chunkAt + chunkBytes + vectorBytes
const shufflesAt = keptAt + chunkBytes + vectorBytes
/** Bytes between runs that are not worth a look. */
const gapBytes = 4096
/** A byte of a shuffle that moves nothing. */
const nothing = 255

/** Pixels [pixel, pixel + pixels) in `vectors` vectors from number `first` on; `count` of them go to `element` and behind. */
interface Chunk {
  readonly pixel: number
  readonly pixels: number
  readonly element: number
  readonly count: number
  readonly first: number
  readonly vectors: number
}

type Call = (...args: number[]) => void

export class MaskGather {
  readonly #chunks: readonly Chunk[]
  readonly #source: Uint8Array
  readonly #kept: Uint8Array
  readonly #bytes: number
  readonly #counts: number
  readonly #pack: Call

  /** For values of `bytes` bytes: 1, 2, 4 or 8. */
  constructor(runs: PixelRuns, bytes: number) {
    this.#bytes = bytes
    this.#chunks = chunksOf(runs, bytes)
    const vectors = this.#chunks.reduce((sum, chunk) => sum + chunk.vectors, 0)
    this.#counts = shufflesAt + vectorBytes * vectors
    const pages = Math.ceil((this.#counts + vectors) / 65536)
    const memory = new WebAssembly.Memory({ initial: pages, maximum: pages })
    this.#source = new Uint8Array(memory.buffer, chunkAt, chunkBytes)
    this.#kept = new Uint8Array(memory.buffer, keptAt, chunkBytes)
    const shuffles = new Uint8Array(memory.buffer, shufflesAt, vectorBytes * vectors)
    writePlan(runs, bytes, this.#chunks, shuffles, new Uint8Array(memory.buffer, this.#counts, vectors))
    this.#pack = new WebAssembly.Instance(kernelModule('maskGather.wasm'), { env: { memory } }).exports.pack as Call
  }

  /** The frames that begin at `from`[e] in `data`, to `out` from e * stride on. */
  gather(data: TypedArray, from: ArrayLike<number>, out: TypedArray, stride: number): void {
    const bytes = this.#bytes
    const frames = new Uint8Array(data.buffer, data.byteOffset, data.byteLength)
    const target = new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
    for (const { pixel, pixels, element, count, first, vectors } of this.#chunks) {
      const shuffles = shufflesAt + vectorBytes * first
      for (let e = 0; e < from.length; e++) {
        const at = bytes * (from[e] + pixel)
        this.#source.set(frames.subarray(at, at + bytes * pixels))
        this.#pack(chunkAt, shuffles, this.#counts + first, vectors, keptAt)
        target.set(this.#kept.subarray(0, bytes * count), bytes * (e * stride + element))
      }
    }
  }
}

/** Chunks end where the next run is far, or would not fit. */
function chunksOf({ pixel, element, length }: PixelRuns, bytes: number): Chunk[] {
  const chunks: Chunk[] = []
  const most = chunkBytes / bytes
  let begin = { pixel: 0, element: 0 }
  let [end, count, first] = [0, 0, 0]
  const close = (): void => {
    if (count === 0) return
    const vectors = Math.ceil(((end - begin.pixel) * bytes) / vectorBytes)
    chunks.push({ ...begin, pixels: end - begin.pixel, count, first, vectors })
    first += vectors
    count = 0
  }
  for (let r = 0; r < length.length; r++) {
    for (let done = 0; done < length[r]; ) {
      const at = pixel[r] + done
      if (count > 0 && (at - end > gapBytes / bytes || at - begin.pixel >= most)) close()
      if (count === 0) begin = { pixel: at, element: element[r] + done }
      const part = Math.min(length[r] - done, begin.pixel + most - at)
      end = at + part
      count += part
      done += part
    }
  }
  close()
  return chunks
}

/** The shuffle of every vector, and the bytes kept of it. */
function writePlan(
  { pixel, element, length }: PixelRuns,
  bytes: number,
  chunks: readonly Chunk[],
  shuffles: Uint8Array,
  kept: Uint8Array,
): void {
  shuffles.fill(nothing)
  let r = 0
  for (const chunk of chunks) {
    const end = chunk.element + chunk.count
    for (let e = chunk.element; e < end; e++) {
      while (element[r] + length[r] <= e) r++
      const at = bytes * (pixel[r] + e - element[r] - chunk.pixel)
      const vector = chunk.first + Math.floor(at / vectorBytes)
      for (let b = 0; b < bytes; b++) shuffles[vectorBytes * vector + kept[vector]++] = (at % vectorBytes) + b
    }
  }
}
