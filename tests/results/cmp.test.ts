// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { InputError } from '../../src/errors.js'
import { compareFiles, type CompareOptions } from '../../src/results/cmp.js'
import { differsTooMuch } from '../../src/results/cmpValues.js'
import { createHdf5Result } from '../../src/results/hdf5Result.js'
import { describeWithPython, runPython } from '../support/python.js'
import { describeWithShared } from '../support/shared.js'
import { fakeFacts, fakeSummary, fakeUpdateFacts, publishFake, type FakeOptions } from './fakeRun.js'

let folder: string
let one: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parcorana-cmp-'))
  one = await write('one.h5')
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function write(name: string, options: FakeOptions = {}): Promise<string> {
  const path = join(folder, name)
  const facts = fakeFacts(options)
  const result = createHdf5Result({ path, overwrite: true })
  await result.begin(facts)
  await publishFake(result, facts, fakeUpdateFacts(0, 15))
  await publishFake(result, facts, fakeUpdateFacts(1, 49, true), { arrays: true })
  await result.finish({ ...fakeSummary, seconds: Math.random() })
  return path
}

/** A copy of `one`, changed by h5py (`f` is the open file). */
function changed(name: string, script: string): string {
  const path = join(folder, name)
  runPython(
    `import shutil\nshutil.copy(sys.argv[1], sys.argv[2])\nwith h5py.File(sys.argv[2], 'a') as f:\n    ${script}`,
    one,
    path,
  )
  return path
}

describe('differsTooMuch', () => {
  it('uses absolute values, 1e-5 as the smallest norm, and NaN equals only NaN', () => {
    expect(differsTooMuch(-1, -1.0011)).toBe(true)
    expect(differsTooMuch(-1, -1.0009)).toBe(false)
    expect(differsTooMuch(1000, 1001.1)).toBe(true)
    expect(differsTooMuch(0, 1e-9)).toBe(false)
    expect(differsTooMuch(0, 2e-8)).toBe(true)
    expect(differsTooMuch(Number.NaN, Number.NaN)).toBe(false)
    expect(differsTooMuch(Number.NaN, 0)).toBe(true)
    expect(differsTooMuch(Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY)).toBe(false)
    expect(differsTooMuch(Number.POSITIVE_INFINITY, 1)).toBe(true)
    expect(differsTooMuch(5n, 5)).toBe(false)
  })
})

describeWithPython('compareFiles', () => {
  const exact: CompareOptions = { exact: true }

  it('finds equal runs equal to the bit although hosts, ranks and times differ', async () => {
    const other = await write('two.h5', { run: { host: 'elsewhere', ranks: 99, cores: 'many' } })
    const lines: string[] = []
    const found = await compareFiles(one, other, { exact: true, verbose: (line) => lines.push(line) })
    expect(found.differences).toEqual([])
    expect(found.equal).toBe(true)
    expect(lines).toContain('OK /user/G2_results_at_000049/G2/delay_000008')
    expect(found.checked).toBe(lines.length)
  })

  it('names path, place and both values of a difference in one bit', async () => {
    const other = changed('bit.h5', "f['user/G2_results_at_000049/IP/delay_000002'][3, 4] += 2e-10")
    const found = await compareFiles(one, other, exact)
    expect(found.differences).toHaveLength(1)
    expect(found.differences[0]).toMatch(
      /^\/user\/.*IP\/delay_000002 differs at \[3, 4\] \(flat index 28\): 1002\.02734375 and 1002\.0273437502$/,
    )
    expect((await compareFiles(one, other)).equal).toBe(true)
  })

  it('sees large differences, other shapes, types, texts, attributes and members', async () => {
    const script = `
    g = f['user/G2_results_at_000015']
    g['delay_curve_color_2'][1] *= 1.002
    del g['saturated']; g['saturated'] = np.zeros(3, 'u1')
    d = g['delays'][()]; del g['delays']; g['delays'] = d.astype('i4')
    f['system/program'][()] = 'other'
    f['xpcs/qmap'].attrs['hash'] = 'other'
    g['new'] = 1
    del f['xpcs/multitau/config']
    f['run/seconds'][()] = 1e9
    f['test/x'] = 1`
    const other = changed('many.h5', script.trim().replaceAll('\n    ', '\n    '))
    const tolerant = (await compareFiles(one, other)).differences
    const group = '/user/G2_results_at_000015'
    expect(tolerant.map((line) => line.split(' ')[0])).toEqual([
      '/system/program',
      `${group}/delay_curve_color_2`,
      `${group}/new`,
      `${group}/saturated`,
      '/xpcs/multitau/config',
    ])
    const all = (await compareFiles(one, other, exact)).differences.map((line) => line.split(' ')[0])
    expect(all).toEqual(
      expect.arrayContaining([
        ...tolerant.map((line) => line.split(' ')[0]),
        `${group}/delays`,
        '/xpcs/qmap@hash',
        '/test',
      ]),
    )
    const ignoring = { ignore: ['program', 'delay_curve_color_2', 'new', 'saturated', 'config'] }
    expect((await compareFiles(one, other, ignoring)).equal).toBe(true)
    const common = await compareFiles(one, other, { common: true })
    expect(common.onlyInOne).toContain(`${group}/new`)
    expect(common.differences).toHaveLength(3)
  })

  it('tells NaN from numbers, and 0 from -0 in exact mode only', async () => {
    const nan = changed('nan.h5', "f['user/G2_results_at_000015/delay_curve_color_2'][3] = 0")
    expect((await compareFiles(one, nan)).differences[0]).toMatch(/differs at \[3\]: NaN and 0$/)
    const zero = changed('zero.h5', "f['xpcs/spatial_mean/intensity_vs_time'][0, 0] = -0.0")
    expect((await compareFiles(one, zero)).equal).toBe(true)
    expect((await compareFiles(one, zero, exact)).differences[0]).toMatch(/0 and -0$/)
  })

  it('refuses a file that is not HDF5', async () => {
    await expect(compareFiles(one, join(folder, 'absent.h5'))).rejects.toThrow(InputError)
  })
})

describeWithShared('compareFiles on files of the original', (shared) => {
  it('reads them, booleans and texts included, and tells their classes apart', async () => {
    const at = (name: string) => join(shared, 'reference/parcorana/a_inorder/expected', name, 'result.h5')
    const same = await compareFiles(at('G2atEnd'), at('G2atEnd'))
    expect(same.equal).toBe(true)
    expect(same.checked).toBe(20 + 13 + 29)
    const other = await compareFiles(at('G2atEnd'), at('G2IncrementalWindowed'), { common: true })
    expect(other.differences.map((line) => line.split(' ')[0])).toEqual(['/system/system_params/userClass'])
  })
})
