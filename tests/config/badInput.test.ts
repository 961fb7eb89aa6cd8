// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What users get wrong: one sentence each, with the key, the value and what is allowed. */
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors.js'
import { G2Common, resolved, withSystem } from './support.js'

async function sentence(attempt: Promise<unknown>): Promise<string> {
  const error = await attempt.then(
    () => new Error('nothing was wrong'),
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(ConfigError)
  const { message } = error as Error
  expect(message).not.toContain('\n')
  return message
}

describe('systemParams', () => {
  it.each([
    [{ delay: [1] }, 'unknown key systemParams.delay; did you mean delays?'],
    [{ numWorker: 3 }, 'unknown key systemParams.numWorker; did you mean numWorkers?'],
    [{ MASKNDARRAYCOORDS: 'm' }, 'unknown key systemParams.MASKNDARRAYCOORDS; did you mean maskNdarrayCoords?'],
    [{ maskFile: 'm.npy' }, 'unknown key systemParams.maskFile; did you mean maskNdarrayCoords?'],
    [{ outputFile: 'o.h5' }, 'unknown key systemParams.outputFile; did you mean h5output?'],
    [{ servers: 2 }, 'unknown key systemParams.servers; did you mean numServers?'],
    [{ saturatedValue: 3 }, 'unknown key systemParams.saturatedValue; it belongs into userParams'],
    [{ energyKev: 8 }, 'unknown key systemParams.energyKev; it belongs into experiment'],
    [{ qqqqqqqq: 3 }, 'unknown key systemParams.qqqqqqqq; known keys are dataset, filters, badEvents'],
    [{ times: 0 }, 'systemParams.times is 0, but must be an integer of 1 or more'],
    [{ times: '100' }, "systemParams.times is '100', but must be an integer of 1 or more"],
    [{ times: 2.5 }, 'systemParams.times is 2.5, but must be an integer of 1 or more'],
    [{ times: Number.NaN }, 'systemParams.times is NaN, but must be an integer of 1 or more'],
    [{ update: -1 }, 'systemParams.update is -1, but must be an integer of 0 or more'],
    [{ delays: [] }, 'systemParams.delays is empty; give at least one delay in ticks'],
    [{ delays: 5 }, 'systemParams.delays is 5, but must be a list of integers of 1 or more'],
    [{ delays: [1, 3, 2] }, 'systemParams.delays is not in ascending order: 2 at [2] follows 3; sort it'],
    [{ delays: [1, 2, 2] }, 'systemParams.delays holds 2 twice, at [1] and [2]; leave one out'],
    [{ delays: [3, 1, 3] }, 'systemParams.delays holds 3 twice, at [0] and [2]; leave one out'],
    [{ delays: [1, 2.5] }, 'systemParams.delays[1] is 2.5, but a delay is a whole number of ticks'],
    [{ delays: [-1, 2] }, 'systemParams.delays[0] is -1, but a delay cannot be negative; leave it out'],
    [{ delays: [0, 2] }, 'systemParams.delays[0] is 0, but a delay is 1 tick or more; leave it out'],
    [{ delays: [1, '2'] }, "systemParams.delays[1] is '2', but a delay is a number of ticks"],
    [{ delays: [1, Number.NaN] }, 'systemParams.delays[1] is NaN, but a delay is a whole number of ticks'],
    [{ delays: Float64Array.of(1, 0.5) }, 'systemParams.delays[1] is 0.5, but a delay is a whole number of ticks'],
    [{ numServers: 0 }, 'systemParams.numServers is 0, but must be an integer of 1 or more'],
    [{ numWorkers: 'many' }, "systemParams.numWorkers is 'many', but must be 'auto' or an integer of 1 or more"],
    [{ blockSize: 2000 }, "systemParams.blockSize is 2000, but must be 'auto' or an integer from 1 to 1024"],
    [{ transport: 'tcp' }, "systemParams.transport is 'tcp', but must be 'auto', 'threads' or 'mpi'"],
    [{ workerStoreDtype: 'int64' }, "systemParams.workerStoreDtype is 'int64', but must be 'auto', 'bit', 'uint8'"],
    [{ h5arrays: true }, "systemParams.h5arrays is true, but must be 'final', 'every' or 'none'"],
    [{ verbosity: 'loud' }, "systemParams.verbosity is 'LOUD', but must be 'DEBUG', 'INFO', 'WARNING' or 'ERROR'"],
    [{ serverHosts: ['a', 'b', 'a'] }, "systemParams.serverHosts names 'a' twice; leave one out"],
    [{ overwrite: 'yes' }, "systemParams.overwrite is 'yes', but must be true or false"],
    [{ maskNdarrayCoords: '' }, "systemParams.maskNdarrayCoords is '', but must be a path or null"],
    [{ badEvents: '9-0' }, "systemParams.badEvents holds '9-0', which runs backwards; write '0-9'"],
    [{ badEvents: 'all' }, "systemParams.badEvents holds 'all', but must be ranges such as '0-9,1200'"],
    [{ begin: -1 }, 'systemParams.begin is -1, but must be an integer of 0 or more'],
    [
      { begin: 9, end: 9 },
      'systemParams.end is 9, which is not above systemParams.begin 9, so no frame is left; use -1',
    ],
    [{ end: -2 }, 'systemParams.end is -2, but must be an integer above begin, or -1 for all frames'],
    [{ stride: 0 }, 'systemParams.stride is 0, but must be an integer of 1 or more'],
    [{ stride: '2x' }, "systemParams.stride is '2x', but must be an integer of 1 or more"],
    [{ average: 1.5 }, 'systemParams.average is 1.5, but must be an integer from 1 to 65535'],
    [{ avg: 2 }, 'unknown key systemParams.avg'],
    [{ filters: [{ var: 'ipm', mn: 1 }] }, 'unknown key systemParams.filters[0].mn)'],
    [{ filters: [{ var: 'ipm', min: 'a' }] }, 'wrong at systemParams.filters[0].min)'],
    [{ filters: [{ var: 'ipm' }] }, "systemParams.filters[0] ('ipm') has neither min nor max; give at least one"],
    [
      { filters: [{ var: 'i', min: 2, max: 1 }] },
      "systemParams.filters[0] ('i') has min 2 above max 1, so no event could pass",
    ],
    [{ experiment: { energyKeV: 8 } }, 'unknown key experiment.energyKeV; did you mean energyKev?'],
    [{ experiment: { energyKev: -8 } }, 'experiment.energyKev is -8, but must be a number above 0, or null'],
    [{ experiment: { beamCenterPx: [1] } }, 'experiment.beamCenterPx is [1], but must be [row, column] or null'],
    [{ userClass: 'G2Incremental' }, "userClass is 'G2Incremental', which is neither a built-in class (G2AtEnd, "],
    [{ userClass: 7 }, 'systemParams.userClass is the number 7, but must be a class that extends G2Common'],
    [
      { userClass: class Mine {} },
      'systemParams.userClass is class Mine, which does not extend G2Common; import G2Common',
    ],
    [
      { dataset: 'exp=xcs84213:run=117' },
      "systemParams.dataset is the psana string 'exp=xcs84213:run=117', which cannot be read",
    ],
    [{ dataset: 'shmem=XCS:stop=no' }, 'is the psana string'],
    [{ dataset: { format: 'npy' } }, 'systemParams.dataset.path is missing; give the file to read'],
    [
      { dataset: 'data.xyz' },
      "which does not say its format; write { format: 'npy', path: 'data.xyz' } or 'npy:data.xyz'",
    ],
    [{ dataset: 7 }, "systemParams.dataset is 7, but must be an object with 'format' and 'path'"],
    [{ dataset: undefined }, "systemParams.dataset is missing; it must be an object with 'format' and 'path'"],
  ])('%o', async (system, words) => {
    expect(await sentence(withSystem(system))).toContain(words)
  })

  it.each(['src', 'psanaType', 'psanaOptions', 'outputArrayType', 'ndarrayProducerOutKey', 'ndarrayCalibOutKey'])(
    'answers the ParCorAna key %s',
    async (key) => {
      expect(await sentence(withSystem({ [key]: 1 }))).toMatch(
        new RegExp(
          `^systemParams\\.${key} is a key of ParCorAna that has no meaning here: .*(remove|calibrate|dataset)`,
        ),
      )
    },
  )
})

describe('userParams', () => {
  it.each([
    [{ saturatedVale: 3 }, 'unknown key userParams.saturatedVale; did you mean saturatedValue?'],
    [{ times: 3 }, 'unknown key userParams.times; it belongs into systemParams'],
    [
      { normalization: 'rings' },
      "userParams.normalization is 'rings', but must be 'finecolor', 'static', 'ring' or 'instantaneous', or null",
    ],
    [{ notzero: 'a' }, "userParams.notzero is 'a', but must be a number or null"],
    [
      { delaysPerLevel: 4 },
      'userParams.delaysPerLevel is read by MultiTau only, but userClass is G2IncrementalAccumulator',
    ],
    [{ qmap: 'q.h5', colorNdarrayCoords: 'c.npy' }, 'userParams has both qmap and color files'],
    [{ colorFineNdarrayCoords: 'c.npy' }, 'userParams.colorFineNdarrayCoords is given without colorNdarrayCoords'],
    [{ ipimb_srcs: 'ipm' }, "userParams.ipimb_srcs is 'ipm', but must be a list of names of variables"],
    [{ LLD: 1 }, 'userParams.LLD is a key of ParCorAna that has no meaning here: nothing ever used it'],
    [{ psmon_plot: true }, "curves are in the result file and on the live page ('parcorana view')"],
    [{ iX: 'x.npy' }, 'userParams.iX is a key of ParCorAna that has no meaning here'],
  ])('%o', async (user, words) => {
    expect(await sentence(withSystem({}, user))).toContain(words)
  })

  it('both lists of multi-tau', async () => {
    const attempt = withSystem({ userClass: 'MultiTau' }, { delaysPerLevel: 4, numBufs: 8 })
    expect(await sentence(attempt)).toContain('has both delaysPerLevel and numBufs')
    expect(await sentence(withSystem({ userClass: 'MultiTau' }, { numBufs: 7 }))).toContain(
      'an even integer of 2 or more',
    )
  })

  it('keys of a user class: all, or those that the class lists', async () => {
    class Open extends G2Common {}
    class Closed extends G2Common {
      static readonly userParamKeys = ['threshold']
    }
    const open = await withSystem({ userClass: Open }, { anything: { a: [1] }, saturatedvalue: 3 })
    expect(open.resolved.analyses[0]?.userParams).toMatchObject({ anything: { a: [1] }, saturatedvalue: 3 })
    expect(open.notes.join()).toContain('did you mean saturatedValue?')
    const closed = await withSystem({ userClass: Closed }, { threshold: 3 })
    expect(closed.resolved.analyses[0]?.userParams.threshold).toBe(3)
    const attempt = withSystem({ userClass: Closed }, { treshold: 3 })
    expect(await sentence(attempt)).toBe('unknown key userParams.treshold; did you mean threshold?')
    const moving = withSystem({ userClass: Open }, { f: () => 1 })
    expect(await sentence(moving)).toContain(
      'userParams.f is the function or class f, which cannot be sent to other ranks',
    )
  })
})

describe('the whole', () => {
  const dataset = 'npy:in.npy'
  it.each([
    [{}, 'systemParams.dataset is missing'],
    [{ systemParam: {} }, 'unknown key config.systemParam; did you mean systemParams?'],
    [{ systemParams: 4 }, 'systemParams is 4, but must be an object of keys'],
    [{ systemParams: {}, system_params: {} }, 'system_params and systemParams mean the same; keep systemParams'],
    [{ systemParams: { dataset }, analyses: [] }, 'analyses is [], but must be a list of { name'],
    [{ systemParams: { dataset }, analyses: [{ name: 'a' }, { name: 'a' }] }, "analyses holds the name 'a' twice"],
    [{ systemParams: { dataset }, analyses: [{ name: 'final' }] }, "analyses[0].name is 'final', but must be letters"],
    [{ systemParams: { dataset }, analyses: [{ name: 'a/b' }] }, "analyses[0].name is 'a/b', but must be letters"],
    [{ systemParams: { dataset }, analyses: [{}] }, 'analyses[0].name is undefined, but must be letters'],
    [
      { systemParams: { dataset }, analyses: [{ name: 'a', delay: [1] }] },
      'unknown key analyses[0].delay; did you mean delays?',
    ],
    [{ systemParams: { dataset }, analyses: [{ name: 'a', delays: [] }] }, 'analyses[0].delays is empty'],
    [
      { systemParams: { dataset }, analyses: [{ name: 'a', userParams: { notzer: 1 } }] },
      'unknown key analyses[0].userParams.notzer; did you mean notzero?',
    ],
  ])('%o', async (raw, words) => {
    expect(await sentence(resolved(raw))).toContain(words)
  })
})

describe('overrides', () => {
  const raw = { systemParams: { dataset: 'npy:in.npy' } }
  it.each([
    [{ numWorker: 1 }, {}, 'unknown key systemParams.numWorker from the command line; did you mean numWorkers?'],
    [{ overwrite: 'perhaps' }, {}, "systemParams.overwrite is 'perhaps' (command line), but must be true or false"],
    [{ numEvents: 'ten' }, {}, "systemParams.numEvents is 'ten', but must be an integer of 0 or more"],
    [{}, { PARCORANA_NUM_WORKERS: 'x' }, "systemParams.numWorkers is 'x', but must be 'auto' or an integer"],
  ])('%o %o', async (overrides, env, words) => {
    expect(await sentence(resolved(raw, { overrides, env }))).toContain(words)
  })
})
