// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * `begin`, `end`, `stride`, `average`: which frames of the file become events, and how many frames one event sums.
 *
 * The frames at file positions `begin <= i < end` are looked at. Counted in ticks from the frame at `begin`, every `stride`-th tick
 * is taken and `average` taken ticks in a row are summed into one event. Its counter is then in units of `stride * average` ticks,
 * 0 at `begin`; where that unit is 1, counters stay as given. A tick without a frame is a hole, so its event is left out.
 */
import { ConfigError } from '../errors.js'
import type { DType } from '../units.js'

export interface Selection {
  /** First position in the file. */
  readonly begin: number
  /** One past the last position. */
  readonly end: number
  readonly stride: number
  /** Frames in one event. */
  readonly average: number
}

/** As configured: an `end` that is null or below 1 means the last frame. */
export interface WantedSelection {
  readonly begin: number
  readonly end: number | null
  readonly stride: number
  readonly average: number
}

/** The selection among the first `frames` frames of the file. Throws ConfigError when `begin` lies beyond them. */
export function selectionOf({ begin, end, stride, average }: WantedSelection, frames: number): Selection {
  if (begin > 0 && begin >= frames) {
    throw new ConfigError(
      `systemParams.begin is ${begin}, but there are only ${frames} frames to read; begin must be below that (numEvents limits them too)`,
      { key: 'systemParams.begin', begin, frames },
    )
  }
  return { begin, end: end === null || end < 1 ? frames : Math.min(end, frames), stride, average }
}

/** True when every one of the first `frames` frames is an event of its own. */
export function takesEverything({ begin, end, stride, average }: Selection, frames: number): boolean {
  return begin === 0 && end === frames && stride * average === 1
}

/** Ticks of the file in one tick of the result. */
export function ticksPerEvent({ stride, average }: Pick<Selection, 'stride' | 'average'>): number {
  return stride * average
}

/** Events that the selection gives when no frame is missing or filtered. */
export function selectedEvents({ begin, end, stride, average }: Selection): number {
  return Math.floor(Math.ceil((end - begin) / stride) / average)
}

const largest: Partial<Record<DType, number>> = { uint8: 255, int8: 128, uint16: 65_535, int16: 32_768 }

/** The type that holds every sum of `average` values of `dtype`: integers stay integers below 2^32, floats are summed in float64. */
export function sumDtype(dtype: DType, average: number): DType {
  const most = largest[dtype]
  if (average === 1) return dtype
  if (most === undefined || most * average > 2 ** 31) return 'float64'
  const signed = dtype.startsWith('int')
  if (signed) return most * average <= 32_768 ? 'int16' : 'int32'
  return most * average <= 65_535 ? 'uint16' : 'uint32'
}
