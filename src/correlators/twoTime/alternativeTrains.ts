// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Two-time maps over pulses, averaged over trains, by their definition over whole arrays: for `--test-alt`. */
import { pulseOf, type Trains, trainOf } from '../../buffers/trains.js'
import type { EventTime } from '../alternative.js'
import type { ResultGroup } from '../resultGroup.js'
import type { AlternativeTwoTime } from './alternative.js'

/** Sum of the pulses of a frame; NaN where the element was a hole. */
type Frame = Float64Array

interface Train {
  readonly number: number
  readonly frames: (Frame | undefined)[]
}

interface Pair {
  readonly train: number
  readonly first: number
  readonly second: number
  readonly above: number
  readonly below: number
}

export function alternativeTrainMaps(
  group: ResultGroup,
  { average, ageWindows: windows, color, saturated }: AlternativeTwoTime,
  trains: Trains,
  events: readonly EventTime[],
  data: readonly Float64Array[],
): void {
  const N = Math.ceil(trains.pulses / average)
  const all = trainsOf(trains, average, events, data)
  const alive = Array.from(color.keys()).filter((i) => color[i] > 0 && saturated[i] === 0)
  const colors = [...new Set(alive.map((i) => color[i]))].sort((a, b) => a - b)
  const own = group.group('two_time')
  const count = (all.at(-1)?.number ?? -1) + 1
  own.attributes({ average, trains: count, colors, frames: N })
  own.dataset('frames_per_point', BigInt(average))
  const perFrame = new Float64Array(N)
  for (const { counter } of events) perFrame[Math.floor(pulseOf(counter, trains) / average)]++
  own.dataset('frame_events', perFrame)
  const length = Math.floor(N / windows)
  const g2 = new Float64Array(N * colors.length).fill(Number.NaN)
  const error = g2.slice()
  const ages = new Float64Array(length * windows * colors.length).fill(Number.NaN)
  for (const [c, label] of colors.entries()) {
    const pairs = all.flatMap((train) =>
      pairsOf(
        train,
        N,
        alive.filter((i) => color[i] === label),
      ),
    )
    own.dataset(`map_color_${label}`, mapOf(pairs, N), { shape: [N, N] })
    const byLag = Array.from({ length: N }, (): Pair[] => [])
    for (const pair of pairs) byLag[pair.second - pair.first].push(pair)
    for (let lag = 1; lag < N; lag++) {
      const ofLag = byLag[lag]
      g2[lag * colors.length + c] = ratioOf(ofLag)
      error[lag * colors.length + c] = errorOf(ofLag, count)
      for (let w = 0; w < windows && lag < length; w++) {
        const inside = ofLag.filter(({ first, second }) => first >= w * length && second < (w + 1) * length)
        ages[(lag * windows + w) * colors.length + c] = ratioOf(inside)
      }
    }
  }
  own.dataset(
    'lags',
    Float64Array.from({ length: N }, (_, lag) => lag * average),
  )
  own.dataset('g2_error', error, { shape: [N, colors.length] })
  own.dataset('g2', g2, { shape: [N, colors.length] })
  own.dataset('g2_age_windows', ages, { shape: [length, windows, colors.length] })
}

function trainsOf(
  trains: Trains,
  average: number,
  events: readonly EventTime[],
  data: readonly Float64Array[],
): Train[] {
  const start = trainOf(events[0]?.counter ?? 0, trains)
  const byNumber = new Map<number, Train>()
  events.forEach(({ counter }, e) => {
    const number = trainOf(counter, trains) - start
    const train = byNumber.get(number) ?? { number, frames: [] }
    byNumber.set(number, train)
    const frame = Math.floor(pulseOf(counter, trains) / average)
    const values = data[e].map((value) => (Number.isFinite(value) ? value : Number.NaN))
    train.frames[frame] = train.frames[frame]?.map((sum, i) => sum + values[i]) ?? values
  })
  return [...byNumber.values()]
}

function pairsOf({ number, frames }: Train, N: number, members: readonly number[]): Pair[] {
  const pairs: Pair[] = []
  for (let first = 0; first < N; first++) {
    for (let second = first; second < N; second++) {
      const [a, b] = [frames[first], frames[second]]
      if (a === undefined || b === undefined) continue
      const above = mean(members.map((i) => a[i] * b[i]))
      const below = mean(members.map((i) => a[i])) * mean(members.map((i) => b[i]))
      if (!Number.isNaN(above) && !Number.isNaN(below)) pairs.push({ train: number, first, second, above, below })
    }
  }
  return pairs
}

function mapOf(pairs: readonly Pair[], N: number): Float64Array {
  const above = new Float64Array(N * N)
  const below = new Float64Array(N * N)
  for (const pair of pairs) {
    above[pair.first * N + pair.second] += pair.above
    below[pair.first * N + pair.second] += pair.below
  }
  return above.map((sum, i) => (i % N < Math.floor(i / N) ? 0 : finite(sum / below[i])))
}

function ratioOf(pairs: readonly Pair[]): number {
  const above = pairs.reduce((sum, pair) => sum + pair.above, 0)
  return finite(above / pairs.reduce((sum, pair) => sum + pair.below, 0))
}

/** Over 16 groups of trains. */
function errorOf(pairs: readonly Pair[], trains: number): number {
  const g2 = ratioOf(pairs)
  const total = pairs.reduce((sum, pair) => sum + pair.below, 0)
  const parts = Array.from({ length: 16 }, (_, group) => {
    return pairs.filter(({ train }) => Math.floor((train * 16) / trains) === group)
  }).filter((part) => part.some(({ below }) => below !== 0))
  const squares = parts.map((part) => part.reduce((sum, { above, below }) => sum + above - g2 * below, 0) ** 2)
  const sum = squares.reduce((a, b) => a + b, 0)
  return parts.length < 2 ? Number.NaN : finite(Math.sqrt((sum * parts.length) / (parts.length - 1)) / total)
}

function mean(values: readonly number[]): number {
  const known = values.filter((value) => !Number.isNaN(value))
  return known.reduce((sum, value) => sum + value, 0) / known.length
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}
