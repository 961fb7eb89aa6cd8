// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The group `two_time` of an update: per color the map C(t1, t2) = <I(t1) I(t2)> / (<I(t1)><I(t2)>), <> = mean over the elements of the
 * color, and g2 from it. Maps pass a block at a time; only sums along lags stay in memory.
 */
import type { Attributes, Grid, ResultGroup } from '../resultGroup.js'
import type { AgeCurves } from './ages.js'
import type { TwoTimeMaps } from './maps.js'
import { MapBench } from './normalize.js'

export const twoTimeGroup = 'two_time'

export const mapAttributes: Attributes = {
  definition: '<I(t1) I(t2)> / (<I(t1)><I(t2)>), <> = mean over the elements of the color',
  diagonal: 'raw (it holds the shot noise); left out of g2',
  holes:
    'rows and columns of frames without event are NaN; an element without value in a frame is left out of its means',
  smoothing: 'none',
  populated_elements: 'upper_half',
  storage_mode: 'data_exchange_keys',
  baseline_reference: 1,
  time_origin_location: 'upper_left',
  units: '1',
}

const curveDefinition =
  'sum over t of <I(t)I(t+d)> / sum over t of <I(t)><I(t+d)> along the lines of constant lag of the map, lag 0 left out'

const errorMethod = 'standard error over 16 parts of equal age: linearised ratio'

export async function writeTwoTime(group: ResultGroup, maps: TwoTimeMaps, windows: number): Promise<void> {
  const own = group.group(twoTimeGroup)
  const frames = maps.events.length
  const colors = maps.colors.length
  own.attributes({ average: maps.average, first_tick: maps.firstTick, colors: [...maps.colors], frames })
  own.dataset('frames_per_point', BigInt(maps.average), { attributes: { long_name: 'ticks added up to a frame' } })
  own.dataset('frame_events', maps.events, { attributes: { long_name: 'events in each frame' } })
  const all = { g2: new Float64Array(frames * colors), error: new Float64Array(frames * colors) }
  const length = Math.floor(frames / windows)
  const ages = new Float64Array(length * windows * colors)
  const bench = new MapBench(frames, windows)
  for (const [c, color] of maps.colors.entries()) {
    const attributes = {
      ...mapAttributes,
      long_name: `two-time correlation of color ${color}`,
      color,
      average: maps.average,
    }
    const grid = own.grid(`map_color_${color}`, [frames, frames], { attributes })
    const curves = await writeMap(grid, maps, c, bench)
    spread(curves.g2, all.g2, c, colors)
    spread(curves.error, all.error, c, colors)
    spread(curves.windows, ages, c, colors)
  }
  const size = { frames, colors, average: maps.average, windows }
  writeLagCurves(own, size, all, ages, { definition: curveDefinition, errorMethod })
}

interface Size {
  readonly frames: number
  readonly colors: number
  readonly average: number
  readonly windows: number
}

/** g2 and its error [frames x colors], and `ages` [frames / windows x windows x colors]. */
export function writeLagCurves(
  own: ResultGroup,
  { frames, colors, average, windows }: Size,
  { g2, error }: { g2: Float64Array; error: Float64Array },
  ages: Float64Array,
  words: { readonly definition: string; readonly errorMethod: string },
): void {
  const { definition } = words
  const shape = [frames, colors]
  own.dataset(
    'lags',
    Float64Array.from({ length: frames }, (_, lag) => lag * average),
    {
      attributes: { units: 'ticks' },
    },
  )
  own.dataset('g2', g2, {
    shape,
    attributes: {
      units: '1',
      long_name: 'g2 per lag and color',
      definition,
      first_point_for_fit: 1,
    },
  })
  own.dataset('g2_error', error, {
    shape,
    attributes: { units: '1', error_method: words.errorMethod },
  })
  own.dataset('g2_age_windows', ages, {
    shape: [Math.floor(frames / windows), windows, colors],
    attributes: { units: '1', long_name: 'g2 per lag, window of age and color', definition },
  })
}

async function writeMap(grid: Grid, maps: TwoTimeMaps, c: number, bench: MapBench): Promise<AgeCurves> {
  const color = maps.colors[c]
  const { sums, elements } = await maps.frameSums(color)
  bench.begin(sums.map((sum, t) => (maps.events[t] === 0 ? Number.NaN : sum / elements[t])))
  for await (const block of maps.blocks(color)) {
    grid.write(block.row, block.column, block.rows, block.columns, bench.normalize(block, maps.elements[c]))
  }
  return bench.ages.curves()
}

/** values[k] to out[k * colors + c]. */
export function spread(values: Float64Array, out: Float64Array, c: number, colors: number): void {
  for (let k = 0; k < values.length; k++) out[k * colors + c] = values[k]
}
