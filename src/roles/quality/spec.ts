// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What is looked at, at every update, to say whether a result can be trusted. docs/physics.md has the definitions. */

/** A value beyond the first is a warning, beyond the second a failure; null = not looked at. */
export type Limits = readonly [warn: number, fail: number] | null

/** Checks with one value per ring, and those with one for the whole run. */
export const ringChecks = [
  'baseline',
  'contrast',
  'firstDelays',
  'profileDrift',
  'deadElements',
  'hotElements',
  'saturatedElements',
  'photonsPerSpeckle',
] as const
export const runChecks = ['intensityDrift', 'centreDrift', 'jumps', 'longestPairs', 'lostFrames'] as const

export type CheckName = (typeof ringChecks)[number] | (typeof runChecks)[number]

/** Checks whose values must not be too small; all others must not be too large. */
export const leastChecks: ReadonlySet<string> = new Set<CheckName>(['photonsPerSpeckle', 'longestPairs'])

export interface QualitySpec extends Readonly<Record<CheckName, Limits>> {
  /** Size of a speckle in pixels, where it is not measured; null = unknown. */
  readonly speckleSize: number | null
  /** g2 - 1 to expect at short delays; null = from the size of a speckle. */
  readonly contrastExpected: number | null
}

export interface CheckWords {
  readonly units: string
  readonly definition: string
  /** What to do about it. */
  readonly advice: string
}

export const checkWords: Readonly<Record<CheckName, CheckWords>> = {
  baseline: {
    units: 'of the contrast',
    definition:
      'g2 at the longest delays minus 1 and minus the variance of the smooth mean intensity in the ring, in units of the contrast; of the expected one where noise hides it',
    advice: 'the curve has not decayed within the run, or part of the signal is static or fluctuates with the beam',
  },
  contrast: {
    units: 'of the expected',
    definition:
      'by which factor g2 - baseline at the second to fourth delay is off what the size of a speckle lets expect',
    advice: 'compare the size of a speckle, the coherence of the beam and the background',
  },
  firstDelays: {
    units: 'of the contrast',
    definition:
      'g2 at the first delay minus its extrapolation from the next four, in units of the contrast; of the expected one where noise hides it',
    advice: 'neighbouring frames share counts or dead time: leave the first delay out of fits',
  },
  profileDrift: {
    units: '1',
    definition:
      'relative change of the intensity of a ring from the first to the last tenth, against the median of all rings',
    advice: 'the sample changes (radiation damage, sedimentation): compare parts of the run',
  },
  deadElements: {
    units: 'of the elements',
    definition: 'elements without any count, beyond those that chance explains',
    advice: 'mask these elements out',
  },
  hotElements: {
    units: 'of the elements',
    definition:
      'elements whose mean is above twice the middle value of the ring and 10 robust standard deviations above it',
    advice: 'mask these elements out',
  },
  saturatedElements: {
    units: 'of the elements',
    definition: 'elements that reached saturatedValue and left the ring',
    advice: 'attenuate the beam, or check userParams.saturatedValue',
  },
  photonsPerSpeckle: {
    units: 'counts per speckle and event',
    definition: 'mean per element times the elements of a speckle (speckleSize^2, at least 1)',
    advice:
      'errors fall with the root of the number of frames and with the counts per speckle: measure longer or brighter',
  },
  intensityDrift: {
    units: '1',
    definition: 'relative change of the intensity from the first to the last tenth, the median over rings',
    advice: 'the beam or the sample drifts: compare with a beam monitor',
  },
  centreDrift: {
    units: 'pixels',
    definition: 'shift of the pattern from the first to the last tenth, least squares over the slopes of the rings',
    advice: 'the beam or the detector moves: compare parts of the run',
  },
  jumps: {
    units: 'of the events',
    definition:
      'events that differ from the running mean by half of it and by 5 of its mean deviations, or are below a tenth of it',
    advice: 'the shutter or the beam was interrupted: drop these events (systemParams.badEvents, filters)',
  },
  longestPairs: {
    units: 'pairs',
    definition:
      'pairs of events at the longest delay; before the end, at the longest one that the events so far can have',
    advice: 'the longest delays rest on few events: measure longer or leave them out',
  },
  lostFrames: {
    units: 'of the frames',
    definition: 'frames that were never read or could not be decoded',
    advice: 'find out where they were lost; delays stay right',
  },
}

/** True when a check looks at the first and the last tenth of the run. */
export function comparesTenths({ profileDrift, intensityDrift, centreDrift }: QualitySpec): boolean {
  return [profileDrift, intensityDrift, centreDrift].some((limits) => limits !== null)
}
