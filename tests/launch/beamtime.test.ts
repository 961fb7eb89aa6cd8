// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which beamtime is open, what it says, and how paths of one machine become those of another. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { findBeamtime } from '../../src/launch/beamtime.js'
import { mapArgument, parseRules } from '../../src/launch/pathMap.js'
import { readProfile } from '../../src/launch/profile.js'
import { Trigger } from '../../src/launch/trigger.js'
import { put, temporaryFolder } from '../support/folder.js'
import { makeBeamline } from './beamline.js'

const folder = temporaryFolder('beamtime')

describe('metadata', () => {
  const user = { beamline: 'p10', beamtimeId: '11001234', corePath: '/core/p10', pi: { name: 'Ann' } }

  it('of a user run comes before that of a commissioning run', () => {
    const root = join(folder, 'both')
    put(root, 'commissioning/commissioning-metadata-c1.json', { beamline: 'p10', id: 'c1', corePath: '/core/c1' })
    expect(findBeamtime(root)).toMatchObject({ tag: 'commissioning', id: 'c1', online: null })
    const path = put(root, 'current/beamtime-metadata-11001234.json', user)
    const found = findBeamtime(root)
    expect(found).toMatchObject({ tag: 'current', id: '11001234', corePath: '/core/p10', metadataPath: path })
    expect(found.metadata).toEqual(user)
  })
  it('names keys relative to itself', () => {
    const root = join(folder, 'keys')
    const onlineAnalysis = { reservedNodes: ['max-p3a001'], sshPrivateKeyPath: 'shared/id', userAccount: 'bttest01' }
    put(root, 'current/beamtime-metadata-1.json', { ...user, onlineAnalysis })
    expect(findBeamtime(root).online).toEqual({
      ...{ reservedNodes: ['max-p3a001'], slurmReservation: null, slurmPartition: null, userAccount: 'bttest01' },
      sshPrivateKeyPath: join(root, 'current/shared/id'),
    })
  })
  it('is missing, double, broken, or says too little', () => {
    const root = join(folder, 'wrong')
    expect(() => Trigger.fromBeamtime(root)).toThrow(
      expect.objectContaining({ name: 'NoBeamtime', exitCode: 4, message: expect.stringContaining('startBeamtime') }),
    )
    const path = put(root, 'current/beamtime-metadata-1.json', '{ not JSON')
    expect(() => findBeamtime(root)).toThrow(/beamtime-metadata-1\.json: cannot be read as JSON/)
    writeFileSync(path, JSON.stringify({ title: 'x' }))
    expect(() => findBeamtime(root)).toThrow("has no 'beamline' and no 'beamtimeId' or 'id'")
    put(root, 'current/beamtime-metadata-2.json', user)
    expect(() => findBeamtime(root)).toThrow(
      expect.objectContaining({
        name: 'MultipleMetadata',
        message: expect.stringContaining('2 metadata files (beamtime-metadata-1.json, beamtime-metadata-2.json)'),
      }),
    )
  })
  it('without online resources has no node to go to', () => {
    const { root } = makeBeamline(folder, 'bare', null)
    expect(() => Trigger.fromBeamtime(root).prepare({ command: 'true' })).toThrow(
      expect.objectContaining({ name: 'NoBeamtime', message: expect.stringContaining('--online') }),
    )
    const local = Trigger.fromBeamtime(root).prepare({ method: 'local', command: 'true' })
    expect(local.job.files.log).toMatch(join(root, 'current/processed/onlineanalysis/parcorana_p10_11001234_'))
    expect(local.access).toEqual({ kind: 'direct', ssh: null })
  })
  it('that names a key which is not there', () => {
    const online = { reservedNodes: ['127.0.0.1'], sshPrivateKeyPath: 'nothing/id' }
    const { root, core } = makeBeamline(folder, 'keyless', online)
    expect(() => Trigger.fromBeamtime(root).prepare({ command: 'true' })).toThrow(
      expect.objectContaining({ name: 'KeyMissing', message: expect.stringContaining('nothing/id') }),
    )
    expect(core).not.toBe(root)
  })
})

describe('paths', () => {
  const here = join(folder, 'here')
  mkdirSync(join(here, "raw/it's"), { recursive: true })
  const rules = [
    { from: join(here, 'raw'), to: '/fast/raw/' },
    { from: here, to: '/core' },
  ]
  const mapped = (word: string) => mapArgument(word, rules).mapped

  it.each([
    [here, '/core'],
    [`${here}/raw`, '/fast/raw'],
    [`${here}/raw/it's`, "/fast/raw/it's"],
    [`${here}/new.h5`, '/core/new.h5'],
    [`--mask=${here}/m.npy`, '--mask=/core/m.npy'],
    [`hdf5:${here}/raw/x.h5?path=/entry/data`, 'hdf5:/fast/raw/x.h5?path=/entry/data'],
    [`${here}2/raw`, `${here}2/raw`],
    [`${here}/no/such/folder/x`, `${here}/no/such/folder/x`],
    ['relative/x', 'relative/x'],
    ['/usr', '/usr'],
    ['-n', '-n'],
    ['', ''],
  ])('%s', (given, expected) => expect(mapped(given)).toBe(expected))

  it('rules on the command line', () => {
    expect(parseRules('/a=/b,/c/d=/e')).toEqual([
      { from: '/a', to: '/b' },
      { from: '/c/d', to: '/e' },
    ])
    for (const wrong of ['/a', 'a=/b', '/a=b', '/a=/b=/c']) expect(() => parseRules(wrong)).toThrow('FROM=TO')
  })
  it('an argument that is to stay', () => {
    const beamline = makeBeamline(folder, 'stay', null)
    const from = Trigger.fromBeamtime(beamline.root)
    const args = [beamline.current, { literal: beamline.current }]
    const { paths, job } = from.prepare({ method: 'slurm-local', command: '/bin/ls', args })
    expect(paths.map(({ mapped }) => mapped)).toEqual(['/bin/ls', beamline.core, beamline.current])
    expect(job.options).toMatchObject({ jobName: 'parcorana_p10_11001234', time: '1-0' })
  })
})

describe('profiles', () => {
  it('by name and by file', () => {
    expect(readProfile('desy-online', [])).toMatchObject({ method: 'slurm-ssh' })
    const path = put(folder, 'site.json', { destination: 'node7', 'strict-host-keys': true })
    expect(readProfile(path, ['destination', 'strict-host-keys'])).toEqual({
      destination: 'node7',
      'strict-host-keys': true,
    })
    expect(() => readProfile(path, ['destination'])).toThrow("says 'strict-host-keys'; known keys are destination")
    expect(() => readProfile('desy', [])).toThrow("no profile 'desy'; known are desy-online")
  })
})
