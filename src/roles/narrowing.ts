// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Frames of uint16 that go from the file to a send buffer as uint8 while all their counts fit, which halves what is written, sent and
 * copied. The first larger count on a server ends that: its block is read again, and all later ones stay as they are.
 */
import { overrides } from '../correlators/g2Common.js'
import { thresholdsOf } from '../correlators/saturation.js'
import { bytesAt, copyValues } from '../kernels/copyBytes.js'
import { Narrower } from '../kernels/narrow.js'
import type { Partition } from '../masks/partition.js'
import type { DType, TypedArray } from '../units.js'
import { piecesOf } from './fileFrames.js'
import type { FileFrames } from './keptEvents.js'
import type { RankContext } from './plan.js'

/** What is read together, at least one event: few enough values to stay in the cache. */
const valuesTogether = 2 ** 19

export class Narrowing {
  readonly #partition: Partition
  #narrows: boolean
  #narrower: Narrower | null = null

  /** Where workers change values before they store them, these keep the source's type. */
  constructor({ plan, instances }: Pick<RankContext, 'plan' | 'instances'>) {
    this.#partition = plan.partition
    const adjusts = instances.some((instance) => {
      const { notzero, saturation } = thresholdsOf(instance.userParams)
      return overrides(instance, 'workerAdjustData') || notzero !== null || saturation === 'event'
    })
    this.#narrows = !adjusts && plan.sentinels.length === 0
  }

  /** Read all frames to `out` [events x elements] by worker; returns the type of the values that begin there now. */
  read(frames: FileFrames, out: readonly TypedArray[]): DType {
    if (this.#narrows && frames.dtype === 'uint16') {
      if (this.#readBytes(frames, out)) return 'uint8'
      this.#narrows = false
      this.#narrower = null
    }
    frames.read(0, frames.events, piecesOf(this.#partition, out))
    return frames.dtype
  }

  #readBytes(frames: FileFrames, out: readonly TypedArray[]): boolean {
    const elements = this.#partition.elements.length
    const eventsTogether = Math.max(1, Math.floor(valuesTogether / elements))
    this.#narrower ??= new Narrower(eventsTogether * elements)
    for (let first = 0; first < frames.events; first += eventsTogether) {
      const count = Math.min(eventsTogether, frames.events - first)
      frames.read(first, count, piecesOf(this.#partition, this.#places(this.#narrower.values, count)))
      const bytes = this.#narrower.narrow(count * elements)
      if (bytes === null) return false
      this.#places(bytes, count).forEach((part, worker) => {
        const { buffer, byteOffset, byteLength } = out[worker]
        const at = first * this.#partition.shares[worker].count
        copyValues(bytesAt(buffer, byteOffset, byteLength), at, part, 0, part.length)
      })
    }
    return true
  }

  /** Parts of `values` for `count` events of each worker. */
  #places<T extends TypedArray>(values: T, count: number): T[] {
    let at = 0
    return this.#partition.shares.map((share) => {
      const from = at
      at += count * share.count
      return values.subarray(from, at) as T
    })
  }
}
