// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Sums of photon events: frames that belong to one event become one frame, sorted by pixel, then by event, as before. */
import type { EventFrames } from '../formats/format.js'

export interface PhotonSums {
  readonly event: Uint16Array
  readonly pixel: Uint32Array
  /** Whole numbers; float64 because they may pass 65,535. */
  readonly value: Float64Array
  readonly largest: number
}

/** A value that reaches `saturated / average` in one frame makes the sum `saturated`. */
export interface Limit {
  readonly saturated: number
  readonly average: number
}

/** Sums of the frames with `eventOf[frame] >= 0`. */
export function eventSums({ event, pixel, value }: EventFrames, eventOf: Int32Array, limit: Limit): PhotonSums {
  const out = room(event.length)
  let kept = 0
  let first = 0
  for (let k = 0; k < event.length; k++) {
    if (k > 0 && pixel[k] !== pixel[k - 1]) first = kept
    const to = eventOf[event[k]]
    if (to < 0) continue
    let at = kept
    while (at > first && out.event[at - 1] > to) at--
    if (at > first && out.event[at - 1] === to) {
      out.value[at - 1] = plus(out.value[at - 1], value[k], limit)
      continue
    }
    insert(out, at, kept++)
    out.event[at] = to
    out.pixel[at] = pixel[k]
    out.value[at] = plus(0, value[k], limit)
  }
  return filled(out, kept)
}

/** The sums of two pieces. */
export function joinedSums(a: PhotonSums, b: PhotonSums, { saturated }: Limit): PhotonSums {
  const out = room(a.event.length + b.event.length)
  let kept = 0
  for (let i = 0, j = 0; i < a.event.length || j < b.event.length; kept++) {
    const order = compare(a, i, b, j)
    const [from, k] = order <= 0 ? [a, i] : [b, j]
    out.event[kept] = from.event[k]
    out.pixel[kept] = from.pixel[k]
    const sum = (order <= 0 ? a.value[i++] : 0) + (order >= 0 ? b.value[j++] : 0)
    out.value[kept] = Math.min(sum, saturated)
  }
  return filled(out, kept)
}

interface Room {
  readonly event: Uint16Array
  readonly pixel: Uint32Array
  readonly value: Float64Array
}

function room(length: number): Room {
  return { event: new Uint16Array(length), pixel: new Uint32Array(length), value: new Float64Array(length) }
}

function insert({ event, pixel, value }: Room, at: number, kept: number): void {
  if (at === kept) return
  for (const list of [event, pixel, value]) list.copyWithin(at + 1, at, kept)
}

function plus(sum: number, value: number, { saturated, average }: Limit): number {
  return value >= saturated / average || sum >= saturated ? saturated : sum + value
}

/** Below 0 where `a[i]` comes first, above 0 where `b[j]` does; a list that is used up comes last. */
function compare(a: PhotonSums, i: number, b: PhotonSums, j: number): number {
  if (i >= a.event.length) return 1
  if (j >= b.event.length) return -1
  return a.pixel[i] - b.pixel[j] || a.event[i] - b.event[j]
}

function filled({ event, pixel, value }: Room, length: number): PhotonSums {
  let largest = 0
  for (let k = 0; k < length; k++) largest = Math.max(largest, value[k])
  return {
    event: event.subarray(0, length),
    pixel: pixel.subarray(0, length),
    value: value.subarray(0, length),
    largest,
  }
}
