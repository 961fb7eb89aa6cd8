// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Do errors say how far curves are from the truth? z = (g2 - truth) / error over many movies: its mean square must be 1. */
import { join } from 'node:path'
import type { UserParams } from '../../src/config/types.js'
import { truth } from '../../src/formats/synthetic.js'
import { writeNpy } from '../../src/io/npy.js'
import { readCurves } from '../../src/results/reader.js'
import type { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'

export interface ZCase {
  /** Edge of a speckle, pixels. */
  readonly speckle: number
  readonly mean: number
  readonly jitter: number
  /** The detector is a square of so many times so many squares of 64 x 64 pixels, each with a curve. */
  readonly parts: number
  readonly seeds: number
  readonly events: number
  readonly userParams?: UserParams & Readonly<Record<string, unknown>>
}

const square = 64
const delays = [1, 4, 12]

/** A color for each of the squares, which are experiments of their own but for the beam. */
function squares(folder: string, parts: number): string {
  const edge = parts * square
  const path = join(folder, `squares${parts}.npy`)
  const label = (i: number): number =>
    1 + parts * Math.floor(Math.floor(i / edge) / square) + Math.floor((i % edge) / square)
  writeNpy(
    path,
    Uint16Array.from({ length: edge * edge }, (_, i) => label(i)),
    [edge, edge],
  )
  return path
}

/** All z of a case; undefined errors are left out and counted. */
export async function zValues(
  folder: string,
  pool: ThreadPool,
  wanted: ZCase,
): Promise<{ z: number[]; undefined: number }> {
  const { speckle, mean, jitter, parts, seeds, events, userParams } = wanted
  const edge = parts * square
  const colorNdarrayCoords = squares(folder, parts)
  const h5output = join(folder, 'z.h5')
  const z: number[] = []
  let undefinedErrors = 0
  for (let seed = 1; seed <= seeds; seed++) {
    const movie = { shape: [edge, edge], events, mean, contrast: 0.5, decay: 0.1, speckle, jitter }
    const dataset = { ...movie, format: 'synthetic', path: '', seed: 7919 * seed, sparse: mean < 0.01 }
    const engine = { delays, times: events, numWorkers: 1, verbosity: 'ERROR', h5arrays: 'none' } as const
    await runConfig(
      {
        systemParams: { dataset, ...engine, h5output, overwrite: true },
        userParams: { colorNdarrayCoords, errors: 'jackknife', ...userParams },
      },
      { pool },
    )
    const { curves } = await readCurves(h5output, '/user/final')
    const known = truth(dataset)
    curves.g2.forEach((g2, i) => {
      const value = (g2 - known.g2(1, delays[i % delays.length])) / curves.error[i]
      if (Number.isFinite(value)) z.push(value)
      else undefinedErrors++
    })
  }
  return { z, undefined: undefinedErrors }
}

export function rms(values: readonly number[]): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
}
