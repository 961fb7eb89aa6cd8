// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The maps of a calibration, from files and constants: checked where the mask lets pixels through, combined for the kernels. */
import { InputError } from '../../errors.js'
import type { CommonModeRule } from '../../kernels/calibrationReference.js'
import { loadDetectorArray, positionText, requireShape } from '../../masks/load.js'
import { sizeOf } from '../../units.js'
import { linesOf, type CalibrationSpec, type MapValue } from './spec.js'

export interface CalibrationMaps {
  /** NaN = a pixel that is bad, or masked out and without a value: it takes no part in the common mode and has no result. */
  readonly pedestal: Float32Array
  /** null = none. */
  readonly background: Float32Array | null
  /** gain * gainMap / flat. */
  readonly gain: Float32Array
  /** null = not given. */
  readonly noise: Float32Array | null
  readonly commonMode: CommonModeRule | null
  /** 1 / ADU per photon; 1 = the result is in units of `gain`. */
  readonly scale: number
  /** Pixels whose pedestal is NaN. */
  readonly excluded: number
}

type MapName = 'pedestal' | 'background' | 'gain' | 'gainMap' | 'flat' | 'noise'

/** Where a map lies in an HDF5 file when no dataset is named; the first ones are those that `parcorana dark` writes. */
const candidates: Readonly<Record<MapName, readonly string[]>> = {
  pedestal: ['/dark/pedestal', '/pedestal', '/data'],
  noise: ['/dark/noise', '/noise', '/data'],
  background: ['/background', '/data'],
  gain: ['/gain', '/data'],
  gainMap: ['/gainMap', '/gain', '/data'],
  flat: ['/flat', '/flatfield', '/data'],
}

/** These divide or multiply, so that 0 leaves nothing. */
const factors: readonly MapName[] = ['gain', 'gainMap', 'flat']

/** Load and check; `mask` 1 = the pixel is used. Throws InputError: missing, another shape, NaN or a gain of 0 in a used pixel. */
export async function loadCalibrationMaps(
  spec: CalibrationSpec,
  shape: readonly number[],
  mask: Uint8Array,
): Promise<CalibrationMaps> {
  const pixels = sizeOf(shape)
  const load = (name: MapName): Promise<Float64Array | null> => loadMap(name, spec[name], shape, mask)
  const [offset, background, gain, gainMap, flat, noise] = await Promise.all(
    (['pedestal', 'background', 'gain', 'gainMap', 'flat', 'noise'] as const).map(load),
  )
  const bad = await loadBadPixels(spec.badPixels, shape)
  const factor = Float64Array.from({ length: pixels }, (_, p) => {
    return ((gain?.[p] ?? 1) * (gainMap?.[p] ?? 1)) / (flat?.[p] ?? 1)
  })
  const pedestal = Float32Array.from(offset ?? new Float64Array(pixels))
  let excluded = 0
  for (let p = 0; p < pixels; p++) {
    const known = Number.isFinite(pedestal[p]) && Number.isFinite(factor[p]) && factor[p] !== 0
    if (bad?.[p] !== 1 && known && (background === null || Number.isFinite(background[p]))) continue
    pedestal[p] = Number.NaN
    excluded++
  }
  return {
    pedestal,
    background: background === null ? null : Float32Array.from(background),
    gain: Float32Array.from(factor),
    noise: noise === null ? null : Float32Array.from(noise),
    commonMode: commonModeOf(spec, shape, factor, mask),
    scale: spec.adusPerPhoton === null ? 1 : 1 / spec.adusPerPhoton,
    excluded,
  }
}

async function loadMap(
  name: MapName,
  value: MapValue,
  shape: readonly number[],
  mask: Uint8Array,
): Promise<Float64Array | null> {
  if (value === null) return null
  if (typeof value === 'number') return new Float64Array(sizeOf(shape)).fill(value)
  const array = await loadDetectorArray(value, candidates[name])
  requireShape(array, shape, `calibration.${name}`, value)
  const data = Float64Array.from(array.data)
  const wrong = data.findIndex((entry, p) => mask[p] === 1 && isWrong(name, entry))
  if (wrong >= 0) throw wrongValue(name, value, data[wrong], positionText(wrong, shape))
  return data
}

function isWrong(name: MapName, value: number): boolean {
  return !Number.isFinite(value) || (factors.includes(name) && value === 0) || (name === 'noise' && value < 0)
}

function wrongValue(name: MapName, path: string, value: number, at: string): InputError {
  return new InputError(
    `calibration.${name} ${path} is ${value} at ${at}, which the mask lets through: mask that pixel out, or set it to 1 in calibration.badPixels`,
    { path, value, at },
  )
}

/** 1 = bad; null = no such map. */
export async function loadBadPixels(path: string | null, shape: readonly number[]): Promise<Uint8Array | null> {
  if (path === null) return null
  const array = await loadDetectorArray(path, ['/dark/badPixels', '/badPixels', '/data'])
  requireShape(array, shape, 'calibration.badPixels', path)
  return Uint8Array.from(array.data, (value) => (value === 0 ? 0 : 1))
}

/** The limit is half a photon in raw units, for the mean gain of the used pixels. */
function commonModeOf(
  spec: CalibrationSpec,
  shape: readonly number[],
  factor: Float64Array,
  mask: Uint8Array,
): CommonModeRule | null {
  const { commonModeLimit, adusPerPhoton } = spec
  const lines = linesOf(shape, spec)
  if (lines === null) return null
  if (commonModeLimit !== null) return { lines, limit: commonModeLimit }
  let [sum, count] = [0, 0]
  factor.forEach((value, p) => {
    if (mask[p] !== 1) return
    sum += value
    count++
  })
  return { lines, limit: Math.abs((0.5 * (adusPerPhoton ?? 1) * count) / sum) }
}
