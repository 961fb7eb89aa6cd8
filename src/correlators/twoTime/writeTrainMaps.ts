// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The group `two_time` of a run in trains: per color the map over pulse numbers, averaged over trains, and g2 from it. */
import type { Attributes, ResultGroup } from '../resultGroup.js'
import type { TrainMaps, TwoTimeMaps } from './maps.js'
import { TrainAverage } from './trainMaps.js'
import { mapAttributes, spread, twoTimeGroup, writeLagCurves } from './writeMaps.js'

const trainAttributes: Attributes = {
  ...mapAttributes,
  definition:
    'sum over trains of <I(p1) I(p2)> / sum over trains of <I(p1)><I(p2)>, <> = mean over the elements of the color, p = number of the pulse',
  holes:
    'a train without one of the two pulses is left out of both sums; an element without value in a pulse is left out of its means',
}

const curveDefinition =
  'sum over trains and pulses p of <I(p)I(p+d)> / sum of <I(p)><I(p+d)>, both pulses of one train, lag 0 left out'
const errorMethod = 'standard error over 16 groups of trains: linearised ratio'

export async function writeTrainMaps(
  group: ResultGroup,
  maps: TwoTimeMaps,
  trains: TrainMaps,
  windows: number,
): Promise<void> {
  const own = group.group(twoTimeGroup)
  const { frames } = trains
  const colors = maps.colors.length
  own.attributes({ average: maps.average, trains: trains.trains, colors: [...maps.colors], frames })
  own.dataset('frames_per_point', BigInt(maps.average), { attributes: { long_name: 'pulses added up to a frame' } })
  own.dataset('frame_events', trains.events, { attributes: { long_name: 'events in each frame, all trains' } })
  const all = { g2: new Float64Array(frames * colors), error: new Float64Array(frames * colors) }
  const ages = new Float64Array(Math.floor(frames / windows) * windows * colors)
  for (const [c, color] of maps.colors.entries()) {
    const average = await averageOf(maps, trains, color, maps.elements[c])
    const attributes = { ...trainAttributes, long_name: `two-time correlation of color ${color}`, color }
    own.dataset(`map_color_${color}`, average.map(), { shape: [frames, frames], attributes })
    const { g2, error } = average.g2()
    spread(g2, all.g2, c, colors)
    spread(error, all.error, c, colors)
    spread(average.windows(windows), ages, c, colors)
  }
  const size = { frames, colors, average: maps.average, windows }
  writeLagCurves(own, size, all, ages, { definition: curveDefinition, errorMethod })
}

async function averageOf(maps: TwoTimeMaps, trains: TrainMaps, color: number, elements: number): Promise<TrainAverage> {
  const average = new TrainAverage(trains.frames, trains.trains)
  const { sums, elements: counted } = await maps.frameSums(color)
  const means = sums.map((sum, t) => (maps.events[t] === 0 ? Number.NaN : sum / counted[t]))
  for await (const { train, row, column, block } of trains.blocks(color)) {
    average.add(block, train, row, column, means, elements)
  }
  return average
}
