// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { CalibrationSpec } from '../../roles/calibration/spec.js'

/** The steps of calibration in their order, as `check` prints them; nothing where nothing is asked for. */
export function calibrationText(spec: CalibrationSpec): string[] {
  const { commonModeLimit, adusPerPhoton, lld } = spec
  const limit = commonModeLimit === null ? 'half a photon' : `${commonModeLimit} ADU`
  const steps = [
    spec.pedestal === null ? null : `subtract pedestal ${spec.pedestal}`,
    spec.commonMode === 'none' ? null : `subtract common mode of each ${linesText(spec)}, values within ${limit}`,
    spec.background === null ? null : `subtract background ${spec.background}`,
    spec.gain === null ? null : `multiply by gain ${spec.gain}`,
    spec.gainMap === null ? null : `multiply by gainMap ${spec.gainMap}`,
    spec.flat === null ? null : `divide by flat ${spec.flat}`,
    adusPerPhoton === null ? null : `divide by ${adusPerPhoton} ADU per photon`,
    lld === null || spec.photonize === 'threshold' ? null : `set what is below lld ${lld} to 0`,
    photonizeText(spec),
    spec.badPixels === null ? null : `mask out badPixels ${spec.badPixels}`,
  ].filter((step) => step !== null)
  return steps.length === 0 ? [] : [`calibrate${steps.map((step) => ` ${step}`).join('\n         ')}`, '']
}

function linesText({ commonMode, asic }: CalibrationSpec): string {
  if (asic === null) return commonMode
  const chip = `chip of ${asic.join(' x ')} pixels`
  return commonMode === 'panel' ? chip : `${commonMode} of a ${chip}`
}

function photonizeText({ photonize, lld }: CalibrationSpec): string | null {
  if (photonize === 'none') return null
  return photonize === 'round' ? 'round to whole photons' : `count photons from ${lld ?? 0.5} on`
}
