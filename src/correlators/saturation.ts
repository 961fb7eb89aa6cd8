// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `saturatedValue`, `notzero`, `saturation` and `saturationLimit`: what they do to a worker's values. */
import { applyThresholds, type ThresholdCounts } from '../kernels/thresholds.js'
import type { TypedArray } from '../units.js'

export interface Thresholds {
  readonly saturatedValue: number | null
  readonly notzero: number | null
  /** What a saturated value costs: the element for ever, or in that event. */
  readonly saturation: 'pixel' | 'event'
  /** Events after which the element leaves all the same. */
  readonly saturationLimit: number
}

/** What an instance keeps about saturation. */
export interface Saturable {
  readonly userParams: Readonly<Record<string, unknown>>
  saturatedElements: Uint8Array
  saturatedEvents: Uint32Array
  readonly thresholdCounts: ThresholdCounts
}

/** The thresholds of a class; null = off. */
export function thresholdsOf(userParams: Saturable['userParams']): Thresholds {
  const { saturatedValue, notzero, saturation, saturationLimit } = userParams
  return {
    saturatedValue: typeof saturatedValue === 'number' ? saturatedValue : null,
    notzero: typeof notzero === 'number' ? notzero : null,
    saturation: saturation === 'event' ? 'event' : 'pixel',
    saturationLimit: typeof saturationLimit === 'number' ? saturationLimit : Number.POSITIVE_INFINITY,
  }
}

/** Element `element` is left out of an event because it is saturated there. */
export function noteSaturated(owner: Saturable, element: number): void {
  const elements = owner.saturatedElements.length
  if (owner.saturatedEvents.length < elements) owner.saturatedEvents = new Uint32Array(elements)
  owner.thresholdCounts.saturated++
  const { saturationLimit } = thresholdsOf(owner.userParams)
  if (++owner.saturatedEvents[element] > saturationLimit) owner.saturatedElements[element] = 1
}

/** One event: mark saturated elements, or make holes (NaN) of them; raise values below `notzero`. */
export function adjustByThresholds(owner: Saturable, data: TypedArray): void {
  const { saturatedValue, notzero, saturation } = thresholdsOf(owner.userParams)
  const { saturatedElements, thresholdCounts } = owner
  if (saturatedValue === null && notzero === null) return
  const byEvent = saturation === 'event'
  if (byEvent && saturatedValue !== null) holesOfSaturated(owner, data, saturatedValue)
  applyThresholds(data, 0, data.length, byEvent ? null : saturatedValue, notzero, saturatedElements, thresholdCounts)
}

function holesOfSaturated(owner: Saturable, data: TypedArray, saturatedValue: number): void {
  for (let i = 0; i < data.length; i++) {
    if (!(data[i] >= saturatedValue)) continue
    noteSaturated(owner, i)
    data[i] = Number.NaN
  }
}
