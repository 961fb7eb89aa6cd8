// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What calibration does to the facts of a source: the type of its values, its saturation, memory of a server; and what to warn about. */
import type { ResolvedConfig } from '../config/resolved.js'
import { G2Common } from '../correlators/g2Common.js'
import { tilePixels } from '../kernels/calibration.js'
import { calibrationBytes } from '../kernels/calibrationMemory.js'
import { type CalibrationMaps, loadCalibrationMaps } from '../roles/calibration/maps.js'
import { calibratesFrames, linesOf, type CalibrationSpec } from '../roles/calibration/spec.js'
import { noiseWarnings, photonNoise } from '../roles/calibration/validity.js'
import type { RunPlan } from '../roles/plan.js'
import { sumDtype } from '../roles/selection.js'
import { bytesOf, type DType } from '../units.js'
import { g2ClassOf } from './g2Class.js'
import type { SourceFacts } from './setup.js'

export interface Calibrated {
  /** The source as workers see it. */
  readonly source: SourceFacts
  readonly warnings: readonly string[]
  /** Maps and results of one block on a server. */
  readonly bytes: number
}

/** Loads all maps once, so that what is wrong with them is said before the first rank starts. */
export async function calibratedFacts(
  resolved: ResolvedConfig,
  source: SourceFacts,
  plan: RunPlan,
): Promise<Calibrated> {
  const { calibration: spec, average } = resolved.systemParams
  const own = await hasOwnSteps(resolved)
  const changes = own || calibratesFrames(spec)
  const raw = average === 1 ? { ...source, valueDtype: source.dtype } : source
  if (!changes && spec.noise === null) return { source: raw, warnings: [], bytes: 0 }
  const maps = await loadCalibrationMaps(spec, source.shape, plan.maskNdarrayCoords)
  if (!changes) return { source: raw, warnings: [], bytes: 0 }
  const dtype = own ? 'float32' : resultDtype(spec, source)
  const saturation = own ? null : calibratedSaturation(source.saturation, maps, plan.maskNdarrayCoords)
  return {
    source: { ...source, valueDtype: sumDtype(dtype, average), saturation, sentinels: [] },
    warnings: noiseWarnings(spec, photonNoise(spec, maps, plan.maskNdarrayCoords)),
    bytes: serverBytes(spec, source, plan, bytesOf(dtype)),
  }
}

/** A user's steps may give anything; they are asked on the servers only. */
async function hasOwnSteps({ analyses }: ResolvedConfig): Promise<boolean> {
  const types = await Promise.all(analyses.map(({ userClass }) => g2ClassOf(userClass)))
  return types.some(({ prototype }) => prototype.serverCalibration !== G2Common.prototype.serverCalibration)
}

/** Photons are integers, unless some values may be missing (NaN). */
function resultDtype({ photonize }: CalibrationSpec, { dtype, valueDtype }: SourceFacts): DType {
  const mayHaveHoles = dtype.startsWith('float') || valueDtype.startsWith('float')
  return photonize === 'none' || mayHaveHoles ? 'float32' : 'uint16'
}

/** The smallest result that a saturated raw value can have in a used pixel, without common mode and background. */
function calibratedSaturation(raw: number | null, maps: CalibrationMaps, mask: Uint8Array): number | null {
  if (raw === null) return null
  let least = Number.POSITIVE_INFINITY
  for (let p = 0; p < mask.length; p++) {
    const { pedestal, gain, commonMode, background, scale } = maps
    const shift = (commonMode?.limit ?? 0) + (background?.[p] ?? 0)
    if (mask[p] === 1) least = Math.min(least, (raw - pedestal[p] - shift) * gain[p] * scale)
  }
  return Number.isFinite(least) ? Math.max(1, Math.floor(least)) : null
}

function serverBytes(spec: CalibrationSpec, { shape }: SourceFacts, plan: RunPlan, valueBytes: number): number {
  const { frameSize } = plan.partition
  const events = Math.min(plan.blockEvents, plan.numEvents)
  const modes = linesOf(shape, spec)?.count ?? 0
  const maps = 3 * 8 * frameSize
  return maps + calibrationBytes({ frameSize, modes, stage: tilePixels }, events, events * frameSize * valueBytes)
}
