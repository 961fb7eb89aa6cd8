// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every key of `systemParams.calibration`, in the order in which the steps are done. */
import * as z from 'zod'
import type { CalibrationConfig } from '../types.js'
import { either, type Field, oneOf, orNull, positive, text } from './field.js'

const commonModes = ['none', 'panel', 'row', 'column'] as const
const photonizing = ['none', 'round', 'threshold'] as const

const map = (description: string, unit: string | null, type: z.ZodType = z.number(), numbers = 'a number'): Field => ({
  type: orNull(z.union([text, type])),
  default: null,
  unit,
  description: `${description}; null = none`,
  allowed: `a path (.npy, or file.h5:/dataset, in the detector shape), ${numbers} for all pixels, or null`,
})

const factor = z.number().refine((value) => value !== 0)
const noZero = 'a number other than 0'

export const calibrationFields: Readonly<Record<keyof CalibrationConfig, Field>> = {
  pedestal: map('Subtracted from the raw values: the mean of dark frames', 'ADU'),
  commonMode: {
    type: oneOf(...commonModes),
    default: 'none',
    unit: null,
    description:
      'Pixels that share a shift of each frame, which is found and subtracted; a panel is the last two axes of the detector',
    allowed: either(...commonModes),
  },
  asic: {
    type: orNull(z.tuple([z.int().positive(), z.int().positive()])),
    default: null,
    unit: 'pixels',
    description: 'Rows and columns of a read-out chip with a common mode of its own; null = the whole panel',
    allowed: '[rows, columns] that divide a panel, or null',
  },
  commonModeLimit: {
    type: orNull(positive),
    default: null,
    unit: 'ADU',
    description:
      'Pixels farther than this from the common mode hold photons and do not take part; null = half a photon',
    allowed: 'a number above 0, or null',
  },
  background: map('Subtracted after the common mode: scattering that is not the sample’s', 'ADU'),
  gain: map('What is left is multiplied by this', null, factor, noZero),
  gainMap: map('And by this, relative to the other pixels', null, factor, noZero),
  flat: map('And divided by this: the response to even light', null, factor, noZero),
  adusPerPhoton: {
    type: orNull(positive),
    default: null,
    unit: 'ADU',
    description: 'One photon after gain and flat; results are then photons; null = results are ADU',
    allowed: 'a number above 0, or null',
  },
  lld: {
    type: orNull(z.number()),
    default: null,
    unit: 'photons, or ADU without adusPerPhoton',
    description:
      "Results below this become 0; with photonize 'threshold' the first photon counts from here; null = off",
    allowed: 'a number or null',
  },
  photonize: {
    type: oneOf(...photonizing),
    default: 'none',
    unit: null,
    description:
      "Whole photons: 'round' = the nearest whole number, 'threshold' = floor(x - lld) + 1 (lld null = 0.5), both at least 0",
    allowed: either(...photonizing),
  },
  noise: map(
    'Standard deviation of a dark pixel; used for warnings only',
    'ADU',
    z.number().min(0),
    'a number from 0 on',
  ),
  badPixels: {
    type: orNull(text),
    default: null,
    unit: null,
    description: 'File in the detector shape, other than 0 = bad: masked out and in no common mode; null = none',
    allowed: 'a path or null',
  },
}

/** Keys whose text is a path. */
export const calibrationPathKeys: readonly string[] = [
  'pedestal',
  'background',
  'gain',
  'gainMap',
  'flat',
  'noise',
  'badPixels',
]
