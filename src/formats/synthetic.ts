// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Format `synthetic`: a detector whose g2 is known exactly; frames are computed when read, the same for the same keys in any
 * block and on any server. Keys: see `speckle/spec.ts`; the model and its g2: see `speckle/movie.ts`. No path.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import { sizeOf } from '../units.js'
import { reusable } from './common/runs.js'
import type { DatasetSpec, FrameBlock, FrameFormat, FrameSource } from './format.js'
import { Beam } from './speckle/beam.js'
import { syntheticCounters, syntheticVariable } from './speckle/clock.js'
import { mix, golden, wordAt } from './speckle/hash.js'
import { SpeckleMovie } from './speckle/movie.js'
import { EventCollector } from './speckle/sparse.js'
import { pixelClasses, speckleCells, syntheticSpec, type SyntheticSpec } from './speckle/spec.js'

/** What the correlation of a synthetic dataset must give, up to statistics. Rings count from 1. */
export interface Truth {
  readonly rings: number
  /** Mean counts per pixel and frame, beam intensity 1. */
  mean(ring: number): number
  /** Exact rate per tick, after rounding to what the random words resolve. */
  decay(ring: number): number
  /** 1 + beta exp(-decay delay) for delay >= 1 tick. */
  g2(ring: number, delay: number): number
}

export function truth(dataset: DatasetSpec): Truth {
  const spec = syntheticSpec(dataset)
  if (spec.kind === 'noise') return { rings: 1, mean: () => 3.5, decay: () => 0, g2: () => 1 }
  const { tables, jumps } = movieOf({ ...spec, drift: 0, jitter: 0, speckle: 1 }, new Uint8Array(1))
  const at = <T>(list: readonly T[], ring: number): T => {
    const value = list[ring - 1]
    if (value === undefined) throw new RangeError(`ring ${ring} outside 1..${list.length}`)
    return value
  }
  return {
    rings: tables.length,
    mean: (ring) => at(tables, ring).mean,
    decay: (ring) => -Math.log1p(-at(jumps, ring)),
    g2: (ring, delay) => 1 + at(tables, ring).beta * (1 - at(jumps, ring)) ** delay,
  }
}

function movieOf(spec: SyntheticSpec, classOf: Uint8Array): SpeckleMovie {
  const classes = spec.mean.map((mean, k) => ({
    mean,
    contrast: spec.contrast[k] as number,
    decay: spec.decay[k] as number,
  }))
  const cellOf = speckleCells(spec)
  const beam = spec.drift + spec.jitter === 0 ? undefined : new Beam(spec)
  return new SpeckleMovie({
    ...{ classOf, classes, seed: spec.seed },
    ...(cellOf === undefined ? {} : { cellOf }),
    ...(beam === undefined ? {} : { beam }),
  })
}

async function open(dataset: DatasetSpec): Promise<FrameSource> {
  const spec = syntheticSpec(dataset)
  const counters = spec.gaps + spec.disorder + spec.repeats + spec.start === 0 ? null : syntheticCounters(spec)
  const { dtype, fill } = spec.kind === 'noise' ? noise(spec) : speckle(spec)
  return {
    shape: spec.shape,
    dtype,
    events: spec.events,
    counters,
    streams: spec.streams === 0 ? null : Int32Array.from({ length: spec.events }, (_, e) => e % spec.streams),
    vars: Object.fromEntries(spec.vars.map((name) => [name, syntheticVariable(name, spec, counters)])),
    sentinel: null,
    saturation: null,
    metadata: {},
    read: async (indices, signal) => {
      signal?.throwIfAborted()
      return fill(
        Int32Array.from(indices, (index) => counters?.[index] ?? index),
        signal,
      )
    },
    close: async () => {},
  }
}

type Fill = (ticks: Int32Array, signal?: AbortSignal) => Promise<FrameBlock>

function speckle(spec: SyntheticSpec): { dtype: 'uint8' | 'uint16'; fill: Fill } {
  const movie = movieOf(spec, pixelClasses(spec))
  const dtype = movie.largest < 256 ? 'uint8' : 'uint16'
  const buffer = reusable(dtype) as (length: number) => Uint8Array | Uint16Array
  return spec.sparse
    ? { dtype: 'uint16', fill: sparseFill(movie, buffer) }
    : { dtype, fill: denseFill(movie, sizeOf(spec.shape), dtype, buffer) }
}

type Buffer = (length: number) => Uint8Array | Uint16Array

function denseFill(movie: SpeckleMovie, pixels: number, dtype: 'uint8' | 'uint16', buffer: Buffer): Fill {
  return async (ticks, signal) => {
    const data = buffer(ticks.length * pixels)
    await movie.fill(ticks, { place: (first) => ({ out: data, stride: pixels, offset: first }) }, signal)
    return { kind: 'dense', events: ticks.length, dtype, data }
  }
}

function sparseFill(movie: SpeckleMovie, buffer: Buffer): Fill {
  const collector = new EventCollector()
  return async (ticks, signal) => {
    const events = ticks.length
    collector.clear()
    const tile = (count: number) => buffer(events * count)
    await movie.fill(
      ticks,
      {
        place: (_, count) => ({ out: tile(count), stride: count, offset: 0 }),
        done: (first, count) => collector.add(tile(count), events, first, count),
      },
      signal,
    )
    return collector.frames(events)
  }
}

/** Value of pixel `pixel` at `tick`: uniform 0..7, uncorrelated in space and time. */
export function noiseValue(seed: number, tick: number, pixel: number): number {
  return mix((wordAt(seed, tick) + Math.imul(pixel, golden)) | 0) >>> 29
}

function noise(spec: SyntheticSpec): { dtype: 'uint8'; fill: Fill } {
  const pixels = sizeOf(spec.shape)
  const buffer = reusable('uint8') as (length: number) => Uint8Array
  const fill: Fill = async (ticks, signal) => {
    const data = buffer(ticks.length * pixels)
    for (let e = 0; e < ticks.length; e++) {
      fillNoise(data, e * pixels, pixels, wordAt(spec.seed, ticks[e] as number))
      if (e % 64 === 63) await breathe()
      signal?.throwIfAborted()
    }
    return { kind: 'dense', events: ticks.length, dtype: 'uint8', data }
  }
  return { dtype: 'uint8', fill }
}

function fillNoise(out: Uint8Array, to: number, pixels: number, key: number): void {
  for (let pixel = 0; pixel < pixels; pixel++) out[to + pixel] = mix((key + Math.imul(pixel, golden)) | 0) >>> 29
}

export default {
  name: 'synthetic',
  description: 'a seeded speckle movie with exactly known g2, computed when read',
  accepts: () => false,
  open,
} satisfies FrameFormat
