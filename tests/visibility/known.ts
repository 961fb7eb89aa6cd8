// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Contrast against exposure of simulated movies, and what runs stored of it. */
import { countTable, widthBits } from '../../src/formats/speckle/intensity.js'
import { truth } from '../../src/formats/synthetic.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'

export interface Movie {
  readonly format: string
  readonly path: string
  readonly mean: number
  readonly contrast: number
}

/** Of one tick by the table that counts are drawn from, of more by g2. */
export function knownContrast(movie: Movie, ticks: number): number {
  const { mean, contrast } = movie
  const { counts, mean: exact } = countTable(mean, contrast, widthBits(mean))
  let sum = counts.reduce((pairs, k) => pairs + k * (k - 1), 0) / counts.length / exact ** 2 - 1
  const known = truth({ ...movie })
  for (let d = 1; d < ticks; d++) sum += 2 * (1 - d / ticks) * (known.g2(1, d) - 1)
  return sum / ticks
}

const names = [
  'exposures',
  'exposure_counts',
  'mean',
  'contrast',
  'contrast_error',
  'contrast_from_g2',
  'photons',
  'probability',
] as const

/** The datasets of the group `visibility` of an update. */
export async function stored(path: string, group = '/user/final'): Promise<Record<(typeof names)[number], number[]>> {
  const h5 = await openHdf5(path)
  const read = (name: string): number[] =>
    Array.from(readDataset(h5, `${group}/visibility/${name}`).data as Float64Array, Number)
  try {
    return Object.fromEntries(names.map((name) => [name, read(name)])) as never
  } finally {
    h5.close()
  }
}
