// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A charge-integrating detector: photon counts in, raw values (ADU) out, everything that calibration removes known exactly.
 *
 *   raw = round(pedestal + shift(frame, line) + response * adusPerPhoton * photons + noise * normal deviate),  0..65535
 *
 * Deterministic: a frame depends on the seed and its number only.
 */
import { sizeOf } from '../units.js'

export interface AduModel {
  readonly shape: readonly number[]
  readonly seed: number
  readonly adusPerPhoton: number
  /** ADU: mean, and standard deviation between pixels. */
  readonly pedestal: readonly [mean: number, spread: number]
  /** Standard deviation of the response between pixels; its mean is 1. */
  readonly gainSpread: number
  /** Photons: standard deviation of a dark pixel. */
  readonly noise: number
  /** Photons: standard deviation of the shift that pixels of a line share in a frame, cut at twice that. */
  readonly commonMode: number
  /** Pixels of a line, in detector order: a row, or all pixels of a panel. */
  readonly lineLength: number
}

/** What the detector is when nothing is said. */
export const aduDefaults: Omit<AduModel, 'shape' | 'lineLength'> = {
  seed: 1,
  adusPerPhoton: 100,
  pedestal: [1000, 30],
  gainSpread: 0.05,
  noise: 0.1,
  commonMode: 0.1,
}

export class AduDetector {
  readonly model: AduModel
  /** Raw value of a dark pixel without noise, ADU. */
  readonly pedestal: Float64Array
  /** What calibration has to multiply by: 1 / response. */
  readonly gainMap: Float64Array
  readonly #response: Float64Array

  constructor(model: AduModel) {
    const next = normalDeviates(model.seed)
    const pixels = sizeOf(model.shape)
    const [mean, spread] = model.pedestal
    this.model = model
    this.pedestal = Float64Array.from({ length: pixels }, () => mean + spread * next())
    this.#response = Float64Array.from({ length: pixels }, () => Math.max(0.5, 1 + model.gainSpread * next()))
    this.gainMap = this.#response.map((response) => 1 / response)
  }

  /** Raw values of frame number `frame` with `photons` [pixels] (null = dark) into `out` [pixels]. */
  expose(photons: ArrayLike<number> | null, frame: number, out: Uint16Array): void {
    const { adusPerPhoton, noise, commonMode, lineLength, seed } = this.model
    const next = normalDeviates(seed + 7919 * (frame + 1) + (photons === null ? 5 : 0))
    let shift = 0
    for (let p = 0; p < out.length; p++) {
      if (p % lineLength === 0) shift = commonMode * adusPerPhoton * Math.max(-2, Math.min(2, next()))
      const light = photons === null ? 0 : this.#response[p] * adusPerPhoton * photons[p]
      const raw = this.pedestal[p] + shift + light + noise * adusPerPhoton * next()
      out[p] = Math.max(0, Math.min(65_535, Math.round(raw)))
    }
  }
}

/** Normal deviates, two from every two random words (Box and Muller, Ann. Math. Stat. 29, 610, 1958). */
export function normalDeviates(seed: number): () => number {
  let state = Math.imul(seed, 0x9e3779b1) ^ 0x85ebca6b
  let spare: number | null = null
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0
    let word = Math.imul(state ^ (state >>> 15), state | 1)
    word ^= word + Math.imul(word ^ (word >>> 7), word | 61)
    return (((word ^ (word >>> 14)) >>> 0) + 0.5) / 4294967296
  }
  return () => {
    if (spare !== null) {
      const kept = spare
      spare = null
      return kept
    }
    const radius = Math.sqrt(-2 * Math.log(uniform()))
    const angle = 2 * Math.PI * uniform()
    spare = radius * Math.sin(angle)
    return radius * Math.cos(angle)
  }
}
