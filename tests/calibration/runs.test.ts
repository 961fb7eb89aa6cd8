// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Raw frames of known speckle through whole runs: the contrast within its errors where photons can be counted, a warning where not. */
import { join } from 'node:path'
import type { Group } from 'h5wasm/node'
import { afterAll, describe, expect, it } from 'vitest'
import type { CalibrationConfig, ParcoranaConfig } from '../../src/config/types.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { runAlternative } from '../../src/driver/alternative.js'
import { prepare } from '../../src/driver/check.js'
import { classes } from '../../src/driver/classes.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { readNpy, writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { readCurves } from '../../src/results/reader.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { runConfig } from '../reference/runCase.js'
import { temporaryFolder } from '../support/folder.js'
import { fileURLToPath } from 'node:url'
import { type Movie, writeMovie } from './movies.js'

const folder = temporaryFolder('movies')
const pool = new ThreadPool({ threads: 10 })
afterAll(() => pool.destroy())

const delays = [1, 2, 5, 12]
let outputs = 0

function config(path: string, calibration: CalibrationConfig, more: Partial<ParcoranaConfig['systemParams']> = {}) {
  const h5output = join(folder, `${outputs++}.h5`)
  const engine = { delays, times: 200, numWorkers: 2, verbosity: 'ERROR' } as const
  const systemParams = { dataset: { format: 'npy', path }, calibration, ...engine, h5output, ...more }
  return { systemParams, userParams: { normalization: 'ring' } } satisfies ParcoranaConfig
}

async function run(raw: ParcoranaConfig) {
  const warnings: string[] = []
  const { output, changes } = await runConfig(raw, { pool, warn: (text) => warnings.push(text) })
  return { path: output as string, warnings, changes }
}

/** The fractions of values in `/system/changed`. */
async function changedIn(path: string): Promise<Record<string, number>> {
  const h5 = await openHdf5(path)
  const names = (h5.file.get('/system/changed') as Group).keys()
  const fraction = (name: string): number => Number(readDataset(h5, `/system/changed/${name}/fraction`).data[0])
  const fractions = Object.fromEntries(names.map((name) => [name, fraction(name)]))
  h5.close()
  return fractions
}

const maps = ({ pedestal, gainMap, noise }: Movie): CalibrationConfig => ({
  pedestal,
  gainMap,
  noise,
  adusPerPhoton: 100,
})

