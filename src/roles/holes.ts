// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A detector's "invalid" value becomes NaN, which the sums treat as a hole of that element. */
import type { FrameBlock } from '../formats/format.js'
import { allocate, type DType } from '../units.js'

/** The dtype that holds every value of `dtype` and NaN. */
export function holeDtype(dtype: DType): DType {
  if (dtype.startsWith('float')) return dtype
  return dtype === 'int32' || dtype === 'uint32' ? 'float64' : 'float32'
}

/** `frames` with NaN where they hold `sentinel`; the same frames where none does. */
export function withHoles(frames: FrameBlock, sentinel: number | null): FrameBlock {
  if (sentinel === null || frames.kind === 'events' || !frames.data.includes(sentinel)) return frames
  const dtype = holeDtype(frames.dtype)
  const data = allocate(dtype, frames.data.length)
  data.set(frames.data)
  for (let at = data.indexOf(sentinel); at >= 0; at = data.indexOf(sentinel, at + 1)) data[at] = Number.NaN
  return { kind: 'dense', events: frames.events, dtype, data }
}
