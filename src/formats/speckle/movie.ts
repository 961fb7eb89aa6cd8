// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A speckle movie with exactly known g2, any frame of which can be computed alone.
 *
 * Every pixel has an intensity level that is drawn anew, independently, with probability p in each tick (a Kubo-Anderson
 * jump process); its counts are Poisson for that level. Between ticks t and t + d no jump happens with probability (1-p)^d:
 * then both counts have the same mean m_k, else independent ones. Given the levels, counts of two ticks are independent, so
 *   <n(t) n(t+d)> = (1-p)^d <m_k^2> + (1 - (1-p)^d) <m_k>^2,   g2(d) = 1 + beta (1-p)^d,   beta = var(m_k) / <m_k>^2,  d >= 1.
 * With (1-p) = exp(-decay) this is g2(d) = 1 + beta exp(-decay d), the form of simple diffusion.
 *
 * Speckles larger than a pixel are squares whose pixels share their level; a beam that is not constant multiplies all means of a
 * tick by one factor: tables of counts exist for every value that it takes.
 *
 * One random word per pixel and tick says both: its high bits whether the level jumps, its low bits which count of the level's
 * table row is seen. The level at any tick is the one drawn at the last jump: found by looking back, at most to the tick that
 * was computed last. Nothing but speed depends on what was read before.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import type { Beam } from './beam.js'
import { golden, mix, scramble, wordAt } from './hash.js'
import { countTable, levels, widthBits, type CountTable } from './intensity.js'

export interface MovieModel {
  /** Class of each pixel of a frame, an index of `classes`. */
  readonly classOf: Uint8Array
  /** Mean counts per frame, contrast 0..1, and rate per tick (>= 0) at which g2 - 1 decays. */
  readonly classes: readonly { readonly mean: number; readonly contrast: number; readonly decay: number }[]
  readonly seed: number
  /** The pixel whose level each pixel has; not given = its own. */
  readonly cellOf?: Int32Array
  /** Not given = constant. */
  readonly beam?: Beam
}

export interface TilePlace {
  readonly out: Uint8Array | Uint16Array
  readonly stride: number
  readonly offset: number
}

export interface TileSink {
  place(first: number, count: number): TilePlace
  done?(first: number, count: number): void
}

/** Pixels times frames between two turns for other work, well below 100 ms. */
const turn = 8_000_000

/** Pixels worked on at once, so that their state stays in the fastest cache. */
export const tilePixels = 2048

export class SpeckleMovie {
  /** Largest count that can occur. */
  readonly largest: number
  readonly tables: readonly CountTable[]
  /** Exact probability of a jump per tick, by class. */
  readonly jumps: readonly number[]
  private readonly countBits: number
  private readonly counts: Uint8Array | Uint16Array
  private readonly classOf: Uint8Array
  private readonly seed: number
  private readonly key: Int32Array
  /** Keys of the levels: those of the first pixel of every speckle. */
  private readonly levelKey: Int32Array
  private readonly beam: Beam | null
  /** Entries of all tables of one beam intensity. */
  private readonly tableSize: number
  /** A pixel jumps where the high bits of its word are below this. */
  private readonly threshold: Int32Array
  /** Where the row of the pixel's level begins in `counts`, for all pixels at tick `current`; -1 = not known. */
  private readonly row: Int32Array
  private current = -1

  constructor(model: MovieModel) {
    const { classOf, classes, cellOf, beam = null } = model
    const countBits = Math.max(...classes.map(({ mean }) => widthBits(mean)))
    const jumpUnit = 2 ** (32 - countBits)
    const thresholds = classes.map(({ decay }) => Math.round(-Math.expm1(-decay) * jumpUnit))
    this.countBits = countBits
    this.classOf = classOf
    this.seed = mix(model.seed)
    this.tables = classes.map(({ mean, contrast }) => countTable(mean, contrast, countBits))
    this.jumps = thresholds.map((threshold) => threshold / jumpUnit)
    const all = (beam?.values ?? [1]).flatMap((factor) =>
      factor === 1 ? this.tables : classes.map(({ mean, contrast }) => countTable(mean * factor, contrast, countBits)),
    )
    this.beam = beam
    this.tableSize = (classes.length * levels) << countBits
    this.largest = Math.max(...all.map((table) => table.counts.reduce((a, b) => Math.max(a, b), 0)))
    this.counts = joined(all, this.largest)
    const seedKey = wordAt(model.seed, 1)
    this.key = Int32Array.from({ length: classOf.length }, (_, pixel) => mix(seedKey ^ Math.imul(pixel + 1, golden)))
    this.levelKey = cellOf === undefined ? this.key : cellOf.map((pixel) => this.key[pixel] as number)
    this.threshold = Int32Array.from(classOf, (kind) => thresholds[kind] as number)
    this.row = new Int32Array(classOf.length)
  }

