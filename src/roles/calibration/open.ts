// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** From the configuration and the user's classes to what a server does with raw frames. */
import type { CalibrationStep } from '../../correlators/calibrationStep.js'
import { type G2Common, overrides } from '../../correlators/g2Common.js'
import { calling } from '../callbacks.js'
import type { Calibration } from '../keptEvents.js'
import type { RunPlan } from '../plan.js'
import { FusedCalibration } from './fused.js'
import { type CalibrationMaps, loadCalibrationMaps } from './maps.js'
import { type CalibrationSpec, calibratesFrames } from './spec.js'
import { engineSteps, type StepCounts } from './steps.js'
import { StepwiseCalibration } from './stepwise.js'

type Place = Pick<RunPlan, 'detectorShape' | 'maskNdarrayCoords' | 'selection'>

/** True when a class arranges the steps of calibration itself. */
export function ownsCalibration(instance: G2Common): boolean {
  return overrides(instance, 'serverCalibration')
}

/** The calibration of a server; null = frames stay as they are. Throws InputError for a map that does not fit. */
export async function openCalibration(
  spec: CalibrationSpec,
  place: Place,
  instances: readonly G2Common[],
): Promise<Calibration | null> {
  const own = instances.some(ownsCalibration)
  if (!own && !calibratesFrames(spec)) return null
  const maps = await loadCalibrationMaps(spec, place.detectorShape, place.maskNdarrayCoords)
  if (!own) return new FusedCalibration(spec, maps, place.selection.average === 1)
  return stepwise(spec, maps, place, instances)
}

/** The same one step after the other: the user's steps, and the independent way. */
export async function openSteps(
  spec: CalibrationSpec,
  place: Place,
  instances: readonly G2Common[],
): Promise<Calibration | null> {
  if (!calibratesFrames(spec) && !instances.some(ownsCalibration)) return null
  const maps = await loadCalibrationMaps(spec, place.detectorShape, place.maskNdarrayCoords)
  return stepwise(spec, maps, place, instances)
}

function stepwise(
  spec: CalibrationSpec,
  maps: CalibrationMaps,
  { maskNdarrayCoords }: Place,
  instances: readonly G2Common[],
): StepwiseCalibration {
  const counts: StepCounts = { lld: 0, leftAlone: 0, lines: 0 }
  const ofEngine = calibratesFrames(spec) ? engineSteps(spec, maps, counts) : []
  const steps = instances.reduce<readonly CalibrationStep[]>(
    (given, instance) => calling('serverCalibration', () => instance.serverCalibration(given)),
    ofEngine,
  )
  const last = steps.at(-1)
  const photons = last?.name === 'photonize' && last === ofEngine.at(-1)
  const valuesPerFrame = spec.lld === null ? 0 : maps.pedestal.length - maps.excluded
  return new StepwiseCalibration(steps, counts, maskNdarrayCoords, { valuesPerFrame, photons })
}
