// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Whether one photon stands out of the noise, from the noise map and the gain: said before a run begins. */
import type { CalibrationMaps } from './maps.js'
import type { CalibrationSpec } from './spec.js'

/** One photon should be at least so many standard deviations of a dark pixel. */
export const sigmasLeast = 5

export interface PhotonNoise {
  /** Used pixels, and those where one photon is less than `sigmasLeast`. */
  readonly pixels: number
  readonly weak: number
  /** Sigmas of one photon in the middle one of all used pixels. */
  readonly medianSigmas: number
  /** Photons per pixel and frame that noise alone makes, mean over the used pixels: the tail of a normal distribution beyond the first threshold. */
  readonly falsePhotons: number
}

/** null where no noise map or no ADU per photon is given. */
export function photonNoise(spec: CalibrationSpec, maps: CalibrationMaps, mask: Uint8Array): PhotonNoise | null {
  const { noise, gain, scale } = maps
  if (noise === null || spec.adusPerPhoton === null) return null
  const lld = spec.lld ?? 0.5
  const threshold = spec.photonize === 'threshold' ? Math.max(lld, 0) : Math.max(lld, 0.5)
  const sigmas: number[] = []
  let falsePhotons = 0
  for (let p = 0; p < mask.length; p++) {
    if (mask[p] !== 1) continue
    const sigma = Math.abs(noise[p] * gain[p] * scale)
    sigmas.push(sigma)
    falsePhotons += sigma > 0 ? upperTail(threshold / sigma) : 0
  }
  sigmas.sort((a, b) => a - b)
  return {
    pixels: sigmas.length,
    weak: sigmas.filter((sigma) => sigma * sigmasLeast > 1).length,
    medianSigmas: 1 / sigmas[Math.floor(sigmas.length / 2)],
    falsePhotons: falsePhotons / sigmas.length,
  }
}

/** Sentences for the user; none where all is well. */
export function noiseWarnings(spec: CalibrationSpec, found: PhotonNoise | null): string[] {
  if (found === null) {
    if (spec.photonize === 'none') return []
    return [
      "systemParams.calibration.noise is not given, so it is not known whether one photon stands out of the noise; make it with 'parcorana dark'",
    ]
  }
  const { pixels, weak, medianSigmas, falsePhotons } = found
  if (weak === 0) return []
  const percent = Number(((100 * weak) / pixels).toPrecision(3))
  const made =
    spec.photonize === 'none'
      ? ''
      : `, and noise alone makes about ${Number(falsePhotons.toPrecision(2))} photons per pixel and frame, which lower g2 - 1 unless the signal is far above`
  return [
    `one photon is less than ${sigmasLeast} sigma of the noise in ${weak} of ${pixels} pixels (${percent} %; median ${Number(medianSigmas.toPrecision(3))} sigma)${made}: do not trust photon counts there; add them to calibration.badPixels, or set calibration.photonize to 'none' without lld`,
  ]
}

/** Chance that a normal deviate exceeds `x` >= 0, to 1e-7: Abramowitz and Stegun, Handbook of Mathematical Functions, 26.2.17. */
function upperTail(x: number): number {
  const t = 1 / (1 + 0.2316419 * x)
  const series = t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))))
  return (Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI)) * series
}
