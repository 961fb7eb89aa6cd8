// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a right configuration becomes: precedence, paths, translations, defaults, what the result file stores. */
import { describe, expect, it } from 'vitest'
import { environmentName } from '../../src/config/overrides.js'
import { experimentFacts } from '../../src/config/experiment.js'
import { experimentKeys, systemRunKeys, userPathKeys } from '../../src/config/keyKinds.js'
import { systemFields } from '../../src/config/schema/system.js'
import { experimentFields, userFields } from '../../src/config/schema/user.js'
import { storedParams } from '../../src/config/stored.js'
import { testMode } from '../../src/config/testModes.js'
import { G2AtEnd, G2Common, MultiTau, resolved, temporaryFolder, withSystem } from './support.js'

const { write } = temporaryFolder()

describe('precedence', () => {
  const raw = { systemParams: { dataset: 'npy:in.npy', numWorkers: 2, h5output: 'file.h5' } }
  it('command line before environment before file before default', async () => {
    const env = { PARCORANA_NUM_WORKERS: '3', PARCORANA_TIMES: '30', PARCORANA_SHARED: '/x' }
    const load = async (options: object) => (await resolved(raw, options)).resolved.systemParams.numWorkers
    expect(await load({})).toBe(2)
    expect(await load({ env })).toBe(3)
    expect(await load({ env, overrides: { numWorkers: '4' } })).toBe(4)
    expect(await load({ env, overrides: { numWorkers: undefined } })).toBe(3)
    const { resolved: config, notes } = await resolved(raw, { env, overrides: { numWorkers: 'auto' } })
    expect(config.systemParams).toMatchObject({ numWorkers: 'auto', times: 30, update: 0 })
    expect(config.sources).toMatchObject({
      'systemParams.numWorkers': 'command line',
      'systemParams.times': 'environment',
    })
    expect(config.sources['systemParams.update']).toBeUndefined()
    expect(notes).toContain("Override config file parameter numWorkers with value 'auto' (command line)")
    expect(notes).toContain('Override config file parameter times with value 30 (environment)')
  })

  it('names of environment variables', () => {
    expect(environmentName('numWorkers')).toBe('PARCORANA_NUM_WORKERS')
    expect(environmentName('testH5output')).toBe('PARCORANA_TEST_H5OUTPUT')
    expect(environmentName('h5arrays')).toBe('PARCORANA_H5ARRAYS')
  })

  it('paths of the command line count from the current folder, others from the file', async () => {
    const overrides = { maskNdarrayCoords: 'm.npy', dataset: 'npy:d.npy?counters=c.npy', 'userParams.qmap': 'q.h5' }
    const { resolved: config } = await resolved(raw, { overrides })
    expect(config.systemParams).toMatchObject({
      h5output: '/base/file.h5',
      testH5output: '/base/g2_test.h5',
      maskNdarrayCoords: '/here/m.npy',
      dataset: { format: 'npy', path: '/here/d.npy', counters: '/here/c.npy' },
    })
    expect(config.analyses[0]?.userParams.qmap).toBe('/here/q.h5')
  })

  it('-n lowers times, never raises it', async () => {
    const times = async (overrides: object, system: object = {}) =>
      (
        await resolved(
          { systemParams: { dataset: 'npy:i.npy', times: 50, ...system } },
          { overrides: { ...overrides } },
        )
      ).resolved.systemParams.times
    expect(await times({ numEvents: '20' })).toBe(20)
    expect(await times({ numEvents: 80 })).toBe(50)
    expect(await times({ numEvents: 0 })).toBe(50)
    expect(await times({}, { numEvents: 20 })).toBe(50)
    expect(await times({ numEvents: 20, times: 40 })).toBe(40)
  })
})

describe('datasets', () => {
  it.each([
    [
      'npy:in.npy?counters=t.npy&streams=/s.npy&vars.ipm=i.npy',
      { counters: '/base/t.npy', streams: '/s.npy', vars: { ipm: '/base/i.npy' } },
    ],
    ['in.npy', { format: 'npy', path: '/base/in.npy' }],
    [
      'hdf5:r.h5?dataset=/entry/data&counters=entry/t',
      { format: 'hdf5', path: '/base/r.h5', dataset: '/entry/data', counters: 'entry/t' },
    ],
    ['/abs/r.nxs', { format: 'hdf5', path: '/abs/r.nxs' }],
    ['synthetic:?events=100&sparse=true', { format: 'synthetic', path: '', events: 100, sparse: true }],
    [
      { format: 'synthetic', shape: [3, 4] },
      { format: 'synthetic', path: '', shape: [3, 4] },
    ],
    [
      { path: 'in.npy', vars: { a: 'a.npy' } },
      { format: 'npy', path: '/base/in.npy', vars: { a: '/base/a.npy' } },
    ],
  ])('%j', async (dataset, spec) => {
    const { resolved: config } = await withSystem({ dataset })
    expect(config.systemParams.dataset).toMatchObject(spec)
  })
})

