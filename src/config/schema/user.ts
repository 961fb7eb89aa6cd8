// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every key of `userParams` that the built-in classes read, and of `experiment`. */
import * as z from 'zod'
import { exposuresMost } from '../../roles/visibility/spec.js'
import type { ExperimentConfig, UserParams } from '../types.js'
import { either, type Field, oneOf, orNull, positive, text, wholeNumber } from './field.js'

/** Bins of a histogram of photons, at most. */
const binsMost = 255
const normalizations = ['finecolor', 'static', 'ring', 'instantaneous'] as const

const labels = (what: string): Field => ({
  type: orNull(text),
  default: null,
  unit: null,
  description: what,
  allowed: 'a path or null',
  text: 'text',
  path: true,
})

/** A field that only some built-in classes read. */
export interface UserField extends Field {
  readonly onlyFor?: string
}

export const userFields: Readonly<Record<keyof UserParams, UserField>> = {
  colorNdarrayCoords: labels(
    'File (.npy) of integer colors 0..16384 in the detector shape, one curve per color, 0 = not used; null = one color',
  ),
  colorFineNdarrayCoords: labels(
    'File (.npy) of fine colors, over which intensities are averaged; > 0 wherever a color is; null = the colors',
  ),
  qmap: labels('HDF5 q-map with dynamic (color) and static (fine color) partitions, instead of the two color files'),
  normalization: {
    type: orNull(oneOf(...normalizations)),
    default: null,
    unit: null,
    description: "Definition of g2; null = 'static' in MultiTau and TwoTime, 'finecolor' in all other classes",
    allowed: `${either(...normalizations)}, or null`,
    text: 'text',
  },
  weights: {
    type: oneOf('bin', 'pixel', 'photon'),
    default: 'bin',
    unit: null,
    description: "Weight of a static bin in its dynamic bin, for normalization 'static'",
    allowed: either('bin', 'pixel', 'photon'),
    text: 'text',
  },
  frameNorm: {
    type: z.union([z.enum(['none', 'frameMean']), z.string().regex(/^monitor:./)]),
    default: 'none',
    unit: null,
    description:
      "Beam intensity by whose autocorrelation g2 is divided: the mean of each frame, or a variable of the dataset ('monitor:ipm')",
    allowed: "'none', 'frameMean' or 'monitor:' with the name of a variable",
    text: 'text',
  },
  errors: {
    type: orNull(oneOf('elements', 'jackknife')),
    default: null,
    unit: null,
    description:
      "Errors of g2: 'jackknife' over parts of every color and of the run, 'elements' = spread over elements; null = jackknife where it is cheap",
    allowed: `${either('elements', 'jackknife')}, or null`,
    text: 'text',
  },
  covariance: {
    type: z.boolean(),
    default: false,
    unit: null,
    description: 'Also store the covariance of g2 between delays, per color',
    allowed: 'true or false',
    text: 'boolean',
  },
  visibility: {
    type: orNull(
      z.strictObject({
        exposures: z.int().min(1).max(exposuresMost).optional(),
        every: orNull(wholeNumber(1)).optional(),
        kMax: z.int().min(1).max(binsMost).optional(),
      }),
    ),
    default: null,
    unit: null,
    description:
      'P(k) and speckle contrast against exposure, beside g2: { exposures: 7 } for 1, 2, 4, ... 64 ticks, of one in `every` stretches of the run (null = as many as cost little), with bins up to `kMax` photons (15)',
    allowed: `{ exposures: 1 to ${exposuresMost}, every: an integer of 1 or more, or null, kMax: 1 to ${binsMost} }, all optional, or null`,
  },
  saturatedValue: {
    type: orNull(z.number()),
    default: null,
    unit: 'detector counts',
    description: "An element that reaches this value once leaves the colors for ever; null = the file's own, or never",
    allowed: 'a number or null',
    text: 'number',
  },
  saturation: {
    type: oneOf('pixel', 'event'),
    default: 'pixel',
    unit: null,
    description:
      "What reaching saturatedValue costs: 'pixel' = the element for ever, 'event' = the element in that event only, up to saturationLimit",
    allowed: either('pixel', 'event'),
    text: 'text',
  },
  saturationLimit: {
    type: orNull(wholeNumber(0)),
    default: null,
    unit: 'events',
    description:
      "With saturation 'event': an element that saturates in more events than this leaves the colors for ever; null = never",
    allowed: 'an integer of 0 or more, or null',
    text: 'number',
  },
  notzero: {
    type: orNull(z.number()),
    default: null,
    unit: 'detector counts',
    description: 'Values below this are raised to it before they are stored; null = off',
    allowed: 'a number or null',
    text: 'number',
  },
  print_delay_curves: {
    type: z.boolean(),
    default: false,
    unit: null,
    description: 'Log the first ten points of every curve at each update',
    allowed: 'true or false',
    text: 'boolean',
  },
  delaysPerLevel: {
    type: orNull(wholeNumber(1)),
    default: null,
    unit: 'delays',
    description: 'MultiTau: level 0 has lags 1..2n, level l has n+1..2n in units of 2^l frames; null = 4',
    allowed: 'an integer of 1 or more, or null',
    text: 'number',
    onlyFor: 'MultiTau',
  },
  numBufs: {
    type: orNull(z.int().min(2).multipleOf(2)),
    default: null,
    unit: 'delays',
    description: "MultiTau: scikit-beam's list (8: lags 0..7, then 4..7 per level), instead of delaysPerLevel",
    allowed: 'an even integer of 2 or more, or null',
    text: 'number',
    onlyFor: 'MultiTau',
  },
  average: {
    type: wholeNumber(1),
    default: 1,
    unit: 'frames',
    description: 'TwoTime: so many frames are added up before they are correlated',
    allowed: 'an integer of 1 or more',
    text: 'number',
    onlyFor: 'TwoTime',
  },
  ageWindows: {
    type: wholeNumber(1),
    default: 5,
    unit: 'windows',
    description: 'TwoTime: the run is divided into so many windows of age, each with a g2 of its own',
    allowed: 'an integer of 1 or more',
    text: 'number',
    onlyFor: 'TwoTime',
  },
}

const known = (unit: string, description: string): Field => ({
  type: orNull(positive),
  default: null,
  unit,
  description,
  allowed: 'a number above 0, or null',
  text: 'number',
})
const words = (description: string): Field => ({
  type: orNull(text),
  default: null,
  unit: null,
  description,
  allowed: 'text or null',
  text: 'text',
})

export const experimentFields: Readonly<Record<keyof ExperimentConfig, Field>> = {
  tickSeconds: known('s', 'Time of one tick of the counters; null = axes are labelled "frames"'),
  exposureSeconds: known('s', 'Exposure of one event'),
  energyKev: known('keV', 'Photon energy'),
  distanceM: known('m', 'From sample to detector'),
  beamCenterPx: {
    type: orNull(z.tuple([z.number(), z.number()])),
    default: null,
    unit: 'pixels',
    description: 'Direct beam on the detector: [row, column]',
    allowed: '[row, column] or null',
  },
  pixelSizeM: known('m', 'Edge of one pixel'),
  colorQ: {
    type: orNull(z.union([z.record(z.string(), z.number()), z.array(z.number())])),
    default: null,
    unit: '1/Angstrom',
    description: 'q of every color: { color: q } or the list for colors 1, 2, ...; null = axes are labelled "bin"',
    allowed: 'an object { color: q }, a list of numbers, or null',
  },
  sample: words('Name of the sample'),
  user: words('Who measured'),
}
