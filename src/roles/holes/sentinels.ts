// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A detector's "invalid" values become NaN, which the sums treat as a hole of that element. */
import type { FrameBlock, FrameSource } from '../../formats/format.js'
import { allocate, type DType } from '../../units.js'

/** What the configuration says about values that are none. */
export interface HolesSpec {
  /** 'max' = the largest value of the frames' type. */
  readonly values: readonly (number | 'max')[]
  /** A panel without one valid value: holes of its elements, or the frame is dropped. */
  readonly missingPanel: 'hole' | 'frame'
}

/** Values of a source that mean "invalid": those of the configuration and the file's own. */
export function sentinelsOf({ sentinel, sentinels }: Pick<FrameSource, 'sentinel' | 'sentinels'>): readonly number[] {
  return sentinels ?? (sentinel === null ? [] : [sentinel])
}

/** The dtype that holds every value of `dtype` and NaN. */
export function holeDtype(dtype: DType): DType {
  if (dtype.startsWith('float')) return dtype
  return dtype === 'int32' || dtype === 'uint32' ? 'float64' : 'float32'
}

/** `frames` with NaN where they hold one of `sentinels`; the same frames where none does. */
export function withHoles(frames: FrameBlock, sentinels: readonly number[]): FrameBlock {
  if (frames.kind === 'events' || !sentinels.some((sentinel) => frames.data.includes(sentinel))) return frames
  const dtype = holeDtype(frames.dtype)
  const data = allocate(dtype, frames.data.length)
  data.set(frames.data)
  for (const sentinel of sentinels) {
    for (let at = data.indexOf(sentinel); at >= 0; at = data.indexOf(sentinel, at + 1)) data[at] = Number.NaN
  }
  return { kind: 'dense', events: frames.events, dtype, data }
}
