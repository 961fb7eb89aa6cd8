// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Rigaku words: wide counts and pixels, repeats, empty frames at both ends, refusals. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openSource } from '../../src/formats/index.js'
import type { EventFrames } from '../../src/formats/format.js'
import { temporaryFolder } from '../support/folder.js'

const folder = temporaryFolder('rigaku')

type Word = readonly [frame: number, pixel: number, count: number]

function put(name: string, words: readonly Word[], cut = 0): string {
  const path = join(folder, name)
  const packed = words.map(([frame, pixel, count]) => (BigInt(frame) << 40n) | (BigInt(pixel) << 16n) | BigInt(count))
  const bytes = new Uint8Array(new BigUint64Array(packed).buffer)
  writeFileSync(path, bytes.subarray(0, bytes.length - cut))
  return path
}

async function read(path: string, frames: readonly number[], more: object = {}): Promise<Word[]> {
  const source = await openSource({ format: 'rigaku', path, ...more })
  const { event, pixel, value } = (await source.read(Int32Array.from(frames))) as EventFrames
  await source.close()
  return Array.from(event, (e, i) => [e, pixel[i], value[i]])
}

describe('rigaku words', () => {
  const wide: Word[] = [
    [2, 524287, 4095],
    [2, 3, 256],
    [2, 3, 4000],
    [2, 9, 0],
    [70000, 65537, 1],
  ]

  it('keep 12 bits of counts, 21 of pixels, 24 of frames; repeats add up, empty words go', async () => {
    const path = put('wide.bin', wide)
    expect(await read(path, [0, 2, 70000])).toEqual([
      [1, 3, 4256],
      [2, 65537, 1],
      [1, 524287, 4095],
    ])
    const source = await openSource({ format: 'rigaku', path, events: 70005 })
    expect([source.events, source.shape]).toEqual([70005, [512, 1024]])
    expect(((await source.read(Int32Array.of(70003, 70004))) as EventFrames).event).toHaveLength(0)
    await source.close()
  })

  it('may be asked for in any order of blocks', async () => {
    const path = put(
      'order.bin',
      [0, 1, 2, 3, 4].map((frame): Word => [frame, frame, 1]),
    )
    const source = await openSource({ format: 'rigaku', path, shape: '2,3' })
    for (const frame of [4, 0, 3, 1, 2]) {
      expect([...((await source.read(Int32Array.of(frame))) as EventFrames).pixel]).toEqual([frame])
    }
    await source.close()
  })

  it('are refused when cut off, empty, unordered or outside the detector', async () => {
    const sentence = (path: string, more: object = {}) => read(path, [0, 1, 2, 3], more)
    await expect(sentence(put('cut.bin', wide, 3))).rejects.toThrow(
      'has 37 bytes, which is no whole number of 8-byte words',
    )
    await expect(sentence(put('empty.bin', []))).rejects.toThrow('has 0 bytes')
    await expect(sentence(join(folder, 'absent.bin'))).rejects.toThrow('absent.bin does not exist')
    await expect(
      sentence(
        put(
          'mixed.bin',
          [2, 1, 0, 3].map((frame): Word => [frame, 0, 1]),
        ),
      ),
    ).rejects.toThrow('is not ordered by frame')
    await expect(sentence(put('shape.bin', wide), { shape: [2, 3] })).rejects.toThrow(
      'holds pixel 524287, beyond the 6',
    )
    await expect(sentence(put('events.bin', wide), { events: 4 })).rejects.toThrow('dataset.events is 4')
    await expect(sentence(put('bad.bin', wide), { shape: [0, 3] })).rejects.toThrow('dataset.shape is [0,3]')
  })
})
