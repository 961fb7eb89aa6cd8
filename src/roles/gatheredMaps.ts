// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Two-time maps of one update: blocks of sums, asked of the frozen workers one ahead of what is being used. */
import type { Trains } from '../buffers/trains.js'
import type { Curves } from '../correlators/resultGroup.js'
import type { FrameSums, MapBlock, TrainBlock, TrainMaps, TwoTimeMaps } from '../correlators/twoTime/maps.js'
import { type TrainFrames, trainFrames } from '../correlators/twoTime/trainFrames.js'
import type { TwoTimeFacts, TwoTimeRequest } from '../correlators/twoTime/part.js'
import { stretchFrames } from '../kernels/twoTimeKernels.js'
import type { Gatherer } from './gatherer.js'
import type { ReadyAnalysis } from './messages.js'

/** A stretch and the frames of the maps that lie in it. */
interface Piece {
  readonly stretch: number
  readonly first: number
  readonly count: number
  /** Frames of the stretch before the first of the maps. */
  readonly skipped: number
  readonly filled: boolean
}

export class GatheredMaps implements TwoTimeMaps {
  readonly average: number
  readonly firstTick: number
  readonly events: Float64Array
  readonly colors: Int32Array
  readonly elements: Int32Array
  readonly #gatherer: Gatherer
  readonly #analysis: number
  readonly #pieces: readonly Piece[]
  readonly #whole: boolean
  readonly #holes: boolean

  readonly trains: TrainMaps | null

  constructor(
    gatherer: Gatherer,
    analysis: number,
    workers: readonly ReadyAnalysis[],
    { colors, elements }: Curves,
    trains: Trains | null,
  ) {
    const facts = workers.flatMap(({ twoTime }) => twoTime ?? [])
    const { average, origin, first, events } = facts[0]
    this.average = average
    this.firstTick = events.length === 0 ? 0 : origin + first * average
    this.events = events
    this.colors = colors
    this.elements = elements
    this.#gatherer = gatherer
    this.#analysis = analysis
    this.#pieces = piecesOf(facts[0])
    this.#whole = facts.every(({ whole }) => whole)
    this.#holes = facts.some(({ holes }) => holes)
    this.trains = trains === null ? null : this.#trainMaps(trainFrames(trains, average))
  }

  #trainMaps({ frames, stretches }: TrainFrames): TrainMaps {
    const last = this.#pieces.at(-1)?.stretch ?? -1
    const events = new Float64Array(frames)
    for (const { stretch, first, count, skipped } of this.#pieces) {
      const from = (stretch % stretches) * stretchFrames + skipped
      for (let i = 0; i < count && from + i < frames; i++) events[from + i] += this.events[first + i]
    }
    const blocks = (color: number) => this.#trainBlocks(color, stretches)
    return { trains: Math.floor(last / stretches) + 1, frames, events, blocks }
  }

  async *#trainBlocks(color: number, stretches: number): AsyncGenerator<TrainBlock> {
    const trainOf = ({ stretch }: Piece): number => Math.floor(stretch / stretches)
    const pairs = this.#pieces.flatMap((past, p) => {
      const own = this.#pieces.slice(p, p + stretches).filter((future) => trainOf(future) === trainOf(past))
      return own.filter(({ filled }) => filled && past.filled).map((future) => [past, future] as const)
    })
    const frameOf = ({ stretch, skipped }: Piece): number => (stretch % stretches) * stretchFrames + skipped
    let i = 0
    for await (const block of this.#ahead(color, pairs)) {
      const [past, future] = pairs[i++]
      yield { train: trainOf(past), row: frameOf(past), column: frameOf(future), block }
    }
  }

  async frameSums(color: number): Promise<FrameSums> {
    const sums = await this.#perFrame(color, 'sums')
    if (this.#holes) return { sums, elements: await this.#perFrame(color, 'elements') }
    const all = this.elements[this.colors.indexOf(color)]
    return { sums, elements: new Float64Array(sums.length).fill(all) }
  }

  blocks(color: number): AsyncGenerator<MapBlock> {
    const pairs = this.#pieces.flatMap((past, p) => this.#pieces.slice(p).map((future) => [past, future] as const))
    return this.#ahead(color, pairs)
  }

  /** Every other request is under way while a block is used. */
  async *#ahead(color: number, pairs: readonly (readonly [Piece, Piece])[]): AsyncGenerator<MapBlock> {
    let next: Promise<MapBlock> | null = null
    for (const [i, pair] of pairs.entries()) {
      const block: MapBlock = await (next ?? this.#block(color, ...pair))
      const following = pairs[i + 1]
      next = following === undefined ? null : this.#block(color, ...following)
      // A block that is never used, because its user failed, must not count as a failure of its own.
      next?.catch(() => {})
      yield block
    }
  }

  async #block(color: number, past: Piece, future: Piece): Promise<MapBlock> {
    const place = {
      row: past.first,
      rows: past.count,
      column: future.first,
      columns: future.count,
      offset: past.skipped * stretchFrames + future.skipped,
      stride: stretchFrames,
    }
    if (!past.filled || !future.filled) return { ...place, sums: null, pairs: null }
    const between = { color, past: past.stretch, future: future.stretch }
    const sums = await this.#ask({ ...between, of: 'products' })
    return { ...place, sums, pairs: this.#holes ? await this.#ask({ ...between, of: 'pairs' }) : null }
  }

  async #perFrame(color: number, of: 'sums' | 'elements'): Promise<Float64Array> {
    const out = new Float64Array(this.events.length)
    for (const { stretch, first, count, skipped, filled } of this.#pieces) {
      if (!filled) continue
      const values = await this.#ask({ color, past: stretch, future: stretch, of })
      if (values !== null) out.set(values.subarray(skipped, skipped + count), first)
    }
    return out
  }

  #ask(request: Omit<TwoTimeRequest, 'whole'>): Promise<Float64Array | null> {
    return this.#gatherer.twoTime(this.#analysis, { ...request, whole: this.#whole })
  }
}

/** The stretches from the first frame to the last. */
function piecesOf({ first, events }: TwoTimeFacts): Piece[] {
  const pieces: Piece[] = []
  for (let frame = 0; frame < events.length; ) {
    const stretch = Math.floor((first + frame) / stretchFrames)
    const skipped = first + frame - stretch * stretchFrames
    const count = Math.min(events.length - frame, stretchFrames - skipped)
    const filled = events.subarray(frame, frame + count).some((number) => number > 0)
    pieces.push({ stretch, first: frame, count, skipped, filled })
    frame += count
  }
  return pieces
}
