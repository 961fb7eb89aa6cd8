// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana dark`, and a run with what it makes: from dark frames to the known contrast, as a user does it. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeDark } from '../../src/driver/dark.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { readNpy, writeNpy } from '../../src/io/npy.js'
import { readCurves } from '../../src/results/reader.js'
import { badBits, findBadPixels } from '../../src/roles/calibration/badPixels.js'
import { DarkFrames } from '../../src/roles/calibration/darkMaps.js'
import { runCli } from '../support/cli.js'
import { put, temporaryFolder } from '../support/folder.js'
import { writeMovie } from './movies.js'

const folder = temporaryFolder('dark')
const file = (name: string): string => join(folder, name)
const settings = { cwd: folder, overwrite: false, frames: 0, sigmas: 6, commonMode: 'none', asic: null } as const

async function mapsIn(path: string): Promise<Record<'pedestal' | 'noise' | 'badPixels' | 'status', number[]>> {
  const h5 = await openHdf5(path)
  const read = (name: string): number[] => Array.from(readDataset(h5, `/dark/${name}`).data)
  const maps = {
    pedestal: read('pedestal'),
    noise: read('noise'),
    badPixels: read('badPixels'),
    status: read('status'),
  }
  h5.close()
  return maps
}

describe('mean and standard deviation', () => {
  it('equal the two-pass formulas, without holes', () => {
    const frames = Float64Array.of(1e6 + 1, 5, Number.NaN, 1e6 + 3, 5, Number.NaN, 1e6 + 8, 5, 7)
    const sums = new DarkFrames(3)
    sums.add(frames.subarray(0, 3), 1)
    sums.add(frames.subarray(3), 2)
    const { mean, deviation, values } = sums.result()
    expect(Array.from(mean)).toEqual([1e6 + 4, 5, 7])
    expect(Array.from(deviation)).toEqual([Math.sqrt(13), 0, Number.NaN])
    expect(Array.from(values)).toEqual([3, 3, 1])
  })
})

describe('bad pixels', () => {
  const shape = [2, 10, 10]
  const mean = Float64Array.from({ length: 200 }, (_, p) => (p < 100 ? 1000 : 2000) + (p % 7))
  const deviation = Float64Array.from({ length: 200 }, (_, p) => 10 + (p % 5) / 10)

  it('none among even ones, panels apart', () => {
    expect(findBadPixels(mean, deviation, shape, 6).every((bits) => bits === 0)).toBe(true)
  })

  it('each by its own bit', () => {
    const [means, noises] = [mean.slice(), deviation.slice()]
    noises[3] = 0
    noises[14] = 30
    noises[25] = 2
    noises[36] = Number.NaN
    means[47] = 1100
    means[158] = 1900
    means[169] = 2100
    noises[169] = 40
    const status = findBadPixels(means, noises, shape, 6)
    const found = Object.fromEntries([...status.entries()].filter(([, bits]) => bits !== 0))
    const { dead, noisy, quiet, hot, cold, 'without value': none } = badBits
    expect(found).toEqual({ 3: dead, 14: noisy, 25: quiet, 36: none, 47: hot, 158: cold, 169: hot | noisy })
  })
})

