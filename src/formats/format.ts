// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The contract of a detector format: one file in this folder, default export `FrameFormat`.
 * A source gives random access to events in file order. It decodes; it does not filter, mask or order.
 */
import type { DType, TypedArray } from '../units.js'

/** What a config's `dataset` says, paths already absolute. Extra keys belong to the format. */
export interface DatasetSpec {
  readonly format: string
  readonly path: string
  readonly [key: string]: unknown
}

/** Experiment facts that a file may carry; every field optional, units in the name. */
export interface SourceMetadata {
  readonly tickSeconds?: number
  readonly exposureSeconds?: number
  readonly energyKev?: number
  readonly distanceM?: number
  readonly beamCenterPx?: readonly [row: number, column: number]
  readonly pixelSizeM?: number
  readonly sample?: string
  readonly startTime?: string
}

/** Full detector frames, C order: `data[event * frameSize + pixel]`. */
export interface DenseFrames {
  readonly kind: 'dense'
  readonly events: number
  readonly dtype: DType
  readonly data: TypedArray
}

/**
 * Photon events of a sparse detector, sorted by pixel, then by event: everything not listed is 0.
 * `event[i]` is the position of the frame inside this block, `pixel[i]` the flat detector index, `value[i]` > 0 the counts.
 */
export interface EventFrames {
  readonly kind: 'events'
  readonly events: number
  readonly dtype: DType
  readonly event: Uint16Array
  readonly pixel: Uint32Array
  readonly value: Uint16Array
}

export type FrameBlock = DenseFrames | EventFrames

/** Pixels `pixel..pixel+length-1` of every event, to `out[e * stride + at ...]` for event e of the block. */
export interface FramePiece {
  readonly pixel: number
  readonly length: number
  readonly out: TypedArray
  readonly stride: number
  readonly at: number
}

export interface FrameSource {
  /** Detector array shape of one frame, any rank >= 1. */
  readonly shape: readonly number[]
  readonly dtype: DType
  /** Number of events in the file. */
  readonly events: number
  /** Integer tick of every event in file order; null = the event's position in the file. */
  readonly counters: Float64Array | null
  /** DAQ stream of every event, or null. */
  readonly streams: Int32Array | null
  /** Named variables, one value per event. */
  readonly vars: Readonly<Record<string, Float64Array>>
  /** Value that marks an invalid pixel, from the file; null = none (NaN always is). */
  readonly sentinel: number | null
  /** All values that mark invalid pixels, where a run names further ones; not given = `sentinel`. */
  readonly sentinels?: readonly number[]
  /** Value at and above which the detector saturates, from the file; null = unknown. */
  readonly saturation: number | null
  readonly metadata: SourceMetadata
  /** Read the events at `indices` (ascending, file order). May reuse its buffers: the block is valid until the next read. */
  read(indices: Int32Array, signal?: AbortSignal): Promise<FrameBlock>
  /** The same straight to `pieces` (ascending by pixel) and at once, for sources that store values of `dtype` as they lie in memory. */
  readPieces?(indices: Int32Array, pieces: readonly FramePiece[]): void
  close(): Promise<void>
}

export interface FrameFormat {
  readonly name: string
  /** One line for `--help` and error messages. */
  readonly description: string
  /** True when a path given without a format name is most likely of this format. */
  accepts(path: string): boolean
  /** Open for reading; throws InputError with one sentence. */
  open(dataset: DatasetSpec): Promise<FrameSource>
}
