// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The group `/xpcs` as pyXpcsViewer and its relatives read it, from one analysis of the last update. */
import { createHash } from 'node:crypto'
import { remembering } from '../correlators/remembering.js'
import type { ResultGroup } from '../correlators/resultGroup.js'
import type { AnalysisFacts, PublishedAnalysis, RunFacts } from '../roles/publisher.js'
import { g2Definition } from './definitions.js'
import { beamCenter, delayTick, numberOf, qOf } from './experiment.js'
import { binMeans, picture, pictureShape, ringMap, type RingMap } from './ringMap.js'

export interface ApsInput {
  readonly facts: RunFacts
  readonly analysis: AnalysisFacts
  readonly published: PublishedAnalysis
}

/** The maps of dynamic (color) and static (fine color) bins. */
export interface ApsMaps {
  readonly shape: readonly [rows: number, columns: number]
  readonly dynamic: RingMap
  readonly static: RingMap
}

/** What maps depend on beside the run's facts. */
export interface InUse {
  /** Per element, 0 = in use. */
  readonly saturated: Uint8Array
  /** Those that have a curve. */
  readonly colors: Int32Array
}

export function apsMaps(facts: RunFacts, { color, fine }: AnalysisFacts, { saturated, colors }: InUse): ApsMaps {
  const shape = pictureShape(facts.detectorShape)
  const pixels = shape[0] * shape[1]
  return {
    shape,
    dynamic: ringMap(color, saturated, facts.elements, pixels, colors),
    static: ringMap(fine, saturated, facts.elements, pixels),
  }
}

/** Elements that leave only ever become more. */
export function mapsKey({ saturated, colors }: InUse): string {
  return `${sumOf(saturated)} ${colors.join(' ')}`
}

const sumOf = remembering((values: Uint8Array): number => {
  let sum = 0
  for (let i = 0; i < values.length; i++) sum += values[i]!
  return sum
})

/** All but the q-map, which is to be there already. */
export function writeAps(xpcs: ResultGroup, input: ApsInput, maps: ApsMaps, final: boolean): void {
  const { facts, analysis } = input
  if (facts.analyses.length > 1) {
    xpcs.attributes({
      analysis: analysis.name,
      note: `shows the first of ${facts.analyses.length} analyses; the others are under /user`,
    })
  }
  writeMultitau(xpcs.group('multitau'), input, maps)
  writeMeans(xpcs, input, maps, final)
}

export function writeQmap(qmap: ResultGroup, facts: RunFacts, maps: ApsMaps): void {
  const { shape } = maps
  const mask = Uint8Array.from(
    picture(facts.elements, new Uint8Array(facts.elements.length).fill(1), shape[0] * shape[1]),
  )
  qmap.attributes({ hash: hashOf(mask, maps, facts), version: '1.0' })
  if (facts.detectorShape.length > 2) qmap.attributes({ layout: 'the panels of the detector, stacked' })
  qmap.dataset('mask', mask, { shape, attributes: { long_name: '1 = element takes part' } })
  writeBins(qmap, 'dynamic', maps.dynamic, shape, facts)
  writeBins(qmap, 'static', maps.static, shape, facts)
  const center = beamCenter(facts.experiment)
  const distance = numberOf(facts.experiment, 'distanceM', 1, 'm')
  const pixel = numberOf(facts.experiment, 'pixelSizeM', 1, 'm')
  qmap.dataset('beam_center_x', center.column.value, { attributes: center.column.attributes })
  qmap.dataset('beam_center_y', center.row.value, { attributes: center.row.attributes })
  qmap.dataset('detector_distance', distance.value, { attributes: distance.attributes })
  for (const name of ['pixel_size', 'x_pixel_size', 'y_pixel_size']) {
    qmap.dataset(name, pixel.value, { attributes: pixel.attributes })
  }
  qmap.dataset('map_names', ['q', 'phi'])
  qmap.dataset('map_units', [qOf(facts.experiment, maps.dynamic.labels).units, 'deg'])
}

/** `kind` is dynamic (colors, with q where known) or static (fine colors, by their label). */
function writeBins(
  qmap: ResultGroup,
  kind: 'dynamic' | 'static',
  map: RingMap,
  shape: readonly number[],
  facts: RunFacts,
): void {
  const q = kind === 'dynamic' ? qOf(facts.experiment, map.labels) : staticList(map.labels)
  qmap.dataset(`${kind}_roi_map`, map.image, {
    shape,
    attributes: { units: 'au', long_name: `${kind} bin, 1..${map.used.length}; 0 = unused` },
  })
  qmap.dataset(`${kind}_v_list_dim0`, q.value, { attributes: { ...q.attributes, name: 'q' } })
  qmap.dataset(`${kind}_v_list_dim1`, Float64Array.of(0), { attributes: { units: 'deg', name: 'phi', size: 1 } })
  qmap.dataset(`${kind}_num_pts`, BigInt64Array.of(BigInt(map.labels.length), 1n))
  qmap.dataset(`${kind}_index_mapping`, BigInt64Array.from(map.index, BigInt), {
    attributes: { long_name: 'used bin - 1 -> position in the list of all bins' },
  })
  qmap.dataset(`${kind}_labels`, Int32Array.from(map.labels), {
    attributes: { long_name: 'label of each bin in the arrays the user gave' },
  })
}

