// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Speckle of known contrast on a detector that integrates charge, as files: photons, raw values, and the detector's maps. */
import { join } from 'node:path'
import { openSource } from '../../src/formats/index.js'
import { truth, type Truth } from '../../src/formats/synthetic.js'
import { writeNpy } from '../../src/io/npy.js'
import { aduDefaults, AduDetector, type AduModel } from '../../src/simulate/adu.js'
import { sizeOf } from '../../src/units.js'

export interface Movie {
  readonly photons: string
  readonly raw: string
  readonly dark: string
  readonly pedestal: string
  readonly gainMap: string
  readonly noise: string
  readonly detector: AduDetector
  readonly truth: Truth
}

export interface MovieOptions {
  readonly shape: readonly number[]
  readonly events: number
  readonly mean: number
  readonly seed?: number
  readonly darkFrames?: number
  /** Further keys of the synthetic dataset. */
  readonly speckle?: Readonly<Record<string, unknown>>
  readonly model?: Partial<AduModel>
}

/** Writes `<name>.*.npy` into `folder`. */
export async function writeMovie(folder: string, name: string, options: MovieOptions): Promise<Movie> {
  const { shape, events, mean, seed = 1, darkFrames = 0, model = {}, speckle = {} } = options
  const dataset = { format: 'synthetic', path: '', shape, events, mean, seed, contrast: 0.5, decay: 0.05, ...speckle }
  const detector = new AduDetector({ ...aduDefaults, shape, lineLength: shape.at(-1) as number, seed, ...model })
  const photons = await photonsOf(dataset, events)
  const size = sizeOf(shape)
  const file = (what: string): string => join(folder, `${name}.${what}.npy`)
  const frames = (count: number, of: (frame: number) => ArrayLike<number> | null): Uint16Array => {
    const out = new Uint16Array(count * size)
    for (let f = 0; f < count; f++) detector.expose(of(f), f, out.subarray(f * size, (f + 1) * size))
    return out
  }
  writeNpy(file('photons'), photons, [events, ...shape])
  const raw = frames(events, (f) => photons.subarray(f * size, (f + 1) * size))
  writeNpy(file('raw'), raw, [events, ...shape])
  if (darkFrames > 0)
    writeNpy(
      file('dark'),
      frames(darkFrames, () => null),
      [darkFrames, ...shape],
    )
  writeNpy(file('pedestal'), detector.pedestal, shape)
  writeNpy(file('gainMap'), detector.gainMap, shape)
  const sigma = detector.model.noise * detector.model.adusPerPhoton
  writeNpy(file('noise'), new Float32Array(size).fill(sigma), shape)
  const paths = { photons: file('photons'), raw: file('raw'), dark: file('dark'), noise: file('noise') }
  return { ...paths, pedestal: file('pedestal'), gainMap: file('gainMap'), detector, truth: truth(dataset) }
}

async function photonsOf(dataset: Parameters<typeof openSource>[0], events: number): Promise<Uint8Array> {
  const source = await openSource(dataset)
  const block = await source.read(Int32Array.from({ length: events }, (_, e) => e))
  if (block.kind !== 'dense') throw new Error('dense frames expected')
  const photons = Uint8Array.from(block.data)
  await source.close()
  return photons
}
