// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Two-time maps and g2 from them by their definition over whole arrays, for `--test-alt`: shares no kernel with the engine. */
import type { EventTime } from '../alternative.js'
import type { ResultGroup } from '../resultGroup.js'

export interface AlternativeTwoTime {
  readonly average: number
  readonly ageWindows: number
  /** Label per element; 0 = not used. */
  readonly color: Int32Array
  /** 1 = has left its color. */
  readonly saturated: Uint8Array
}

interface Frame {
  events: number
  /** NaN = the element was a hole in one of the events. */
  readonly values: Float64Array
}

export function alternativeTwoTime(
  group: ResultGroup,
  params: AlternativeTwoTime,
  events: readonly EventTime[],
  data: readonly Float64Array[],
): void {
  const { average, ageWindows: windows, color, saturated } = params
  const frames = framesOf(events, data, average)
  const N = frames.length
  const alive = Array.from(color.keys()).filter((i) => color[i] > 0 && saturated[i] === 0)
  const colors = [...new Set(alive.map((i) => color[i]))].sort((a, b) => a - b)
  const own = group.group('two_time')
  own.attributes({ average, first_tick: events[0]?.counter ?? 0, colors, frames: N })
  own.dataset(
    'frame_events',
    Float64Array.from(frames, (frame) => frame.events),
  )
  const g2 = new Float64Array(N * colors.length).fill(Number.NaN)
  const error = g2.slice()
  const length = Math.floor(N / windows)
  const ages = new Float64Array(length * windows * colors.length).fill(Number.NaN)
  for (const [c, label] of colors.entries()) {
    const members = alive.filter((i) => color[i] === label)
    const map = mapOf(frames, members)
    own.dataset(`map_color_${label}`, map.normalized, { shape: [N, N] })
    for (let lag = 1; lag < N; lag++) {
      g2[lag * colors.length + c] = along(map, N, lag, 0, N)
      error[lag * colors.length + c] = errorAlong(map, N, lag, g2[lag * colors.length + c])
    }
    for (let w = 0; w < windows; w++) {
      for (let lag = 1; lag < length; lag++) {
        ages[(lag * windows + w) * colors.length + c] = along(map, N, lag, w * length, (w + 1) * length)
      }
    }
  }
  own.dataset(
    'lags',
    Float64Array.from({ length: N }, (_, lag) => lag * average),
  )
  own.dataset('frames_per_point', BigInt(average))
  own.dataset('g2_error', error, { shape: [N, colors.length] })
  own.dataset('g2', g2, { shape: [N, colors.length] })
  own.dataset('g2_age_windows', ages, { shape: [length, windows, colors.length] })
}

function framesOf(events: readonly EventTime[], data: readonly Float64Array[], average: number): Frame[] {
  const first = events[0]?.counter ?? 0
  const count = events.length === 0 ? 0 : Math.floor((events[events.length - 1].counter - first) / average) + 1
  const elements = data[0]?.length ?? 0
  const frames = Array.from({ length: count }, (): Frame => ({ events: 0, values: new Float64Array(elements) }))
  events.forEach(({ counter }, e) => {
    const frame = frames[Math.floor((counter - first) / average)]
    frame.events++
    data[e].forEach((value, i) => {
      frame.values[i] += Number.isFinite(value) ? value : Number.NaN
    })
  })
  return frames
}

interface PlainMap {
  /** <I(t1) I(t2)>, <I(t1)><I(t2)> and their ratio; [t1 * N + t2], 0 below the diagonal. */
  readonly products: Float64Array
  readonly means: Float64Array
  readonly normalized: Float64Array
}

function mapOf(frames: readonly Frame[], members: readonly number[]): PlainMap {
  const N = frames.length
  const map = { products: new Float64Array(N * N), means: new Float64Array(N * N), normalized: new Float64Array(N * N) }
  const mean = (values: number[]): number => {
    const known = values.filter((value) => !Number.isNaN(value))
    return known.reduce((sum, value) => sum + value, 0) / known.length
  }
  const intensity = frames.map(({ events, values }) =>
    events === 0 ? Number.NaN : mean(members.map((i) => values[i])),
  )
  for (let t1 = 0; t1 < N; t1++) {
    for (let t2 = t1; t2 < N; t2++) {
      const at = t1 * N + t2
      map.means[at] = intensity[t1] * intensity[t2]
      map.products[at] = mean(members.map((i) => frames[t1].values[i] * frames[t2].values[i]))
      map.normalized[at] = map.products[at] / map.means[at]
    }
  }
  return map
}

/** Ratio of the sums along one lag, both frames in from <= t < to. */
function along({ products, means }: PlainMap, N: number, lag: number, from: number, to: number): number {
  let [above, below] = [0, 0]
  for (let t = from; t + lag < to; t++) {
    const at = t * N + t + lag
    if (Number.isNaN(means[at]) || Number.isNaN(products[at])) continue
    above += products[at]
    below += means[at]
  }
  return Number.isFinite(above / below) ? above / below : Number.NaN
}

/** Standard error of that ratio over 16 parts of equal age. */
function errorAlong({ products, means }: PlainMap, N: number, lag: number, g2: number): number {
  const parts = Array.from({ length: 16 }, () => ({ above: 0, below: 0 }))
  for (let t = 0; t + lag < N; t++) {
    const at = t * N + t + lag
    if (Number.isNaN(means[at]) || Number.isNaN(products[at])) continue
    const part = parts[Math.floor((t * 16) / (N - lag))]
    part.above += products[at]
    part.below += means[at]
  }
  const filled = parts.filter(({ below }) => below !== 0)
  const squares = filled.reduce((sum, { above, below }) => sum + (above - g2 * below) ** 2, 0)
  const total = filled.reduce((sum, { below }) => sum + below, 0)
  const error = Math.sqrt((squares * filled.length) / (filled.length - 1)) / total
  return filled.length < 2 || !Number.isFinite(error) ? Number.NaN : error
}
