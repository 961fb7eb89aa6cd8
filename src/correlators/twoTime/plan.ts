// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Parameters of two-time analyses, memory and size of the maps. */
import { ConfigError } from '../../errors.js'
import { bytesOf } from '../../units.js'
import type { ElementSumsOptions, SumsPlan } from '../elementSums.js'
import { PairSums } from '../pairSums.js'
import { pairOptions } from '../twoTimeSums.js'
import type { MapsPlan } from './maps.js'

/** Memory that the kernels take apart from frames and sums. */
const kernelBytes = 48 * 2 ** 20

export interface TwoTimeParams {
  /** Ticks of a frame. */
  readonly average: number
  /** Windows of age into which the run is divided for g2. */
  readonly ageWindows: number
}

/** What `userParams` say; { average: 1, ageWindows: 5 } when they say nothing. Throws ConfigError for anything but whole numbers above 0. */
export function twoTimeParams(userParams: Readonly<Record<string, unknown>>): TwoTimeParams {
  return {
    average: whole('average', userParams.average ?? 1),
    ageWindows: whole('ageWindows', userParams.ageWindows ?? 5),
  }
}

function whole(key: string, value: unknown): number {
  if (Number.isInteger(value) && (value as number) >= 1) return value as number
  throw new ConfigError(`userParams.${key} is ${JSON.stringify(value)}, but must be a whole number of 1 or more`, {
    key: `userParams.${key}`,
    value,
  })
}

/** Memory of a worker: pair sums, frames, and one block of a map with its answer. */
export function planTwoTime(options: ElementSumsOptions, average: number): SumsPlan {
  const pairs = PairSums.plan({ ...pairOptions(options), delays: options.delays.length })
  const frames = Math.ceil(options.ticksHint / average)
  const float = options.sourceDtype.startsWith('float')
  const wide = average === 1 || float ? bytesOf(options.sourceDtype) : 2 * bytesOf(options.sourceDtype)
  const frameBytes = (bytes: number): number => kernelBytes + frames * options.elements * bytes
  const store = { elements: options.elements, totalBytes: frameBytes(wide) }
  return {
    shards: [...pairs.shards, ...(options.elements === 0 ? [] : [store])],
    bytesNarrow: pairs.bytesNarrow + frameBytes(1),
    bytesWide: pairs.bytesWide + frameBytes(wide),
  }
}

/** The maps of `colors` colors over `ticks` ticks. */
export function planMaps(colors: number, ticks: number, average: number): MapsPlan {
  const frames = Math.ceil(ticks / average)
  return { maps: colors, frames, average, bytes: colors * 4 * frames * (frames + 1) }
}