describe('ParCorAna keys', () => {
  it('are translated, with a note each', async () => {
    const { resolved: config, notes } = await resolved({
      system_params: {
        dataset: 'npy:in.npy',
        testh5output: 't.h5',
        elementsPerWorker: 100,
        workerStoreDtype: 'np.float32',
        verbosity: 'warn',
        userClass: 'G2atEnd',
        numEvents: null,
        delays: Int32Array.of(1, 2, 5),
        filters: [{ var: 'laser', max: 1 }],
      },
      user_params: { ipimb_srcs: ['a', 'b'], ipimb_threshold_lower: 0.1, notzero: 1e-5 },
    })
    const { systemParams, analyses } = config
    expect(systemParams).toMatchObject({
      testH5output: '/base/t.h5',
      workerStoreDtype: 'float32',
      verbosity: 'WARNING',
      numEvents: 0,
      filters: [
        { var: 'laser', min: null, max: 1 },
        { var: 'a', min: 0.1, max: null },
        { var: 'b', min: 0.1, max: null },
      ],
    })
    expect(analyses[0]).toMatchObject({ className: 'G2AtEnd', delays: [1, 2, 5], userParams: { notzero: 1e-5 } })
    for (const words of [
      'system_params is taken',
      'testh5output is taken',
      'elementsPerWorker is ignored',
      "'b' became",
    ]) {
      expect(notes.join('\n')).toContain(words)
    }
  })

  it('ipimb_srcs may be empty', async () => {
    const { resolved: config } = await withSystem({}, { ipimb_srcs: [], ipimb_threshold_lower: 0.05 })
    expect(config.systemParams.filters).toEqual([])
  })
})

describe('analyses', () => {
  it('inherit what they leave out', async () => {
    class Own extends G2Common {}
    const { resolved: config } = await resolved({
      systemParams: { dataset: 'npy:in.npy', delays: [1, 2], userClass: G2AtEnd },
      userParams: { colorNdarrayCoords: 'c.npy', notzero: 1 },
      analyses: [
        { name: 'plain' },
        { name: 'mine', userClass: Own, delays: [7], userParams: { notzero: 2, threshold: 3 } },
        { name: 'tau', userClass: MultiTau, userParams: { delaysPerLevel: 4 } },
      ],
    })
    const [plain, mine, tau] = config.analyses
    const colors = { colorNdarrayCoords: '/base/c.npy' }
    expect(plain).toMatchObject({
      name: 'plain',
      className: 'G2AtEnd',
      delays: [1, 2],
      userParams: { ...colors, notzero: 1 },
    })
    expect(mine).toMatchObject({
      userClass: { kind: 'config', configPath: '/base/config.ts', analysis: 1 },
      delays: [7],
      userParams: { ...colors, notzero: 2, threshold: 3, normalization: 'finecolor' },
    })
    expect(tau).toMatchObject({ delays: [], userParams: { delaysPerLevel: 4, normalization: 'static' } })
  })
})

describe('test modes', () => {
  const raw = {
    systemParams: {
      dataset: 'npy:i.npy',
      maskNdarrayCoords: 'm.npy',
      testMaskNdarrayCoords: 't.npy',
      numServers: 3,
      testNumEvents: 7,
    },
  }
  it('take the test values', async () => {
    const { resolved: config } = await resolved(raw)
    const main = testMode(config, 'main').resolved.systemParams
    expect(main).toMatchObject({
      maskNdarrayCoords: '/base/t.npy',
      numEvents: 7,
      numServers: 3,
      h5output: '/base/g2_%C.h5',
    })
    const { resolved: alt, notes } = testMode(config, 'alt')
    expect(alt.systemParams).toMatchObject({
      maskNdarrayCoords: '/base/t.npy',
      numEvents: 7,
      numServers: 1,
      h5output: '/base/g2_test.h5',
    })
    expect(notes).toContain('test mode: numServers is 1, from the alternative test, which is serial')
  })

  it('leave what the command line says', async () => {
    const { resolved: config } = await resolved(raw, {
      overrides: { numEvents: 5, h5output: 'o.h5', maskNdarrayCoords: 'x.npy' },
    })
    expect(testMode(config, 'alt').resolved.systemParams).toMatchObject({
      maskNdarrayCoords: '/here/x.npy',
      numEvents: 5,
      h5output: '/here/o.h5',
    })
  })
})

