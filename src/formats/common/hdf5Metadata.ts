// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Experiment facts from NXmx- and NXxpcs-like fields. A number is taken only with a unit that is known: never guessed. */
import type { Hdf5File } from '../../io/hdf5.js'
import { readAttribute, readNumber, readText } from '../../io/hdf5Read.js'
import type { SourceMetadata } from '../format.js'

const detectors = ['/entry/instrument/detector', '/entry/instrument/detector_1']
const beams = [
  '/entry/instrument/beam',
  '/entry/instrument/incident_beam',
  '/entry/instrument/monochromator',
  '/entry/sample/beam',
]

/** Factors to seconds, metres and keV. */
const seconds: Record<string, number> = {
  s: 1,
  sec: 1,
  second: 1,
  seconds: 1,
  ms: 1e-3,
  us: 1e-6,
  microseconds: 1e-6,
  ns: 1e-9,
}
const metres: Record<string, number> = {
  m: 1,
  meter: 1,
  metre: 1,
  meters: 1,
  cm: 1e-2,
  mm: 1e-3,
  um: 1e-6,
  micron: 1e-6,
}
const kiloelectronvolts: Record<string, number> = { kev: 1, ev: 1e-3 }
const angstroms: Record<string, number> = { angstrom: 1, angstroms: 1, a: 1, nm: 10 }
const pixels: Record<string, number> = { pixel: 1, pixels: 1, px: 1 }

/** Planck's constant times the speed of light, in keV angstrom. */
const hc = 12.398419843320026

export function readMetadata(h5: Hdf5File): SourceMetadata {
  const of = (groups: readonly string[], field: string, units: Record<string, number>) =>
    quantity(h5, groups, field, units)
  const wavelength = of(beams, 'incident_wavelength', angstroms)
  const found = {
    tickSeconds: of(detectors, 'frame_time', seconds),
    exposureSeconds: of(detectors, 'count_time', seconds),
    energyKev:
      of(beams, 'incident_energy', kiloelectronvolts) ??
      of(beams, 'energy', kiloelectronvolts) ??
      (wavelength === null ? null : hc / wavelength),
    distanceM: of(detectors, 'distance', metres) ?? of(detectors, 'detector_distance', metres),
    pixelSizeM: of(detectors, 'x_pixel_size', metres),
    beamCenterPx: beamCenter(of(detectors, 'beam_center_x', pixels), of(detectors, 'beam_center_y', pixels)),
    sample: readText(h5, '/entry/sample/name'),
    startTime: readText(h5, '/entry/start_time'),
  }
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== null)) as SourceMetadata
}

/** `[row, column]`; NeXus counts x along columns. */
function beamCenter(x: number | null, y: number | null): [number, number] | null {
  return x === null || y === null ? null : [y, x]
}

function quantity(
  h5: Hdf5File,
  groups: readonly string[],
  field: string,
  units: Record<string, number>,
): number | null {
  for (const group of groups) {
    const value = readNumber(h5, `${group}/${field}`)
    const unit = value === null ? null : readAttribute(h5, `${group}/${field}`, 'units')
    const factor = typeof unit === 'string' ? units[unit.trim().toLowerCase()] : undefined
    if (value !== null && factor !== undefined) return value * factor
  }
  return null
}

/** Value at and above which the detector saturates; null = the file does not say. */
export function readSaturation(h5: Hdf5File): number | null {
  for (const group of detectors) {
    const value = readNumber(h5, `${group}/saturation_value`)
    if (value !== null) return value
  }
  return null
}
