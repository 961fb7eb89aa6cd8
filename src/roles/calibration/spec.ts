// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the configuration says about calibration, paths absolute. Formulas and order: docs/physics.md. */
import { InputError } from '../../errors.js'
import type { Lines, Photonize } from '../../kernels/calibrationReference.js'
import { sizeOf } from '../../units.js'

/** A file (`.npy`, or `file.h5:/dataset`) in the detector's shape, one number for all pixels, or null = no such correction. */
export type MapValue = string | number | null

export interface CalibrationSpec {
  readonly pedestal: MapValue
  readonly commonMode: 'none' | 'panel' | 'row' | 'column'
  /** Rows and columns of a read-out chip; null = the whole panel. */
  readonly asic: readonly [rows: number, columns: number] | null
  /** Raw units; null = half a photon. */
  readonly commonModeLimit: number | null
  readonly background: MapValue
  readonly gain: MapValue
  readonly gainMap: MapValue
  readonly flat: MapValue
  readonly adusPerPhoton: number | null
  readonly lld: number | null
  readonly photonize: Photonize
  /** Standard deviation of a dark pixel, raw units; only for warnings. */
  readonly noise: MapValue
  readonly badPixels: string | null
}

/** True when frames are changed; `badPixels` and `noise` alone change none. */
export function calibratesFrames(spec: CalibrationSpec): boolean {
  const { pedestal, commonMode, background, gain, gainMap, flat, adusPerPhoton, lld, photonize } = spec
  const maps = [pedestal, background, gain, gainMap, flat, adusPerPhoton, lld]
  return maps.some((value) => value !== null) || commonMode !== 'none' || photonize !== 'none'
}

/** Results below this become 0; where nothing is said, half a photon for 'threshold' and nothing otherwise. */
export function lldOf({ lld, photonize }: CalibrationSpec): number {
  return lld ?? (photonize === 'threshold' ? 0.5 : Number.NEGATIVE_INFINITY)
}

/** The pixels that share a common mode. The last two axes of the detector are a panel. Throws InputError where chips do not fill it. */
export function linesOf(
  shape: readonly number[],
  { commonMode, asic }: Pick<CalibrationSpec, 'commonMode' | 'asic'>,
): Lines | null {
  if (commonMode === 'none') return null
  const pixels = sizeOf(shape)
  const columns = shape.at(-1) ?? 1
  const panelRows = shape.at(-2) ?? 1
  const [rows, width] = asic ?? [panelRows, columns]
  if (panelRows % rows !== 0 || columns % width !== 0)
    throw new InputError(
      `calibration.asic is [${rows}, ${width}], but a panel of the detector has ${panelRows} x ${columns} pixels; give rows and columns that divide these`,
      { key: 'systemParams.calibration.asic' },
    )
  const ofColumns = { kind: 'columns', length: columns, rows, count: pixels / rows } as const
  if (commonMode === 'column') return { ...ofColumns, joined: 1 }
  if (commonMode === 'panel' && width < columns) return { ...ofColumns, joined: width }
  const length = commonMode === 'row' ? width : rows * width
  return { kind: 'lines', length, rows: 1, count: pixels / length, joined: 1 }
}