describe('stored parameters', () => {
  it('do not differ between equal runs', async () => {
    const run = (folder: string, system: object) =>
      resolved(
        {
          systemParams: {
            dataset: `npy:${folder}/i.npy?vars.ipm=${folder}/v.npy`,
            delays: [1, 2],
            filters: [{ var: 'ipm', min: 1 }],
            ...system,
          },
          userParams: { colorNdarrayCoords: `${folder}/c.npy`, notzero: 0.5 },
        },
        {},
      )
    const a = storedParams((await run('/a', { numWorkers: 1, h5output: 'a.h5' })).resolved)
    const b = storedParams(
      (await run('/b', { numWorkers: 5, blockSize: 7, workerStoreDtype: 'float64', verbosity: 'DEBUG' })).resolved,
    )
    expect(a.systemParams).toEqual(b.systemParams)
    expect(a.userParams).toEqual(b.userParams)
    expect(JSON.stringify([a.systemParams, a.userParams])).not.toMatch(/"\/|\.npy|\.h5/)
    expect(a.systemParams).toMatchObject({
      delays: [1, 2],
      userClass: 'G2IncrementalAccumulator',
      dataset: { vars: ['ipm'] },
    })
    expect(b.run).toMatchObject({
      numWorkers: 5,
      blockSize: 7,
      'dataset.format': 'npy',
      'dataset.path': '/b/i.npy',
      'userParams.colorNdarrayCoords': '/b/c.npy',
    })
  })
})

describe('lists of keys', () => {
  it('agree with the schema', () => {
    const run = Object.entries(systemFields).filter(([, field]) => field.path === true || field.stored === 'run')
    expect([...systemRunKeys].sort()).toEqual(run.map(([key]) => key).sort())
    expect(userPathKeys).toEqual(Object.keys(userFields).filter((key) => userFields[key as 'qmap'].path === true))
    expect(experimentKeys).toEqual(Object.keys(experimentFields))
  })
})

describe('experiment', () => {
  it('comes from command line, config, metadata file, raw file, in this order', async () => {
    const metadataFile = write('meta.json', '{ "energyKev": 9, "distanceM": 5, "sample": "silica", "other": 1 }')
    const { resolved: config } = await resolved(
      {
        systemParams: {
          dataset: 'npy:i.npy',
          metadataFile,
          experiment: { energyKev: 8, pixelSizeM: 1e-4, colorQ: [0.1, 0.2] },
        },
      },
      { overrides: { 'experiment.pixelSizeM': '55e-6' } },
    )
    const { values, sources } = experimentFacts(config, {
      energyKev: 7,
      distanceM: 4,
      exposureSeconds: 0.1,
      startTime: 'now',
    })
    expect(values).toMatchObject({
      pixelSizeM: 55e-6,
      energyKev: 8,
      distanceM: 5,
      sample: 'silica',
      exposureSeconds: 0.1,
      tickSeconds: null,
      startTime: 'now',
    })
    expect(sources).toMatchObject({
      pixelSizeM: 'command line',
      energyKev: 'config',
      distanceM: 'metadata',
      exposureSeconds: 'raw file',
      tickSeconds: 'unknown',
    })
    expect(JSON.parse(String(values.colorQ))).toEqual({ 1: 0.1, 2: 0.2 })
    expect(values.other).toBeUndefined()
  })

  it('says what is wrong with the metadata file', async () => {
    const facts = async (metadataFile: string) => experimentFacts((await withSystem({ metadataFile })).resolved, {})
    await expect(facts('/nowhere.json')).rejects.toThrow('systemParams.metadataFile /nowhere.json does not exist')
    await expect(facts(write('wrong.json', '{ "energyKev": "x" }'))).rejects.toThrow(
      /wrong\.json: energyKev is 'x', but must be a number above 0/,
    )
    await expect(facts(write('text.json', 'hello'))).rejects.toThrow(/text\.json is not valid JSON/)
  })
})
