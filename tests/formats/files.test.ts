// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Choosing a format, per-event values, metadata, and refusals. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { findFormat, guessFormat, openSource } from '../../src/formats/index.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { writeNpy, writeNpyInt64 } from '../../src/io/npy.js'

const folder = mkdtempSync(join(tmpdir(), 'parcorana-files-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)
writeNpy(at('frames.npy'), new Uint8Array(5 * 6), [5, 2, 3])
const npy = { format: 'npy', path: at('frames.npy') }

describe('choosing a format', () => {
  it('lists what there is when a name is unknown', async () => {
    await expect(findFormat('rigakuu')).rejects.toThrow(
      "no format named 'rigakuu'; found: hdf5, npy, rigaku, synthetic",
    )
    for (const name of ['index', 'format', 'common']) await expect(findFormat(name)).rejects.toThrow('no format named')
  })

  it('guesses from a path', async () => {
    expect(await Promise.all(['a.npy', 'a.h5', 'a.NXS', 'a.bin', 'a.tif'].map(guessFormat))).toEqual([
      'npy',
      'hdf5',
      'hdf5',
      'rigaku',
      null,
    ])
  })

  it('takes a path to the user’s own file', async () => {
    const own = { name: 'own', open: async () => 'opened' }
    const load = async (path: string) => (path === '/my/own.ts' ? { default: own } : { default: {} })
    expect(await openSource({ format: '/my/own.ts', path: 'x' }, load)).toBe('opened')
    await expect(findFormat('/my/empty.ts', load)).rejects.toThrow('/my/empty.ts has no format as its default export')
    writeFileSync(
      at('own.mjs'),
      'export default { name: "file", description: "", accepts: () => true, open: async () => 7 }',
    )
    expect(await openSource({ format: at('own.mjs'), path: 'x' })).toBe(7)
    await expect(findFormat(at('absent.mjs'))).rejects.toThrow(/the format file .*absent.mjs cannot be loaded/)
  })

  it('refuses keys that the format does not know', async () => {
    await expect(openSource({ ...npy, counter: 'x.npy' })).rejects.toThrow(
      "dataset.counter is unknown to format 'npy': it knows path, counters",
    )
  })
})

describe('values per event', () => {
  it('reads counters, streams and variables: gaps, disorder and repeats are kept', async () => {
    writeNpyInt64(at('times.npy'), [5, 9, 7, 7, -3])
    writeNpy(at('streams.npy'), Uint8Array.of(1, 0, 1, 0, 81))
    writeNpy(at('ipm.npy'), Float32Array.of(0.5, Number.NaN, 1, 2, 3))
    const source = await openSource({
      ...npy,
      counters: at('times.npy'),
      streams: at('streams.npy'),
      vars: { ipm: at('ipm.npy') },
      sentinel: 255,
      saturation: 200,
    })
    expect(source.counters).toEqual(Float64Array.of(5, 9, 7, 7, -3))
    expect(source.streams).toEqual(Int32Array.of(1, 0, 1, 0, 81))
    expect(source.vars).toEqual({ ipm: Float64Array.of(0.5, Number.NaN, 1, 2, 3) })
    expect([source.sentinel, source.saturation]).toEqual([255, 200])
    await source.close()
  })

  it.each([
    ['another length', new Float64Array(4), [4], 'has 4 values for 5 events: one value per event is needed'],
    ['two axes', new Float64Array(5), [5, 1], 'has shape 5 x 1: one value per event is needed, a single axis of 5'],
    ['a fraction', Float64Array.of(0, 1, 2.5, 3, 4), [5], 'holds 2.5 at event 2: counters are integers'],
    ['NaN', Float64Array.of(0, 1, 2, Number.NaN, 4), [5], 'holds NaN at event 3: counters are integers'],
  ])('refuses counters of %s', async (_name, values, shape, sentence) => {
    writeNpy(at('bad.npy'), values, shape)
    await expect(openSource({ ...npy, counters: at('bad.npy') })).rejects.toThrow(
      `counters ${at('bad.npy')} ${sentence}`,
    )
  })

  it('refuses streams beyond 32 bits and variables that are not a table of files', async () => {
    writeNpy(at('bad.npy'), Float64Array.of(0, 1, 2, 3, 2 ** 40))
    await expect(openSource({ ...npy, streams: at('bad.npy') })).rejects.toThrow('streams are integers of 32 bits')
    await expect(openSource({ ...npy, vars: ['ipm.npy', 3] })).rejects.toThrow('but must be { name: file }')
    await expect(openSource({ ...npy, vars: { ipm: at('none.npy') } })).rejects.toThrow('none.npy does not exist')
  })
})

describe('refusals', () => {
  it('npy: a single axis, no frames, other files', async () => {
    writeNpy(at('flat.npy'), new Uint8Array(5))
    writeNpy(at('none.npy'), new Uint8Array(0), [0, 2, 3])
    await expect(openSource({ format: 'npy', path: at('flat.npy') })).rejects.toThrow(
      'has shape 5: frames are needed, first axis events',
    )
    await expect(openSource({ format: 'npy', path: at('none.npy') })).rejects.toThrow(
      'has shape 0 x 2 x 3: frames are needed',
    )
    await expect(openSource({ format: 'npy', path: at('absent.npy') })).rejects.toThrow('absent.npy does not exist')
  })

  it('hdf5: which dataset, and what it holds', async () => {
    const h5 = await openHdf5(at('two.h5'), 'w')
    for (const name of ['a', 'b']) h5.file.create_dataset({ name, data: new Uint8Array(8), shape: [2, 2, 2] })
    h5.file.create_dataset({ name: 'line', data: new Uint8Array(8) })
    h5.close()
    const two = { format: 'hdf5', path: at('two.h5') }
    await expect(openSource(two)).rejects.toThrow(
      /two.h5 has several datasets that could be frames: \/a, \/b; name the frames, for example dataset: '\/a'/,
    )
    await expect(openSource({ ...two, dataset: '/line' })).rejects.toThrow('dataset /line of')
    await expect(openSource({ ...two, dataset: '/c' })).rejects.toThrow('no dataset /c in')
    const source = await openSource({ ...two, dataset: '/b', counters: '/times' }).catch(
      (error: Error) => error.message,
    )
    expect(source).toContain('no dataset /times in')
  })
})

describe('hdf5 beside the frames', () => {
  it('reads per-event datasets and metadata, and takes a number only with its unit', async () => {
    const h5 = await openHdf5(at('nexus.h5'), 'w')
    const entry = h5.file.create_group('entry')
    entry.create_group('data').create_dataset({ name: 'data', data: new Uint16Array(12), shape: [3, 2, 2] })
    h5.file.create_dataset({ name: 'copy', data: new Uint16Array(12), shape: [3, 2, 2] })
    entry.create_dataset({ name: 'times', data: new BigInt64Array([4n, 2n, 9n]) })
    entry.create_dataset({ name: 'start_time', data: '2026-01-01T00:00:00Z' })
    const instrument = entry.create_group('instrument')
    const detector = instrument.create_group('detector')
    const field = (group: typeof detector, name: string, value: number, units: string | null) => {
      const dataset = group.create_dataset({ name, data: Float64Array.of(value), shape: [] })
      if (units !== null) dataset.create_attribute('units', units)
    }
    field(detector, 'frame_time', 2, 'ms')
    field(detector, 'count_time', 1, null)
    field(detector, 'distance', 5000, 'mm')
    field(detector, 'x_pixel_size', 75, 'um')
    field(detector, 'beam_center_x', 30, 'pixel')
    field(detector, 'beam_center_y', 10, 'pixel')
    field(detector, 'saturation_value', 4000, null)
    field(instrument.create_group('beam'), 'incident_wavelength', 1.5, 'angstrom')
    h5.close()
    const source = await openSource({ format: 'hdf5', path: at('nexus.h5'), counters: '/entry/times' })
    expect(source.counters).toEqual(Float64Array.of(4, 2, 9))
    expect(source.saturation).toBe(4000)
    const { energyKev = 0, ...metadata } = source.metadata
    expect(energyKev).toBeCloseTo(8.26561, 4)
    expect(metadata).toEqual({
      tickSeconds: 0.002,
      distanceM: 5,
      pixelSizeM: expect.closeTo(75e-6, 12),
      beamCenterPx: [10, 30],
      startTime: '2026-01-01T00:00:00Z',
    })
    await source.close()
  })
})