describe('known contrast', () => {
  const cases = [0.05, 0.5, 5].flatMap((mean) => [0.1, 0.15].map((noise) => ({ mean, noise })))

  it.each(cases)('$mean photons per pixel, noise $noise: within 3 errors, no warning', async ({ mean, noise }) => {
    const model = { noise, lineLength: 64 * 64 }
    const movie = await writeMovie(folder, `m${mean}n${noise}`, { shape: [64, 64], events: 600, mean, seed: 2, model })
    const calibration = { ...maps(movie), commonMode: 'panel', photonize: 'round' } as const
    const { path, warnings } = await run(config(movie.raw, calibration))
    const { curves } = await readCurves(path, '/user/final')
    const { curves: ofPhotons } = await readCurves((await run(config(movie.photons, {}))).path, '/user/final')
    delays.forEach((delay, d) => {
      const error = curves.error[d]
      expect(Math.abs(curves.g2[d] - movie.truth.g2(1, delay)), `delay ${delay}`).toBeLessThan(3 * error)
      expect(Math.abs(curves.g2[d] - ofPhotons.g2[d]), `delay ${delay}, photons`).toBeLessThan(0.6 * error)
      expect(error).toBeLessThan(0.1 * (movie.truth.g2(1, 1) - 1))
    })
    expect(warnings).toEqual([])
  })

  it('floats without photonisation: noise of one frame is none of another, so g2 is right too', async () => {
    const movie = await writeMovie(folder, 'floats', {
      shape: [64, 64],
      events: 600,
      mean: 0.5,
      model: { noise: 0.25, commonMode: 0 },
    })
    const { path, warnings } = await run(config(movie.raw, maps(movie)))
    const { curves } = await readCurves(path, '/user/final')
    expect(Math.abs(curves.g2[0] - movie.truth.g2(1, 1))).toBeLessThan(3 * curves.error[0])
    expect(warnings.join()).toMatch(
      /one photon is less than 5 sigma of the noise in 4096 of 4096 pixels \(100 %; median 4/,
    )
  })

  it('noise of 0.25 photon: photons cannot be counted, the contrast is wrong and the run says so beforehand', async () => {
    const movie = await writeMovie(folder, 'noisy', {
      shape: [64, 64],
      events: 600,
      mean: 0.05,
      model: { noise: 0.25 },
    })
    const { path, warnings } = await run(config(movie.raw, { ...maps(movie), commonMode: 'row', photonize: 'round' }))
    const { curves } = await readCurves(path, '/user/final')
    expect(curves.g2[0] - movie.truth.g2(1, 1)).toBeLessThan(-10 * curves.error[0])
    expect(warnings.join()).toMatch(/median 4 sigma.*noise alone makes about 0\.02\d? photons per pixel and frame/)
  })

  it('values cut at an lld: the run says how many and warns', async () => {
    const movie = await writeMovie(folder, 'cut', {
      shape: [64, 64],
      events: 200,
      mean: 0.05,
      model: { commonMode: 0 },
    })
    const { path, warnings, changes } = await run(config(movie.raw, { ...maps(movie), lld: 1e-5 }))
    const [lld] = changes
    expect(lld?.name).toBe('lld')
    expect(lld?.of).toBe(64 * 64 * 200)
    const fraction = (lld?.changed ?? 0) / (lld?.of ?? 1)
    expect(fraction).toBeGreaterThan(0.4)
    expect(await changedIn(path)).toEqual({ lld: fraction })
    expect(warnings.join()).toMatch(/lld changed [\d,]+ of 819,200 values \(4\d %\): .*set calibration.photonize/)
  })
})

/** What only a run with calibration has. */
const ofCalibration = /calibration|^\/system\/changed /

describe('counted photons', () => {
  const model = { noise: 0.05, commonMode: 0.05 }

  it('are the photons themselves: equal files but for the data, whatever the ranks, blocks and sums', async () => {
    const movie = await writeMovie(folder, 'exact', { shape: [2, 20, 48], events: 150, mean: 0.5, model })
    const calibration = { ...maps(movie), commonMode: 'row', photonize: 'round' } as const
    for (const average of [1, 2]) {
      const truth = await run(config(movie.photons, {}, { average }))
      for (const [numWorkers, numServers, blockSize] of [
        [1, 1, 1024],
        [3, 2, 7],
      ]) {
        const own = await run(config(movie.raw, calibration, { average, numWorkers, numServers, blockSize }))
        const { differences } = await compareFiles(truth.path, own.path, { exact: true })
        expect(differences.filter((line) => !ofCalibration.test(line))).toEqual([])
      }
    }
  })

  it('and values that thresholds change are the same number of values, whatever the ranks and blocks', async () => {
    const movie = await writeMovie(folder, 'thresholds', { shape: [20, 48], events: 150, mean: 0.5, model })
    const calibration = { ...maps(movie), commonMode: 'row', lld: 0.3 } as const
    const paths: string[] = []
    for (const [numWorkers, numServers, blockSize] of [
      [1, 1, 1024],
      [3, 2, 7],
    ]) {
      const raw = config(movie.raw, calibration, { numWorkers, numServers, blockSize, update: 40, times: 60 })
      const userParams = { ...raw.userParams, notzero: 0.25, saturatedValue: 4 }
      const { path, changes } = await run({ ...raw, userParams })
      expect(await changedIn(path)).toEqual(
        Object.fromEntries(changes.map(({ name, changed, of }) => [name, changed / of])),
      )
      paths.push(path)
    }
    const photons = readNpy(movie.photons).data
    const bright = Array.from(photons).filter((count) => count > 4).length / photons.length
    const fractions = await changedIn(paths[0])
    expect(Object.keys(fractions).sort()).toEqual(['commonMode', 'lld', 'notzero', 'saturatedValue'])
    // Noise of 0.05 photon: what lld or notzero touches is empty, but for one in 1e5; pixels of 4 photons lie on both sides of 4.
    const empty = Array.from(photons).filter((count) => count === 0).length / photons.length
    expect(fractions.lld).toBeCloseTo(empty, 3)
    expect(fractions.notzero).toBeCloseTo(empty, 3)
    expect(fractions.saturatedValue).toBeGreaterThan(bright)
    const { differences } = await compareFiles(paths[0], paths[1], { exact: true })
    expect(differences).toEqual([])
  })

  it('by threshold, by row, column and panel: the same', async () => {
    const movie = await writeMovie(folder, 'same', {
      shape: [32, 40],
      events: 100,
      mean: 0.2,
      model: { noise: 0.05, commonMode: 0 },
    })
    const truth = await run(config(movie.photons, {}))
    for (const commonMode of ['row', 'column', 'panel'] as const) {
      const own = await run(config(movie.raw, { ...maps(movie), commonMode, photonize: 'threshold' }))
      const { differences } = await compareFiles(truth.path, own.path, { exact: true })
      expect(differences.filter((line) => !ofCalibration.test(line))).toEqual([])
    }
  })

  it('of more than 255 need no other setting', async () => {
    const shape = [16, 16]
    const photons = Uint16Array.from({ length: 40 * 256 }, (_, k) => (k % 977 === 3 ? 300 + (k % 5) : k % 4))
    const file = (name: string): string => join(folder, name)
    writeNpy(file('many.npy'), photons, [40, ...shape])
    writeNpy(
      file('many.raw.npy'),
      photons.map((n) => 1000 + 100 * n),
      [40, ...shape],
    )
    const truth = await run(config(file('many.npy'), {}))
    const own = await run(
      config(file('many.raw.npy'), { pedestal: 1000, adusPerPhoton: 100, photonize: 'round' }, { blockSize: 4 }),
    )
    const { differences } = await compareFiles(truth.path, own.path, { exact: true })
    expect(differences.filter((line) => !ofCalibration.test(line))).toEqual([])
  })

  it('bad pixels leave the mask', async () => {
    const movie = await writeMovie(folder, 'bad', { shape: [16, 16], events: 60, mean: 0.5, model })
    const file = (name: string): string => join(folder, name)
    const bad = new Uint8Array(256)
    for (const pixel of [3, 77, 255]) bad[pixel] = 4
    writeNpy(file('badPixels.npy'), bad, [16, 16])
    writeNpy(
      file('goodMask.npy'),
      bad.map((value) => (value === 0 ? 1 : 0)),
      [16, 16],
    )
    const truth = await run(config(movie.photons, {}, { maskNdarrayCoords: file('goodMask.npy') }))
    const calibration = { ...maps(movie), commonMode: 'row', photonize: 'round' } as const
    const own = await run(config(movie.raw, { ...calibration, badPixels: file('badPixels.npy') }))
    const { differences } = await compareFiles(truth.path, own.path, { exact: true })
    expect(differences.filter((line) => !ofCalibration.test(line))).toEqual([])
  })
})

describe('the same by other ways', () => {
  it('--test-alt calibrates step by step', async () => {
    const movie = await writeMovie(folder, 'alt', { shape: [12, 40], events: 80, mean: 0.5, model: { noise: 0.2 } })
    const calibration = { ...maps(movie), commonMode: 'row', lld: 0.2 } as const
    const raw = config(movie.raw, calibration, { times: 100 })
    const own = await run(raw)
    const alt = { ...raw, systemParams: { ...raw.systemParams, h5output: join(folder, 'alt.h5') } }
    const { resolved } = await resolveConfig(alt, { configPath: null, baseDir: folder }, { classes })
    const { output } = await runAlternative(resolved)
    const ignore = ['accounting', 'xpcs', 'entry', 'run', 'system']
    const { differences } = await compareFiles(own.path, output as string, { ignore, common: true })
    expect(differences).toEqual([])
  })

  it("a class arranges the steps: the engine's own steps give the engine's own bits, a step of one's own is used", async () => {
    const movie = await writeMovie(folder, 'own', { shape: [16, 40], events: 80, mean: 0.5, model: { noise: 0.1 } })
    const calibration = { ...maps(movie), commonMode: 'row', photonize: 'round' } as const
    const userClass = fileURLToPath(new URL('./classes/ownSteps.ts', import.meta.url))
    const plain = await run(config(movie.raw, calibration))
    const withOwn = (commonMode: string): ParcoranaConfig => {
      const raw = config(movie.raw, calibration, { userClass })
      return { ...raw, userParams: { ...raw.userParams, commonMode } }
    }
    const data = (differences: readonly string[]) => differences.filter((line) => /\/(G2|IP|IF)\/delay/.test(line))
    const kept = await run(withOwn('engine'))
    expect(data((await compareFiles(plain.path, kept.path, { exact: true })).differences)).toEqual([])
    const median = await run(withOwn('median'))
    expect(data((await compareFiles(plain.path, median.path, { exact: true })).differences)).toEqual([])
    const none = await run(withOwn('none'))
    expect(data((await compareFiles(plain.path, none.path, { exact: true })).differences)).not.toEqual([])
  })
})

it('check shows the steps and plans the memory', async () => {
  const movie = await writeMovie(folder, 'check', { shape: [32, 40], events: 40, mean: 0.5 })
  const explain = async (calibration: CalibrationConfig) => {
    const raw = config(movie.raw, calibration)
    const { resolved } = await resolveConfig(raw, { configPath: null, baseDir: folder }, { classes })
    return (await prepare(resolved)).explanation
  }
  const server = ({ ranks }: Awaited<ReturnType<typeof explain>>) => ranks.find(({ role }) => role === 'server')?.bytes
  const [without, own] = [await explain({}), await explain({ ...maps(movie), photonize: 'round' })]
  expect((server(own) as number) - (server(without) as number)).toBeGreaterThan(40 * 1280 * 2)
  expect(own.bytesInFlight).toBe(without.bytesInFlight)
})
