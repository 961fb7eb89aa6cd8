// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Panels of several read-out chips, each with a common mode of its own. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CalibrationConfig, ParcoranaConfig } from '../../src/config/types.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { readDataset } from '../../src/io/hdf5Read.js'
import { writeNpy } from '../../src/io/npy.js'
import { compareFiles } from '../../src/results/cmp.js'
import { linesOf } from '../../src/roles/calibration/spec.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { randomNumbers } from '../quality/movies.js'
import { runConfig } from '../reference/runCase.js'
import { runCli } from '../support/cli.js'
import { temporaryFolder } from '../support/folder.js'

describe('pixels that share a common mode', () => {
  const cspad = [32, 185, 388]
  const asic = [185, 194] as const

  it('of a CSPAD with two chips per panel', () => {
    const of = (commonMode: 'row' | 'column' | 'panel') => linesOf(cspad, { commonMode, asic })
    expect(of('row')).toEqual({ kind: 'lines', length: 194, rows: 1, count: 32 * 185 * 2, joined: 1 })
    expect(of('column')).toEqual({ kind: 'columns', length: 388, rows: 185, count: 32 * 388, joined: 1 })
    expect(of('panel')).toEqual({ kind: 'columns', length: 388, rows: 185, count: 32 * 388, joined: 194 })
  })

  it('of chips as wide as the panel', () => {
    const lines = linesOf([704, 768], { commonMode: 'panel', asic: [352, 768] })
    expect(lines).toEqual({ kind: 'lines', length: 352 * 768, rows: 1, count: 2, joined: 1 })
    const columns = linesOf([704, 768], { commonMode: 'column', asic: [352, 384] })
    expect(columns).toEqual({ kind: 'columns', length: 768, rows: 352, count: 2 * 768, joined: 1 })
  })

  it('of whole panels where nothing is said', () => {
    const whole = linesOf(cspad, { commonMode: 'panel', asic: null })
    expect(whole).toEqual({ kind: 'lines', length: 185 * 388, rows: 1, count: 32, joined: 1 })
    expect(linesOf(cspad, { commonMode: 'none', asic: null })).toBeNull()
    expect(() => linesOf(cspad, { commonMode: 'row', asic: [185, 200] })).toThrow(
      'a panel of the detector has 185 x 388',
    )
  })
})

describe('a run', () => {
  const [panels, rows, columns, events] = [2, 24, 32, 60]
  const size = panels * rows * columns
  const folder = temporaryFolder('asic')
  const pool = new ThreadPool({ threads: 6 })
  const file = (name: string): string => join(folder, name)
  afterAll(() => pool.destroy())

  beforeAll(() => {
    const random = randomNumbers(3)
    const photons = new Uint8Array(events * size)
    const raw = new Uint16Array(events * size)
    const dark = new Uint16Array(events * size)
    for (let e = 0; e < events; e++) {
      // Four chips of 12 x 16 pixels per panel.
      const shifts = Array.from({ length: panels * 4 }, () => Math.round(40 * (random() - 0.5)))
      for (let p = 0; p < size; p++) {
        const at = e * size + p
        const chip = 2 * Math.floor(p / columns / 12) + Math.floor((p % columns) / 16)
        const noise = Math.round(4 * (random() - 0.5))
        photons[at] = random() < 0.2 ? 1 + Math.floor(3 * random()) : 0
        raw[at] = 1000 + 100 * photons[at] + shifts[chip] + noise
        dark[at] = 1000 + shifts[chip] + noise
      }
    }
    const shape = [events, panels, rows, columns]
    writeNpy(file('photons.npy'), photons, shape)
    writeNpy(file('raw.npy'), raw, shape)
    writeNpy(file('dark.npy'), dark, shape)
  })

  async function run(name: string, data: string, calibration: CalibrationConfig): Promise<string> {
    const engine = { delays: [1, 3], times: events, numWorkers: 2, verbosity: 'ERROR', h5output: file(name) } as const
    const systemParams = { dataset: { format: 'npy', path: file(data) }, calibration, ...engine }
    const config: ParcoranaConfig = { systemParams, userParams: { normalization: 'ring' } }
    return (await runConfig(config, { pool })).output as string
  }

  it.each(['panel', 'row', 'column'] as const)('by %s of a chip finds the photons themselves', async (commonMode) => {
    const truth = await run(`${commonMode}-truth.h5`, 'photons.npy', {})
    const asic = [12, 16] as const
    const calibration = { pedestal: 1000, adusPerPhoton: 100, photonize: 'round', commonMode, asic } as const
    // A limit that shift and noise stay within: rows and columns of a chip have few values.
    const own = await run(`${commonMode}.h5`, 'raw.npy', { ...calibration, commonModeLimit: 50 })
    const { differences } = await compareFiles(truth, own, { exact: true })
    expect(differences.filter((line) => !/calibration|\/system\/changed /.test(line))).toEqual([])
    const h5 = await openHdf5(own)
    const lines = Number(readDataset(h5, '/system/changed/commonMode/of').data[0])
    h5.close()
    expect(lines).toBe(events * panels * 4 * { panel: 1, row: 12, column: 16 }[commonMode])
  })

  it('dark frames: noise without the shifts of chips', async () => {
    const noiseOf = async (output: string, ...args: string[]): Promise<number> => {
      const { code, stderr } = await runCli(['dark', 'dark.npy', '-o', output, ...args], { cwd: folder })
      expect(code, stderr).toBe(0)
      const h5 = await openHdf5(file(output))
      const noise = Float64Array.from(readDataset(h5, '/dark/noise').data as Float32Array).sort()
      h5.close()
      return noise[size / 2]
    }
    expect(await noiseOf('dark-chip.h5', '--common-mode', 'panel', '--asic', '12,16')).toBeLessThan(1.5)
    expect(await noiseOf('dark-panel.h5', '--common-mode', 'panel')).toBeGreaterThan(8)
    const { stderr } = await runCli(['dark', 'dark.npy', '-o', 'x.h5', '--asic', '12x16'], { cwd: folder })
    expect(stderr).toContain("--asic is '12x16'; give rows,columns, such as 185,194")
  })
})
