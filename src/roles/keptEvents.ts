// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a server has between reading and scattering. */
import type { DetectorEvent } from '../correlators/g2Common.js'
import type { FrameBlock, FramePiece } from '../formats/format.js'
import type { DType } from '../units.js'
import type { Change } from './changes.js'

/** What is done with whole frames before masking (dark, gain, common mode ...); the result may lie in the calibration's own memory until the next call. */
export interface Calibration {
  apply(frames: FrameBlock): FrameBlock
  /** What its thresholds have changed so far. */
  readonly changes: readonly Change[]
}

/** Frames that nobody wants to see whole: they go from the file straight to the workers' places in a send buffer. */
export interface FileFrames {
  readonly kind: 'file'
  readonly events: number
  readonly dtype: DType
  /** `count` events from position `first` on. */
  read(first: number, count: number, pieces: readonly FramePiece[]): void
}

/** The frames of one block after all filters: position `i` of every list is one kept event. */
export interface KeptEvents {
  readonly events: readonly DetectorEvent[]
  /** Position of each event in `frames`. */
  readonly positions: Int32Array
  readonly frames: FrameBlock | FileFrames
}