  /**
   * Counts at `ticks` (>= 0, any order), tile by tile: `place(first, count)` says where pixels `first..first+count-1` go,
   * `out[e * stride + offset + i]`; `done` is called when they are there. Other work of the thread gets turns in between.
   */
  async fill(ticks: Int32Array, sink: TileSink, signal?: AbortSignal): Promise<void> {
    if (ticks.length === 0) return
    const order = Uint32Array.from(ticks.keys()).sort((a, b) => (ticks[a] as number) - (ticks[b] as number))
    const known = this.current <= (ticks[order[0] as number] as number) ? this.current : -1
    this.current = -1
    let work = 0
    for (let first = 0; first < this.row.length; first += tilePixels) {
      const end = Math.min(this.row.length, first + tilePixels)
      this.fillTile(ticks, order, known, first, end, sink.place(first, end - first))
      sink.done?.(first, end - first)
      work += (end - first) * ticks.length
      if (work < turn) continue
      work = 0
      await breathe()
      signal?.throwIfAborted()
    }
    this.current = ticks[order[order.length - 1] as number] as number
  }

  private fillTile(
    ticks: Int32Array,
    order: Uint32Array,
    known: number,
    first: number,
    end: number,
    place: TilePlace,
  ): void {
    let before = known
    for (const e of order) {
      const tick = ticks[e] as number
      if (before < 0 || tick > before + 1) this.lookBack(first, end, before, tick - 1)
      this.fillFrame(first, end, tick, place.out, e * place.stride + place.offset - first)
      before = tick
    }
  }

  /** One frame of one tile: `out[to + pixel]`. The levels must be those of the tick before, or of this one. */
  private fillFrame(first: number, end: number, tick: number, out: Uint8Array | Uint16Array, to: number): void {
    const { key, levelKey, row, threshold, countBits } = this
    const mask = (1 << countBits) - 1
    const frameKey = this.frameKey(tick)
    const counts = this.countsAt(tick)
    const single = levelKey === key
    for (let pixel = first; pixel < end; pixel++) {
      const word = scramble((key[pixel] as number) + frameKey)
      const jump = single ? word : scramble((levelKey[pixel] as number) + frameKey)
      if (jump >>> countBits < (threshold[pixel] as number)) row[pixel] = this.rowAfterJump(pixel, tick)
      out[to + pixel] = counts[(row[pixel] as number) + (word & mask)] as number
    }
  }

  /** The tables for the beam at `tick`. */
  private countsAt(tick: number): Uint8Array | Uint16Array {
    if (this.beam === null) return this.counts
    const first = this.beam.at(tick) * this.tableSize
    return this.counts.subarray(first, first + this.tableSize)
  }

  /** Bring levels that hold at tick `known` (-1: none do) to tick `to`. */
  private lookBack(first: number, end: number, known: number, to: number): void {
    for (let pixel = first; pixel < end; pixel++) {
      const threshold = this.threshold[pixel] as number
      const key = this.levelKey[pixel] as number
      let tick = threshold === 0 ? known : to
      while (tick > known && scramble(key + this.frameKey(tick)) >>> this.countBits >= threshold) tick--
      if (tick > known) this.row[pixel] = this.rowAfterJump(pixel, tick)
      else if (known < 0) this.row[pixel] = this.rowAfterJump(pixel, -1)
    }
  }

  private frameKey(tick: number): number {
    return mix(Math.imul(tick, golden) ^ this.seed)
  }

  /** The level drawn at a jump, as the beginning of its row. Tick -1: the level before the first tick. */
  private rowAfterJump(pixel: number, tick: number): number {
    const level = wordAt((this.levelKey[pixel] as number) ^ 0x5bd1e995, tick) & (levels - 1)
    return ((this.classOf[pixel] as number) * levels + level) << this.countBits
  }
}

/** All tables, one after the other, as narrow as they can be. */
function joined(tables: readonly CountTable[], largest: number): Uint8Array | Uint16Array {
  const size = tables[0]?.counts.length ?? 0
  const counts = largest < 256 ? new Uint8Array(size * tables.length) : new Uint16Array(size * tables.length)
  tables.forEach((table, i) => {
    counts.set(table.counts, i * size)
  })
  return counts
}
