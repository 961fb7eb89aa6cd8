// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Speckle of known contrast with a falling profile of rings, whole or with one fault, as `.npy` files. */
import { join } from 'node:path'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { openSource } from '../../src/formats/index.js'
import { writeNpy } from '../../src/io/npy.js'
import type { CheckName } from '../../src/roles/quality/spec.js'

export const size = 48
export const events = 1500
export const center = [24.3, 23.1] as const
const pixels = size * size
/** Counts before thinning. */
const mean = 4

export type Fault =
  | 'none'
  | 'intensityDrift'
  | 'damage'
  | 'hotPanel'
  | 'shutter'
  | 'firstDelay'
  | 'saturatedSpot'
  | 'centreDrift'
  | 'deadRows'
  | 'staticPart'

/** Each with the check that it trips and, where there is one, the ring. */
export const faults: readonly (readonly [Fault, CheckName | null, ring: number | null])[] = [
  ['none', null, null],
  ['intensityDrift', 'intensityDrift', null],
  ['damage', 'profileDrift', 3],
  ['hotPanel', 'hotElements', 2],
  ['shutter', 'jumps', null],
  ['firstDelay', 'firstDelays', null],
  ['saturatedSpot', 'saturatedElements', 2],
  ['centreDrift', 'centreDrift', null],
  ['deadRows', 'deadElements', null],
  ['staticPart', 'baseline', null],
]

/** Seeded uniform numbers in [0, 1). */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}

/** Rings 1..5 of 4 pixels from radius 4 on; 0 elsewhere. */
export function ringOf(pixel: number): number {
  const radius = Math.hypot(Math.floor(pixel / size) - center[0], (pixel % size) - center[1])
  const ring = Math.floor(radius / 4)
  return ring >= 1 && ring <= 5 ? ring : 0
}

/** Part of the photons that is kept where the beam is: falls by a factor of e over 12 pixels. */
function profile(pixel: number, shift: number): number {
  const radius = Math.hypot(Math.floor(pixel / size) - center[0] - shift, (pixel % size) - center[1])
  return Math.min(1, Math.exp(-(radius - 4) / 12))
}

/** Of `count` photons each is kept with probability `part`. */
function thinned(count: number, part: number, random: () => number): number {
  let kept = 0
  for (let k = 0; k < count; k++) if (random() < part) kept++
  return kept
}

/** Writes `<fault>.npy` and labels into `folder`; gives the configuration of a run over it. */
export async function writeMovie(folder: string, fault: Fault, seed = 3): Promise<ParcoranaConfig> {
  const dataset = {
    format: 'synthetic',
    path: '',
    shape: [size, size],
    events,
    mean,
    contrast: 0.6,
    decay: 0.05,
    seed,
  }
  const source = await openSource(dataset)
  const block = await source.read(Int32Array.from({ length: events }, (_, e) => e))
  await source.close()
  if (block.kind !== 'dense') throw new Error('dense frames expected')
  const random = randomNumbers(14 + seed)
  const frames = new Uint8Array(events * pixels)
  for (let e = 0; e < events; e++) {
    for (let p = 0; p < pixels; p++)
      frames[e * pixels + p] = thinned(block.data[e * pixels + p], partOf(fault, e, p), random)
  }
  for (let e = 0; e < events; e++) spoil(fault, frames, e, random)
  writeNpy(join(folder, `${fault}.npy`), frames, [events, size, size])
  writeNpy(
    join(folder, 'color.npy'),
    Int32Array.from({ length: pixels }, (_, p) => ringOf(p)),
    [size, size],
  )
  return {
    systemParams: {
      dataset: { format: 'npy', path: join(folder, `${fault}.npy`) },
      h5output: join(folder, `${fault}.h5`),
      delays: [1, 2, 3, 4, 5, 6, 8, 10, 14, 20, 28, 40, 56, 80, 112, 160, 224, 320],
      times: events,
      h5arrays: 'none',
      verbosity: 'ERROR',
      experiment: { beamCenterPx: center },
      quality: { contrastExpected: 0.36 },
    },
    userParams: { colorNdarrayCoords: join(folder, 'color.npy'), normalization: 'ring', saturatedValue: 200 },
  }
}

function partOf(fault: Fault, event: number, pixel: number): number {
  const time = event / events
  const shift = fault === 'centreDrift' ? 4 * time : 0
  const beam = fault === 'intensityDrift' ? 1 - 0.3 * time : 1
  const sample = fault === 'damage' && ringOf(pixel) === 3 ? 1 - 0.3 * time : 1
  return profile(pixel, shift) * beam * sample
}

function spoil(fault: Fault, frames: Uint8Array, event: number, random: () => number): void {
  const at = event * pixels
  const frame = frames.subarray(at, at + pixels)
  switch (fault) {
    case 'shutter':
      if (event >= 700 && event < 712) frame.fill(0)
      break
    case 'hotPanel':
      for (let p = 0; p < pixels; p++) if (isPanel(p)) frame[p] += thinned(60, 0.5, random)
      break
    case 'saturatedSpot':
      for (let p = 0; p < pixels; p++) if (isPanel(p)) frame[p] = 175 + thinned(50, 0.5, random)
      break
    case 'deadRows':
      for (let p = 0; p < pixels; p++) if (p % size === 30 && ringOf(p) > 0) frame[p] = 0
      break
    case 'firstDelay':
      // Some photons of a frame are seen again in the next one.
      if (event > 0) for (let p = 0; p < pixels; p++) frame[p] += thinned(frames[at - pixels + p], 0.2, random)
      break
    case 'staticPart':
      for (let p = 0; p < pixels; p++) if (hashed(p) < 0.5) frame[p] += thinned(8, profile(p, 0) / 2, random)
      break
    default:
  }
}

/** Some pixels of rings 2 and 3. */
function isPanel(pixel: number): boolean {
  const [row, column] = [Math.floor(pixel / size), pixel % size]
  return row >= 24 && row < 26 && column >= 33 && column < 37
}

function hashed(pixel: number): number {
  return randomNumbers(pixel + 99)()
}
