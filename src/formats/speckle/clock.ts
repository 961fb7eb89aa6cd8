// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The counters of a synthetic run: gaps, repeats and disorder as asked for, the same for the same seed. */
import { Beam } from './beam.js'
import { unit, wordAt } from './hash.js'
import type { SyntheticSpec } from './spec.js'

/** Tick of every event in file order. */
export function syntheticCounters({ events, seed, start, gaps, repeats, disorder }: SyntheticSpec): Float64Array {
  const counters = new Float64Array(events)
  let tick = start - 1
  for (let e = 0; e < events; e++) {
    const chance = (step: number) => unit(wordAt(seed ^ 0x2c1b3c6d, 4 * e + step))
    const repeated = e > 0 && chance(0) < repeats
    if (!repeated) tick += gaps === 0 ? 1 : 1 + Math.floor(Math.log(chance(1)) / Math.log(gaps))
    counters[e] = tick
  }
  return disorder === 0 ? counters : delayed(counters, seed, disorder)
}

/** Every event comes up to `most` places late: sorted by place plus a random number below most + 1. */
function delayed(counters: Float64Array, seed: number, most: number): Float64Array {
  const place = counters.map((_, e) => e + unit(wordAt(seed ^ 0x297a2d39, e)) * (most + 1))
  const order = Uint32Array.from(counters, (_, e) => e).sort((a, b) => (place[a] as number) - (place[b] as number))
  return Float64Array.from(order, (e) => counters[e] as number)
}

/** One value per event: uniform in 0..1, or 'beam' = the intensity of a beam that is not constant. `counters` null = 0, 1, 2, ... */
export function syntheticVariable(name: string, spec: SyntheticSpec, counters: Float64Array | null): Float64Array {
  const { events, seed } = spec
  const beam = new Beam(spec)
  if (name === 'beam' && beam.values.length > 1) {
    return Float64Array.from({ length: events }, (_, e) => beam.values[beam.at(counters?.[e] ?? e)] as number)
  }
  const key = [...name].reduce((hash, letter) => wordAt(hash, letter.charCodeAt(0)), seed)
  return Float64Array.from({ length: events }, (_, e) => unit(wordAt(key, e)))
}