function staticList(labels: readonly number[]): { value: Float64Array; attributes: Record<string, string | number> } {
  const note = 'labels of the static bins: their q is not known'
  return { value: Float64Array.from(labels), attributes: { units: 'bin', size: labels.length, placeholder: 1, note } }
}

function writeMultitau(multitau: ResultGroup, { facts, analysis, published }: ApsInput, maps: ApsMaps): void {
  const { curves, counts } = published
  const shape = [curves.delays.length, maps.dynamic.used.length]
  const tick = delayTick(facts.experiment)
  const { stride, average } = facts.frames
  multitau.dataset(
    'delay_list',
    BigInt64Array.from(curves.delays, (delay) => BigInt(Math.round(delay))),
    {
      attributes: { ...delayUnits(facts.frames), storage_mode: 'one_array' },
    },
  )
  const definition = { normalization: curves.normalization, definition: g2Definition(curves.normalization) }
  multitau.dataset('normalized_g2', transposed(curves.g2, maps.dynamic, curves.colors, curves.delays.length), {
    shape,
    attributes: { units: 'au', long_name: 'g2', storage_mode: 'one_array', ...definition },
  })
  multitau.dataset('normalized_g2_err', transposed(curves.error, maps.dynamic, curves.colors, curves.delays.length), {
    shape,
    attributes: { units: 'au', long_name: 'error of g2', storage_mode: 'one_array', method: curves.errorMethod },
  })
  multitau.dataset('delay_counts', Float64Array.from(counts), {
    attributes: { units: 'pairs', long_name: 'pairs of events per delay' },
  })
  const config = multitau.group('config')
  config.dataset('stride_frame', BigInt(stride))
  config.dataset('avg_frame', BigInt(average))
  config.dataset('user_class', analysis.className)
  config.dataset('normalization', curves.normalization)
  config.dataset('tick_seconds', tick.value, { attributes: tick.attributes })
}

function delayUnits({ stride, average }: RunFacts['frames']): { units: string; long_name: string } {
  if (stride * average === 1) return { units: 'frames', long_name: 'delay in ticks (frames)' }
  return { units: `${stride * average} frames`, long_name: 'delay in units of stride_frame x avg_frame frames' }
}

/** `[color * D + delay]` float64 to `[delay, used bin]` float32; NaN stays NaN. */
function transposed(values: Float64Array, map: RingMap, colors: Int32Array, delays: number): Float32Array {
  const out = new Float32Array(delays * map.used.length)
  map.used.forEach((label, bin) => {
    const color = colors.indexOf(label)
    for (let d = 0; d < delays; d++) out[d * map.used.length + bin] = values[color * delays + d]!
  })
  return out
}

function writeMeans(xpcs: ResultGroup, { facts, published }: ApsInput, maps: ApsMaps, final: boolean): void {
  const [rows, columns] = maps.shape
  const bins = maps.static.used.length
  const { average } = facts.frames
  const perFrame = average === 1 ? published.mean : published.mean.map((sum) => sum / average)
  const profile = Float32Array.from(binMeans(maps.static, facts.elements, perFrame))
  const counts = { units: 'counts per pixel and frame' }
  const temporal = xpcs.group('temporal_mean')
  temporal.dataset('scattering_1d', profile, {
    shape: [1, bins],
    attributes: { ...counts, long_name: 'mean over the elements of each static bin' },
  })
  temporal.dataset('scattering_1d_segments', profile, {
    shape: [1, bins],
    attributes: { ...counts, long_name: 'one segment: all correlated events' },
  })
  temporal.dataset('scattering_2d', picture(facts.elements, perFrame, rows * columns), {
    shape: [1, rows, columns],
    // A file that the next update replaces is to be quick, not small.
    ...(final ? {} : { compress: false }),
    attributes: { ...counts, long_name: 'mean over the correlated events; 0 outside the mask' },
  })
  const { counter, mean } = published.light
  const light = new Float64Array(2 * counter.length)
  light.set(counter)
  light.set(
    mean.map((sum) => sum / average),
    counter.length,
  )
  xpcs.dataset('spatial_mean/intensity_vs_time', light, {
    shape: [2, counter.length],
    attributes: {
      ...counts,
      long_name:
        'row 0: counter (units of delay_list); row 1: mean over the colored elements; neighbours averaged in long runs',
    },
  })
}

/** Viewers keep one q-map per hash, so it covers all that the group holds: maps, lists and geometry. */
function hashOf(mask: Uint8Array, maps: ApsMaps, { experiment }: RunFacts): string {
  const keys = ['colorQ', 'beamCenterPx', 'distanceM', 'pixelSizeM', 'energyKev']
  const geometry = keys.map((key) => experiment.values[key] ?? null)
  const hash = createHash('sha256')
    .update(mask)
    .update(JSON.stringify([maps.shape, geometry]))
  for (const map of [maps.dynamic, maps.static]) hash.update(map.image).update(JSON.stringify([map.labels, map.used]))
  return hash.digest('hex')
}
