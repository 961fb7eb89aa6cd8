// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors.js'
import { expandTemplate } from '../../src/results/fileName.js'
import { describeWithShared } from '../support/shared.js'

const names = (...list: string[]) => ({ names: list })

describe('expandTemplate', () => {
  it('counts as the table of the original says', () => {
    const table: [string[], string][] = [
      [[], 'a_000.h5'],
      [['a_000.h5'], 'a_001.h5'],
      [['a_000.h5', 'a_007.h5'], 'a_008.h5'],
      [['a_000.h5', 'a_007.h5', 'a_009.h5.inprogress'], 'a_010.h5'],
      [['a_1000.h5'], 'a_000.h5'],
      [['a_xyz.h5', 'a_-3.h5', 'a_.h5', 'b_004.h5', 'a_3.txt'], 'a_000.h5'],
      [['a_5.h5'], 'a_006.h5'],
      [['a_999.h5'], 'a_1000.h5'],
    ]
    for (const [files, expected] of table) expect(expandTemplate('a_%C.h5', names(...files))).toBe(expected)
  })

  it('counts also where the template ends in %C, and keeps the folder', () => {
    expect(expandTemplate('run_%C', names('run_000', 'run_004.inprogress'))).toBe('run_005')
    expect(expandTemplate('/data/x/a_%C.h5', names('a_002.h5'))).toBe('/data/x/a_003.h5')
    expect(expandTemplate('./a_%C.h5', names())).toBe('a_000.h5')
    expect(expandTemplate('/no/such/folder/a_%C.h5')).toBe('/no/such/folder/a_000.h5')
  })

  it('writes local time as 14 digits', () => {
    const now = new Date(2026, 0, 2, 3, 4, 5)
    expect(expandTemplate('%T_x.h5', { now })).toBe('20260102030405_x.h5')
    expect(expandTemplate('%T_%C.h5', { now, names: ['20260102030405_000.h5'] })).toBe('20260102030405_001.h5')
  })

  it('takes the job from Slurm, PBS or LSF, and refuses %J elsewhere', () => {
    expect(expandTemplate('g2_%J.h5', { environment: { SLURM_JOB_ID: '42' } })).toBe('g2_42.h5')
    expect(expandTemplate('g2_%J.h5', { environment: { PBS_JOBID: '7.server', SLURM_JOB_ID: '' } })).toBe(
      'g2_7.server.h5',
    )
    expect(expandTemplate('g2_%J.h5', { environment: { LSB_JOBID: '9' } })).toBe('g2_9.h5')
    expect(() => expandTemplate('g2_%J.h5', { environment: {} })).toThrow(/%J, but this is not a batch job/)
    expect(() => expandTemplate('g2_%J.h5', { environment: {} })).toThrow(ConfigError)
  })

  it('refuses what cannot be counted', () => {
    expect(() => expandTemplate('a_%C_%C.h5')).toThrow(ConfigError)
    expect(() => expandTemplate('%T%T')).toThrow(ConfigError)
    expect(() => expandTemplate('run%C/a.h5')).toThrow(/%C in a folder name/)
    expect(expandTemplate('plain.h5')).toBe('plain.h5')
  })
})

describeWithShared('expandTemplate against the original', (shared) => {
  it('gives the stored names', () => {
    const file = join(shared, 'reference/parcorana-helpers/formatFileName.json')
    const cases = JSON.parse(readFileSync(file, 'utf8')) as { files: string[]; template: string; out: string }[]
    expect(cases.length).toBeGreaterThan(5)
    for (const { files, template, out } of cases) expect(expandTemplate(template, { names: files })).toBe(out)
  })
})
