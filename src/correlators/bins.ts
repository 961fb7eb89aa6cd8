// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A *bin* is what one tile of elements has under one color and one normalisation label: the finest group that the curves need.
 * Sums over slots of either kind are sums over bins.
 */
import { closedMomentsWidth } from '../kernels/pairKernels.js'
import type { LabelSlots } from './labelSlots.js'

/** Bytes that the moments of all bins of a run may take; beyond, sums are reduced delay by delay. */
const momentsBytesMost = 512 * 2 ** 20
/** Bins of a tile, at most. */
const binsOfTileMost = 2048

export class Bins {
  readonly tileSize: number
  /** Bin of every element; -1 = in neither kind of slot. */
  readonly binOf: Int32Array
  /** First bin of every tile, and the number of bins. */
  readonly firstOfTile: Int32Array
  /** Slot of every bin, -1 = none. */
  readonly colorSlot: Int32Array
  readonly normalSlot: Int32Array
  /** An element of every bin. */
  readonly sample: Int32Array
  readonly elements: Int32Array

  constructor(colors: LabelSlots, normals: LabelSlots, tileSize: number) {
    const count = colors.slotOf.length
    const sample: number[] = []
    const elements: number[] = []
    this.tileSize = tileSize
    this.binOf = new Int32Array(count).fill(-1)
    this.firstOfTile = new Int32Array(Math.ceil(count / tileSize) + 1)
    for (let start = 0; start < count; start += tileSize) {
      const bins = new Map<number, number>()
      let [last, bin] = [0, -1]
      for (let i = start; i < Math.min(start + tileSize, count); i++) {
        const key = (colors.slotOf[i] + 1) * (normals.count + 1) + normals.slotOf[i] + 1
        if (key === 0) continue
        if (key !== last) {
          last = key
          bin = bins.get(key) ?? sample.push(i) - 1
          if (bin === elements.length) elements.push(0)
          bins.set(key, bin)
        }
        this.binOf[i] = bin
        elements[bin]++
      }
      this.firstOfTile[start / tileSize + 1] = sample.length
    }
    this.sample = Int32Array.from(sample)
    this.elements = Int32Array.from(elements)
    this.colorSlot = this.sample.map((i) => colors.slotOf[i])
    this.normalSlot = this.sample.map((i) => normals.slotOf[i])
  }

  get count(): number {
    return this.sample.length
  }

  /** Whether the moments of these bins are worth their memory: asked of the bins of all elements, so that all workers agree. */
  areFew(delays: number): boolean {
    const most = this.firstOfTile.reduce((max, first, t, all) => (t === 0 ? 0 : Math.max(max, first - all[t - 1])), 0)
    return most <= binsOfTileMost && this.count * delays * 8 * binMomentsWidth <= momentsBytesMost
  }
}

/** Float64 values per bin and delay: shifts of G2, IP, IF, then the sums of G2, IP, IF, G2^2, IP^2, IF^2, G2 IP, G2 IF, IP IF, shifts taken off. */
export const binMomentsWidth = closedMomentsWidth

/** `values` [bins x delays x binMomentsWidth]; `counts` = pairs per delay of every element. */
export interface BinMoments {
  readonly bins: Bins
  readonly counts: ArrayLike<number>
  readonly values: Float64Array
}
