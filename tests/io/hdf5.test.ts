// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openHdf5, type Hdf5File } from '../../src/io/hdf5.js'
import { canDecode, pluginFolder } from '../../src/io/hdf5Filters.js'
import {
  listDatasets,
  readAttribute,
  readDataset,
  readNumber,
  readRows,
  readText,
  requireDataset,
} from '../../src/io/hdf5Read.js'
import { repositoryRoot } from '../support/shared.js'
import { describeWithPython, runPython } from '../support/python.js'

const folder = mkdtempSync(join(tmpdir(), 'parcorana-hdf5-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)

/** Written by h5py: every storage a reader meets, and a filter that nobody has. */
const script = `
folder = sys.argv[1]
frames = np.arange(4 * 2 * 3).reshape(4, 2, 3)
with h5py.File(folder + '/other.h5', 'w') as f:
    f['frames'] = frames.astype('u2')
with h5py.File(folder + '/file.h5', 'w') as f:
    f['entry/data/data'] = frames.astype('u2')
    f['entry/data/data'].attrs['units'] = 'counts'
    f.create_dataset('gzip', data=frames.astype('>i4'), chunks=(3, 2, 3), compression='gzip', shuffle=True)
    f.create_dataset('lzf', data=frames.astype('u4'), chunks=(1, 2, 3), compression='lzf')
    f['bool'] = np.array([True, False, True])
    f['int64'] = np.array([-5, 2**53 - 1], 'i8')
    f['beyond'] = np.array([1, 2**60], 'i8')
    f['half'] = np.array([1, 2], 'f2')
    f['complex'] = np.zeros(3, complex)
    f['scalar'] = np.float64(3.5)
    f['text'] = 'hello'
    f['empty'] = h5py.Empty('f')
    f['external'] = h5py.ExternalLink('other.h5', '/frames')
    f['lost'] = h5py.ExternalLink('nowhere.h5', '/frames')
    f['soft'] = h5py.SoftLink('/nowhere')
    layout = h5py.VirtualLayout(shape=(8, 2, 3), dtype='u2')
    layout[0:4] = h5py.VirtualSource(folder + '/other.h5', 'frames', shape=(4, 2, 3))
    layout[4:8] = h5py.VirtualSource(folder + '/other.h5', 'frames', shape=(4, 2, 3))
    f.create_virtual_dataset('virtual', layout)
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk((1, 2, 3))
    plist.set_filter(33323, h5py.h5z.FLAG_OPTIONAL, ())
    space = h5py.h5s.create_simple((4, 2, 3))
    raw = h5py.h5d.create(f.id, b'strange', h5py.h5t.NATIVE_UINT16, space, plist)
    for t in range(4):
        raw.write_direct_chunk((t, 0, 0), b'123456789012', 0)
`

describeWithPython('files written by h5py', () => {
  let h5: Hdf5File
  beforeAll(async () => {
    runPython(script, folder)
    h5 = await openHdf5(at('file.h5'))
  })
  afterAll(() => h5?.close())
  const counting = Array.from({ length: 24 }, (_, i) => i)

  it.each([
    ['entry/data/data', 'uint16'],
    ['gzip', 'int32'],
    ['lzf', 'uint32'],
    ['external', 'uint16'],
  ])('reads %s whole and by rows', (name, dtype) => {
    const { shape, dtype: found, data } = readDataset(h5, name)
    expect([shape, found, [...data]]).toEqual([[4, 2, 3], dtype, counting])
    const dataset = requireDataset(h5, name)
    expect([...readRows(h5, dataset, 1, 3)]).toEqual(counting.slice(6, 18))
    const out = new Uint32Array(8).fill(99)
    expect([...readRows(h5, dataset, 3, 4, out)]).toEqual([...counting.slice(18), 99, 99])
  })

  it('reads virtual datasets, booleans, 64-bit integers, scalars, text and attributes', () => {
    expect([...readDataset(h5, 'virtual').data]).toEqual([...counting, ...counting])
    expect([...readDataset(h5, 'bool').data]).toEqual([1, 0, 1])
    expect([...readDataset(h5, 'int64').data]).toEqual([-5, 2 ** 53 - 1])
    expect([readNumber(h5, 'scalar'), readNumber(h5, 'absent'), readNumber(h5, 'text')]).toEqual([3.5, null, null])
    expect([readText(h5, 'text'), readText(h5, 'scalar'), readText(h5, 'absent')]).toEqual(['hello', null, null])
    expect(readAttribute(h5, 'entry/data/data', 'units')).toBe('counts')
    expect(readAttribute(h5, 'entry/data/data', 'other')).toBeNull()
    expect(listDatasets(h5)).toContain('/external')
    expect(listDatasets(h5)).not.toContain('/lost')
  })

  it.each([
    [
      'strange',
      "dataset /strange of FILE is compressed with filter 'unnamed' (id 33323), which cannot be decoded here",
    ],
    ['beyond', 'dataset /beyond of FILE holds 1152921504606846976, beyond the exact integers (2^53)'],
    ['half', 'dataset /half of FILE is not of a real number type ("<e")'],
    ['complex', 'dataset /complex of FILE is not of a real number type'],
    ['text', 'dataset /text of FILE is not of a real number type'],
    ['empty', 'dataset /empty of FILE holds no values'],
    ['lost', 'lost in FILE is a link to nowhere.h5:/frames, which is missing'],
    ['soft', 'soft in FILE is a link to /nowhere, which is missing'],
    ['entry/data/frames', 'no dataset entry/data/frames in FILE: it holds /entry/data/data, '],
    ['gzip/below', 'no dataset gzip/below in FILE: it holds /gzip, '],
  ])('refuses %s in one sentence', (name, sentence) => {
    const read = () => readDataset(h5, name)
    expect(read).toThrow(sentence.replace('FILE', at('file.h5')))
    expect(read).not.toThrow('\n')
  })

  it('writes nothing to stderr and nothing into the plug-in folder, whatever goes wrong', () => {
    const before = readdirSync(pluginFolder())
    const source = (name: string) => JSON.stringify(join(repositoryRoot, 'src', 'io', name))
    const code = `
      import { openHdf5 } from ${source('hdf5.ts')}
      import { readDataset } from ${source('hdf5Read.ts')}
      const h5 = await openHdf5(${JSON.stringify(at('file.h5'))})
      const names = ['strange', 'absent', 'gzip/below', 'lost', 'gzip']
      const told = names.map((name) => { try { return readDataset(h5, name).dtype } catch (error) { return error.message } })
      console.log(told.join('|'))`
    writeFileSync(at('quiet.mts'), code)
    const jiti = join(repositoryRoot, 'node_modules', 'jiti', 'lib', 'jiti-cli.mjs')
    const run = spawnSync(process.execPath, [jiti, at('quiet.mts')], { encoding: 'utf8' })
    expect(run.stdout.split('|')).toHaveLength(5)
    expect(run.stdout).toMatch(/int32\n$/)
    expect([run.status, run.stderr]).toEqual([0, ''])
    expect(readdirSync(pluginFolder())).toEqual(before)
  })
})

describe('opening and writing', () => {
  it('refuses what is not there or not HDF5', async () => {
    writeFileSync(at('text.h5'), 'hello')
    await expect(openHdf5(at('absent.h5'))).rejects.toThrow('absent.h5 does not exist: check the path')
    await expect(openHdf5(at('text.h5'))).rejects.toThrow('text.h5 is not an HDF5 file (5 B, no HDF5 signature)')
    await expect(openHdf5(folder)).rejects.toThrow('is a folder')
    await expect(openHdf5(at('none/new.h5'), 'w')).rejects.toThrow('none does not exist: create it before writing')
  })

  it('tells a truncated file', async () => {
    const h5 = await openHdf5(at('whole.h5'), 'w')
    h5.file.create_dataset({ name: 'data', data: new Float64Array(1000) })
    h5.close()
    h5.close()
    writeFileSync(at('cut.h5'), readFileSync(at('whole.h5')).subarray(0, 3000))
    await expect(openHdf5(at('cut.h5'))).rejects.toThrow(
      /cut.h5 cannot be opened as HDF5 \(truncated file: eof = 3000.*\): copy or write it again$/,
    )
  })

  it('writes, appends and reads back; a filter that is not installed cannot be decoded', async () => {
    const h5 = await openHdf5(at('new.h5'), 'w')
    h5.file
      .create_group('a')
      .create_dataset({ name: 'b', data: Float32Array.of(1, 2, 3), chunks: [3], compression: 'gzip' })
    h5.flush()
    h5.close()
    const again = await openHdf5(at('new.h5'), 'a')
    again.file.create_dataset({ name: 'c', data: Uint8Array.of(7) })
    again.close()
    const read = await openHdf5(at('new.h5'))
    expect([...readDataset(read, '/a/b').data, ...readDataset(read, 'c').data]).toEqual([1, 2, 3, 7])
    read.close()
    expect([1, 2, 32000, 32001, 32004, 32008, 32015].map(canDecode)).toEqual(new Array(7).fill(true))
    expect([4, 33323].map(canDecode)).toEqual([false, false])
  })
})
