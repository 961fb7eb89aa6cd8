// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The two-time maps of one update, as the viewer gets them: sums of all workers, a block at a time. */
import type { MapPlace } from '../../kernels/mapKernels.js'

/** Size of the maps, known before the run. */
export interface MapsPlan {
  readonly maps: number
  /** Rows and columns of each. */
  readonly frames: number
  /** Ticks of a frame. */
  readonly average: number
  /** Values of all upper triangles. */
  readonly bytes: number
}

/** Frames `row` .. row + rows - 1 (earlier) with `column` .. (later); value (i, j) of `sums` is at offset + i * stride + j. */
export interface MapBlock extends MapPlace {
  /** Sum over the elements of I(t1) I(t2), float64 [rows x stride]; null = no event in these frames. */
  readonly sums: Float64Array | null
  /** Elements without a hole in either frame, laid out as `sums`; null = all of them. */
  readonly pairs: Float64Array | null
}

/** Per frame. */
export interface FrameSums {
  /** Sum of I(t) over the elements. */
  readonly sums: Float64Array
  /** Elements without a hole. */
  readonly elements: Float64Array
}

/** A block of one train: its rows and columns begin at these frames of the train. */
export interface TrainBlock {
  readonly train: number
  readonly row: number
  readonly column: number
  readonly block: MapBlock
}

/** Maps inside trains, for runs that have them. */
export interface TrainMaps {
  /** Trains from the first to the last. */
  readonly trains: number
  /** Frames of a train. */
  readonly frames: number
  /** Events per frame of a train, over all trains. */
  readonly events: Float64Array
  /** Blocks of the upper triangle of every train. */
  blocks(color: number): AsyncIterable<TrainBlock>
}

export interface TwoTimeMaps {
  /** Null where events do not come in trains. */
  readonly trains: TrainMaps | null
  /** Ticks of a frame. */
  readonly average: number
  /** Counter with which the first frame begins. */
  readonly firstTick: number
  /** Events in every frame. */
  readonly events: Float64Array
  /** Colors alive, ascending, and the elements of each. */
  readonly colors: Int32Array
  readonly elements: Int32Array
  frameSums(color: number): Promise<FrameSums>
  /** Blocks of the upper triangle, row by row. */
  blocks(color: number): AsyncIterable<MapBlock>
}
