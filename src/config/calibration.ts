// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The `calibration` key: checked, filled in, paths absolute. */
import { resolve } from 'node:path'
import { ConfigError } from '../errors.js'
import type { CalibrationSpec } from '../roles/calibration/spec.js'
import { calibrationFields, calibrationPathKeys } from './schema/calibration.js'
import { checkKnown, checkValues } from './schema/check.js'

const key = 'systemParams.calibration'

/** Relative paths count from `baseDir`. Throws ConfigError for an unknown key, a value out of range, or keys that need another one. */
export function resolveCalibration(given: unknown, baseDir: string): CalibrationSpec {
  const values = given as Record<string, unknown>
  checkKnown(values, Object.keys(calibrationFields), key)
  const checked = checkValues(values, calibrationFields, key)
  for (const name of calibrationPathKeys) {
    const value = checked[name]
    if (typeof value === 'string') checked[name] = resolve(baseDir, value)
  }
  const spec = checked as unknown as CalibrationSpec
  requirePhotons(spec)
  if (spec.asic !== null && spec.commonMode === 'none')
    throw new ConfigError(
      `${key}.asic is [${spec.asic.join(', ')}], but ${key}.commonMode is 'none'; give 'panel', 'row' or 'column', or leave asic out`,
      { key: `${key}.asic` },
    )
  return spec
}

function requirePhotons({ photonize, adusPerPhoton, commonMode, commonModeLimit }: CalibrationSpec): void {
  if (adusPerPhoton !== null) return
  if (photonize !== 'none') {
    throw new ConfigError(
      `${key}.photonize is '${photonize}', which needs ${key}.adusPerPhoton; give the ADU of one photon (1 where gain gives photons already)`,
      { key: `${key}.adusPerPhoton` },
    )
  }
  if (commonMode !== 'none' && commonModeLimit === null) {
    throw new ConfigError(
      `${key}.commonMode is '${commonMode}', which needs to know what holds no photon; give ${key}.adusPerPhoton or commonModeLimit`,
      { key: `${key}.commonModeLimit` },
    )
  }
}
