// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The engine's steps of calibration, one by one, as a user's class may arrange them. */
import type { CalibrationStep } from '../../correlators/calibrationStep.js'
import {
  commonModes,
  cutLow,
  multiply,
  photonize,
  scale,
  subtract,
  subtractModes,
  modesOf,
} from '../../kernels/calibrationReference.js'
import type { CalibrationMaps } from './maps.js'
import { lldOf, type CalibrationSpec } from './spec.js'

/** What the engine's own steps have changed. */
export interface StepCounts {
  lld: number
  /** Lines that were left alone, and lines looked at. */
  leftAlone: number
  lines: number
}

/** The steps that the configuration asks for, in their order; `counts` goes up as they work. */
export function engineSteps(spec: CalibrationSpec, maps: CalibrationMaps, counts: StepCounts): CalibrationStep[] {
  const { pedestal, background, gain, commonMode } = maps
  const lld = lldOf(spec)
  const wanted: (CalibrationStep | null)[] = [
    { name: 'pedestal', apply: (frame) => subtract(frame, pedestal) },
    commonMode === null ? null : commonModeStep(commonMode, counts),
    background === null ? null : { name: 'background', apply: (frame) => subtract(frame, background) },
    { name: 'gain', apply: (frame) => multiply(frame, gain) },
    { name: 'photons', apply: (frame) => scale(frame, maps.scale) },
    counting('lld', counts, (frame) => cutLow(frame, lld, spec.photonize)),
    photonizeStep(spec.photonize, lld, counts),
  ]
  return wanted.filter((step) => step !== null)
}

function commonModeStep(rule: NonNullable<CalibrationMaps['commonMode']>, counts: StepCounts): CalibrationStep {
  const modes = new Float32Array(rule.lines.count)
  const apply = (frame: Float32Array): void => {
    counts.leftAlone += commonModes(frame, rule, modes)
    counts.lines += modesOf(rule.lines)
    subtractModes(frame, rule.lines, modes)
  }
  return { name: 'commonMode', apply }
}

function photonizeStep(mode: CalibrationSpec['photonize'], lld: number, counts: StepCounts): CalibrationStep | null {
  if (mode === 'none') return null
  return counting('photonize', counts, (frame) => photonize(frame, mode, lld))
}

/** A step that returns how many results the lld changed. */
function counting(name: string, counts: StepCounts, step: (frame: Float32Array) => number): CalibrationStep {
  const apply = (frame: Float32Array): void => {
    counts.lld += step(frame)
  }
  return { name, apply }
}
