// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every key of `systemParams.quality`: the limits of the checks, and what they need to know. */
import * as z from 'zod'
import { type CheckName, checkWords, leastChecks } from '../../roles/quality/spec.js'
import type { QualityConfig } from '../types.js'
import { type Field, orNull, positive } from './field.js'

const limits = z.tuple([z.number().min(0), z.number().min(0)])

function limitsOf(name: CheckName, warn: number, fail: number): Field {
  const { units, definition } = checkWords[name]
  const least = leastChecks.has(name)
  return {
    type: orNull(limits.refine(([first, second]) => (least ? first >= second : first <= second))),
    default: [warn, fail],
    unit: units === '1' ? null : units,
    description: `[warn, fail], ${least ? 'least' : 'largest'} value: ${definition}; null = not looked at`,
    allowed: `two numbers from 0 on, the ${least ? 'larger' : 'smaller'} one first, or null`,
  }
}

export const qualityFields: Readonly<Record<keyof QualityConfig, Field>> = {
  baseline: limitsOf('baseline', 0.15, 0.5),
  contrast: limitsOf('contrast', 5, 50),
  firstDelays: limitsOf('firstDelays', 0.1, 0.3),
  profileDrift: limitsOf('profileDrift', 0.05, 0.2),
  deadElements: limitsOf('deadElements', 0.01, 0.1),
  hotElements: limitsOf('hotElements', 0.005, 0.05),
  saturatedElements: limitsOf('saturatedElements', 0.001, 0.05),
  photonsPerSpeckle: limitsOf('photonsPerSpeckle', 1e-4, 1e-6),
  intensityDrift: limitsOf('intensityDrift', 0.1, 0.5),
  centreDrift: limitsOf('centreDrift', 0.5, 2),
  jumps: limitsOf('jumps', 0.001, 0.02),
  longestPairs: limitsOf('longestPairs', 10, 1),
  lostFrames: limitsOf('lostFrames', 1e-4, 0.01),
  speckleSize: {
    type: orNull(positive),
    default: null,
    unit: 'pixels',
    description: 'Size of a speckle, used where the run does not measure it; null = unknown',
    allowed: 'a number above 0, or null',
  },
  contrastExpected: {
    type: orNull(positive),
    default: null,
    unit: null,
    description: 'g2 - 1 to expect at short delays; null = that of a fully coherent beam for the size of a speckle',
    allowed: 'a number above 0, or null',
  },
}
