// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What every format promises, over samples made on the fly. A new format is tested by adding a sample. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import type { DatasetSpec, FrameBlock } from '../../src/formats/format.js'
import { findFormat, listFormats, openSource } from '../../src/formats/index.js'
import { openHdf5 } from '../../src/io/hdf5.js'
import { npyHeaderBytes } from '../../src/io/npyHeader.js'
import { writeNpy, writeNpyInt64 } from '../../src/io/npy.js'
import { allocate, dtypeOf, sizeOf, type DType, type TypedArray } from '../../src/units.js'
import { pythonWithH5py, runPython } from '../support/python.js'

const folder = mkdtempSync(join(tmpdir(), 'parcorana-formats-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)

interface Sample {
  readonly name: string
  readonly dataset: DatasetSpec
  readonly shape: readonly number[]
  readonly dtype: DType
  readonly events: number
  /** All frames, independently of the format; null where the format itself makes them. */
  readonly frames: ArrayLike<number> | null
}

const events = 23

/** Values that any of the types holds. */
function ramp(dtype: DType, shape: readonly number[]): TypedArray {
  return allocate(dtype, events * sizeOf(shape)).map((_: number, i: number) => (i * 7) % 113) as TypedArray
}

function npySample(dtype: DType, shape: readonly number[]): Sample {
  const frames = ramp(dtype, shape)
  const path = at(`${dtype}-${shape.length}.npy`)
  writeNpy(path, frames, [events, ...shape])
  return { name: `npy ${dtype}`, dataset: { format: 'npy', path }, shape, dtype, events, frames }
}

function bigEndianSample(): Sample {
  const values = ramp('uint16', [3, 4])
  const header = Buffer.from(
    npyHeaderBytes('uint16', [events, 3, 4]).toString('latin1').replace('<u2', '>u2'),
    'latin1',
  )
  writeFileSync(at('big.npy'), Buffer.concat([header, Buffer.from(Uint16Array.from(values).buffer).swap16()]))
  return {
    name: 'npy big-endian',
    dataset: { format: 'npy', path: at('big.npy') },
    shape: [3, 4],
    dtype: 'uint16',
    events,
    frames: values,
  }
}

function int64Sample(): Sample {
  const values = Float64Array.from({ length: events * 5 }, (_, i) => i * 1e9 - 7)
  writeNpyInt64(at('int64.npy'), values)
  const flat = at('int64-2.npy')
  const words = new BigInt64Array(Array.from(values, BigInt))
  writeFileSync(flat, Buffer.concat([npyHeaderBytes('int64', [events, 5]), Buffer.from(words.buffer)]))
  return {
    name: 'npy int64',
    dataset: { format: 'npy', path: flat },
    shape: [5],
    dtype: 'float64',
    events,
    frames: values,
  }
}

async function hdf5Sample(dtype: DType, shape: readonly number[], chunk: number): Promise<Sample> {
  const frames = ramp(dtype, shape)
  const path = at(`${dtype}-${chunk}.h5`)
  const h5 = await openHdf5(path, 'w')
  const storage = chunk === 0 ? {} : { chunks: [chunk, ...shape], compression: 'gzip' as const }
  h5.file.create_dataset({ name: 'frames', data: frames, shape: [events, ...shape], ...storage })
  h5.close()
  return {
    name: `hdf5 ${dtype}, chunks of ${chunk}`,
    dataset: { format: 'hdf5', path, dataset: '/frames' },
    shape,
    dtype,
    events,
    frames,
  }
}

function h5pySample(): Sample[] {
  if (pythonWithH5py() === null) return []
  const path = at('h5py.h5')
  const write = `f = h5py.File(sys.argv[1], 'w')
f.create_dataset('entry/data/data', data=(np.arange(${events} * 12) * 7 % 113).reshape(${events}, 3, 4).astype('>i8'), chunks=(4, 2, 4), compression='gzip', shuffle=True)
f.close()`
  runPython(write, path)
  return [
    {
      name: 'hdf5 by h5py, big-endian int64',
      dataset: { format: 'hdf5', path },
      shape: [3, 4],
      dtype: 'float64',
      events,
      frames: ramp('float64', [3, 4]),
    },
  ]
}

/** Words by the format's definition, a frame without photons included; pixels of a frame in no order. */
function rigakuSample(): Sample {
  const frames = new Uint16Array(events * 30)
  const words: bigint[] = []
  for (let frame = 0; frame < events; frame++) {
    for (let pixel = 29; pixel >= 0; pixel--) {
      const count =
        frame === 5 || frame === 6 ? 0 : (frame * 7 + pixel * 11) % 5 === 0 ? ((frame * pixel) % 4095) + 1 : 0
      frames[frame * 30 + pixel] = count
      if (count > 0) words.push((BigInt(frame) << 40n) | (BigInt(pixel) << 16n) | BigInt(count))
    }
  }
  const path = at('photons.bin')
  writeFileSync(path, new Uint8Array(new BigUint64Array(words).buffer))
  return {
    name: 'rigaku',
    dataset: { format: 'rigaku', path, shape: [5, 6] },
    shape: [5, 6],
    dtype: 'uint16',
    events,
    frames,
  }
}

const synthetic = { format: 'synthetic', path: '', shape: [9, 8], events, seed: 4, mean: 1, decay: 0.2 }
const samples: Sample[] = [
  ...(['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'] as const).map((dtype) =>
    npySample(dtype, [3, 4]),
  ),
  npySample('uint8', [6]),
  npySample('uint16', [2, 3, 2]),
  bigEndianSample(),
  int64Sample(),
  await hdf5Sample('uint16', [3, 4], 0),
  await hdf5Sample('uint32', [3, 4], 1),
  await hdf5Sample('float32', [2, 3, 2], 5),
  ...h5pySample(),
  rigakuSample(),
  { name: 'synthetic', dataset: synthetic, shape: [9, 8], dtype: 'uint8', events, frames: null },
  {
    name: 'synthetic sparse',
    dataset: { ...synthetic, mean: 0.1, sparse: true },
    shape: [9, 8],
    dtype: 'uint16',
    events,
    frames: null,
  },
  {
    name: 'synthetic, gaps and disorder',
    dataset: { ...synthetic, gaps: 0.3, disorder: 5, repeats: 0.1 },
    shape: [9, 8],
    dtype: 'uint8',
    events,
    frames: null,
  },
  {
    name: 'synthetic noise',
    dataset: { ...synthetic, kind: 'noise' },
    shape: [9, 8],
    dtype: 'uint8',
    events,
    frames: null,
  },
]

/** Frames of a block as plain numbers, whatever its form; sparse events are checked for their order. */
function expand(block: FrameBlock, frameSize: number): number[] {
  if (block.kind === 'dense') return [...block.data]
  const frames = new Array<number>(block.events * frameSize).fill(0)
  let before = -1
  for (let i = 0; i < block.event.length; i++) {
    const [event, pixel, value] = [block.event[i], block.pixel[i], block.value[i]] as [number, number, number]
    const place = pixel * block.events + event
    expect(place).toBeGreaterThan(before)
    expect(value).toBeGreaterThan(0)
    before = place
    frames[event * frameSize + pixel] = value
  }
  return frames
}

it('has a sample of every format', () => {
  expect(new Set(samples.map(({ dataset }) => dataset.format))).toEqual(new Set(listFormats()))
})

describe.each(samples)('$name', ({ dataset, shape, dtype, events: count, frames }) => {
  const frameSize = sizeOf(shape)
  const all = Int32Array.from({ length: count }, (_, i) => i)

  it('gives shape, type and every frame; any subset and any block cut give the same frames', async () => {
    const source = await openSource(dataset)
    expect([source.shape, source.dtype, source.events]).toEqual([shape, dtype, count])
    const block = await source.read(all)
    expect([block.events, block.dtype]).toEqual([count, dtype])
    if (block.kind === 'dense') expect(dtypeOf(block.data)).toBe(dtype)
    const whole = expand(block, frameSize)
    if (frames !== null) expect(whole).toEqual([...Array.from(frames)])
    expect(new Set(whole).size).toBeGreaterThan(1)
    const subsets = [[0], [22], [3, 4, 5], [0, 7, 8, 21], [5, 6], [1, 2, 4, 5, 9, 10, 11, 22], []]
    for (const subset of subsets) {
      const part = expand(await source.read(Int32Array.from(subset)), frameSize)
      expect(part).toEqual(subset.flatMap((e) => whole.slice(e * frameSize, (e + 1) * frameSize)))
    }
    await source.close()
    const fresh = await openSource(dataset)
    expect(expand(await fresh.read(Int32Array.of(17, 20)), frameSize)).toEqual(
      [17, 20].flatMap((e) => whole.slice(e * frameSize, (e + 1) * frameSize)),
    )
    await fresh.close()
  })

  it('reads stretches of pixels to their places, where it reads them at all', async () => {
    const source = await openSource(dataset)
    const plain = /^npy (u?int(8|16|32)|float\d+)$/.test(
      samples.find((sample) => sample.dataset === dataset)?.name ?? '',
    )
    expect(source.readPieces !== undefined).toBe(plain)
    const whole = expand(await source.read(all), frameSize)
    for (const subset of [[0, 1, 2], [4, 7, 8, 22], [], Array.from({ length: count }, (_, i) => i)]) {
      const [a, b] = [allocate(dtype, 1 + 3 * subset.length), allocate(dtype, subset.length * 2)]
      const pieces = [
        { pixel: 0, length: 1, out: a, stride: 3, at: 2 },
        { pixel: 1, length: 2, out: b, stride: 2, at: 0 },
        { pixel: frameSize - 2, length: 2, out: a, stride: 3, at: 0 },
      ]
      source.readPieces?.(Int32Array.from(subset), pieces)
      if (source.readPieces === undefined) continue
      const pixel = (e: number, p: number) => whole[e * frameSize + p]
      expect([...a.subarray(0, 3 * subset.length)]).toEqual(
        subset.flatMap((e) => [pixel(e, frameSize - 2), pixel(e, frameSize - 1), pixel(e, 0)]),
      )
      expect([...b]).toEqual(subset.flatMap((e) => [pixel(e, 1), pixel(e, 2)]))
      expect(a.at(-1)).toBe(0)
    }
    await source.close()
  })

  it('has one counter, stream and variable per event where it has any', async () => {
    const source = await openSource(dataset)
    for (const list of [source.counters, source.streams, ...Object.values(source.vars)]) {
      if (list !== null) expect(list).toHaveLength(count)
    }
    await source.close()
  })

  it('stops when told to', async () => {
    const source = await openSource(dataset)
    await expect(source.read(all, AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough')
    await source.close()
  })
})

describe('every format', () => {
  it.each(listFormats())('%s is named like its file and says what it is', async (name) => {
    const format = await findFormat(name)
    expect(format.name).toBe(name)
    expect(format.description.length).toBeGreaterThan(10)
  })
})