describe('parcorana dark', () => {
  const shape = [2, 32, 64]

  it('finds pedestal and noise within their errors, and no good pixel bad', async () => {
    const options = { shape, events: 1, mean: 1, darkFrames: 400, model: { commonMode: 0 } }
    const { dark, detector } = await writeMovie(folder, 'plain', options)
    const report = await makeDark({ ...settings, dataset: dark, output: file('plain.h5') })
    const { pedestal, noise, badPixels } = await mapsIn(report.output)
    const sigma = Math.hypot(10, Math.sqrt(1 / 12))
    const offs = pedestal.map((value, p) => (value - detector.pedestal[p]) / (sigma / 20))
    expect(offs.reduce((sum, off) => sum + off * off, 0) / offs.length).toBeCloseTo(1, 1)
    expect(noise.reduce((sum, value) => sum + value, 0) / noise.length).toBeCloseTo(sigma, 1)
    expect(badPixels.filter((bad) => bad === 1).length).toBeLessThan(3)
    expect(report.frames).toBe(400)
  })

  it('tells noise from a common mode, and marks what is bad', async () => {
    const options = { shape, events: 1, mean: 1, darkFrames: 300, model: { commonMode: 0.3 } }
    const { dark } = await writeMovie(folder, 'shifted', options)
    const { data } = readNpy(dark)
    for (let frame = 0; frame < 300; frame++) {
      data[frame * 4096 + 100] = 900
      data[frame * 4096 + 200] = frame % 2 === 0 ? 500 : 1500
      data[frame * 4096 + 300] += 5000
    }
    writeNpy(file('bad.npy'), data, [300, ...shape])
    const without = await makeDark({ ...settings, dataset: 'bad.npy', output: file('total.h5') })
    const row = await makeDark({ ...settings, dataset: 'bad.npy', output: file('row.h5'), commonMode: 'row' })
    expect(without.noise.median).toBeGreaterThan(25)
    expect(row.noise.median).toBeGreaterThan(9.5)
    expect(row.noise.median).toBeLessThan(10.5)
    const { status } = await mapsIn(row.output)
    expect([status[100], status[200], status[300]]).toEqual([badBits.dead, badBits.noisy, badBits.hot])
  })

  it('is all that a run needs', async () => {
    const model = { noise: 0.1, commonMode: 0.1, gainSpread: 0 }
    const movie = await writeMovie(folder, 'run', { shape: [48, 64], events: 400, mean: 0.3, darkFrames: 400, model })
    const made = await runCli(
      ['dark', movie.dark, '-o', 'run.h5', '--common-mode', 'row', '--adus-per-photon', '100'],
      {
        cwd: folder,
      },
    )
    expect(made.stderr).toMatch(
      /dark +400 frames of 48 x 64\npedestal median .*\nnoise +median .*\nbad .*\nphoton +10\.\d+ sigma/,
    )
    expect(made.stdout).toBe(`${file('run.h5')}\n`)
    const maps = { pedestal: 'run.h5', noise: 'run.h5', badPixels: 'run.h5:/dark/badPixels', adusPerPhoton: 100 }
    const calibration = { ...maps, commonMode: 'row', photonize: 'round' }
    put(folder, 'run.json', {
      systemParams: {
        dataset: 'run.raw.npy',
        calibration,
        delays: [1, 3],
        times: 50,
        h5output: 'g2.h5',
        numWorkers: 1,
      },
      userParams: { normalization: 'ring', notzero: 1 },
    })
    const { code, stderr } = await runCli(['-c', 'run.json', '--no-progress'], { cwd: folder })
    expect(code).toBe(0)
    expect(
      stderr.match(
        /event [012]: spread \(standard deviation over the used pixels\) [\d.]+ raw, [\d.]+ ADU calibrated/g,
      ),
    ).toHaveLength(3)
    expect(stderr).toMatch(/notzero raised [\d,]+ of [\d,]+ values \(7\d %\)/)
    expect(stderr).toMatch(/warning: notzero raised .* set userParams.notzero to null/)
    const check = await runCli(['check', '-c', 'run.json'], { cwd: folder })
    expect(check.stdout).toMatch(
      /calibrate subtract pedestal .*run\.h5\n +subtract common mode of each row, values within half a photon\n/,
    )
    put(folder, 'run.json', {
      systemParams: {
        dataset: 'run.raw.npy',
        calibration,
        delays: [1, 3],
        times: 400,
        h5output: 'g2b.h5',
        numWorkers: 1,
      },
      userParams: { normalization: 'ring' },
    })
    expect((await runCli(['-c', 'run.json', '-q'], { cwd: folder })).stderr).not.toMatch(/warning/)
    const { curves } = await readCurves(file('g2b.h5'), '/user/final')
    curves.delays.forEach((delay, d) => {
      expect(Math.abs(curves.g2[d] - movie.truth.g2(1, delay))).toBeLessThan(3 * curves.error[d])
    })
  })

  it('says what is wrong in one sentence', async () => {
    writeNpy(file('one.npy'), new Uint16Array(12), [1, 3, 4])
    put(folder, 'dark.h5', 'here')
    const say = async (...args: string[]) => (await runCli(['dark', ...args], { cwd: folder })).stderr.trim()
    expect(await say('one.npy')).toMatch(/dark\.h5 exists already; choose another name \(-o\) or give --overwrite$/)
    expect(await say('one.npy', '-o', 'new.h5')).toMatch(/one\.npy has 1 dark frames; at least 2 are needed/)
    expect(await say('none.npy', '-o', 'new.h5')).toMatch(/none\.npy/)
    expect(await say('one.npy', '-o', 'new.h5', '--sigmas', '0')).toMatch(/--sigmas is 0; give a number above 0/)
  })
})
