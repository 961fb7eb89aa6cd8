// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later
import {
  mkdtempSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  openSync,
  writeSync,
  closeSync,
  ftruncateSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { openNpy, readNpy, writeNpy, writeNpyInt64 } from '../../src/io/npy.js'
import { npyHeaderBytes } from '../../src/io/npyHeader.js'

const folder = mkdtempSync(join(tmpdir(), 'parcorana-npy-'))
afterAll(() => rmSync(folder, { recursive: true }))
const at = (name: string) => join(folder, name)

/** A .npy built by hand: independent of the writer under test. */
function handMade(
  name: string,
  descr: string,
  shape: string,
  body: Uint8Array,
  version = 1,
  fortran = 'False',
): string {
  const dict = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': ${shape}, }\n`
  const length = version === 1 ? Buffer.alloc(2) : Buffer.alloc(4)
  if (version === 1) length.writeUInt16LE(dict.length)
  else length.writeUInt32LE(dict.length)
  writeFileSync(
    at(name),
    Buffer.concat([
      Buffer.from(`\x93NUMPY${String.fromCharCode(version, 0)}`, 'latin1'),
      length,
      Buffer.from(dict),
      body,
    ]),
  )
  return at(name)
}

function bytes(count: number, write: (view: DataView) => void): Uint8Array {
  const view = new DataView(new ArrayBuffer(count))
  write(view)
  return new Uint8Array(view.buffer)
}

function textFile(name: string, text: string): string {
  writeFileSync(at(name), text)
  return at(name)
}

describe('values', () => {
  const two = [
    ["'|b1'", 'uint8', [1, 0], bytes(2, (v) => v.setUint8(0, 1))],
    ["'|u1'", 'uint8', [255, 0], bytes(2, (v) => v.setUint8(0, 255))],
    ["'|i1'", 'int8', [-3, 0], bytes(2, (v) => v.setInt8(0, -3))],
    ["'<u2'", 'uint16', [65_000, 0], bytes(4, (v) => v.setUint16(0, 65_000, true))],
    ["'>u2'", 'uint16', [65_000, 0], bytes(4, (v) => v.setUint16(0, 65_000))],
    ["'<i2'", 'int16', [-9, 0], bytes(4, (v) => v.setInt16(0, -9, true))],
    ["'>u4'", 'uint32', [4e9, 0], bytes(8, (v) => v.setUint32(0, 4e9))],
    ["'<i4'", 'int32', [-7e8, 0], bytes(8, (v) => v.setInt32(0, -7e8, true))],
    ["'>f4'", 'float32', [0.5, 0], bytes(8, (v) => v.setFloat32(0, 0.5))],
    ["'<f8'", 'float64', [Math.PI, 0], bytes(16, (v) => v.setFloat64(0, Math.PI, true))],
    ["'>f8'", 'float64', [Math.PI, 0], bytes(16, (v) => v.setFloat64(0, Math.PI))],
    ["'<i8'", 'float64', [-(2 ** 53) + 1, 0], bytes(16, (v) => v.setBigInt64(0, -(2n ** 53n) + 1n, true))],
    ["'>i8'", 'float64', [-1, 0], bytes(16, (v) => v.setBigInt64(0, -1n))],
    ["'<u8'", 'float64', [2 ** 40, 0], bytes(16, (v) => v.setBigUint64(0, 2n ** 40n, true))],
  ] as const

  it.each(two)('reads %s as %s, whole and in blocks, versions 1 to 3', async (descr, dtype, expected, body) => {
    for (const version of [1, 2, 3]) {
      const path = handMade('two.npy', descr, '(2,)', body, version)
      const whole = readNpy(path)
      expect([whole.shape, whole.dtype, [...whole.data]]).toEqual([[2], dtype, expected])
      const file = await openNpy(path)
      expect([...(await file.readRows(0, 1)), ...(await file.readRows(1, 2))]).toEqual(expected)
      await file.close()
    }
  })

  it('reads a scalar, a one-dimensional Fortran array and rows of any rank', async () => {
    expect(readNpy(handMade('scalar.npy', "'|u1'", '()', Uint8Array.of(7)))).toEqual({
      shape: [],
      dtype: 'uint8',
      data: Uint8Array.of(7),
    })
    expect([...readNpy(handMade('one.npy', "'|u1'", '(2,)', Uint8Array.of(7, 8), 1, 'True')).data]).toEqual([7, 8])
    const file = await openNpy(handMade('rank.npy', "'|u1'", '(3, 1, 2)', Uint8Array.of(0, 1, 2, 3, 4, 5)))
    const out = new Uint8Array(8).fill(9)
    expect([...(await file.readRows(1, 3, out))]).toEqual([2, 3, 4, 5, 9, 9, 9, 9])
    await expect(file.readRows(2, 4)).rejects.toThrow('rows 2..4 outside 0..3')
    await file.close()
  })

  it('fills any number of buffers with the bytes from a row on', async () => {
    const values = Uint16Array.from({ length: 7000 }, (_, i) => (i * 40503) & 0xffff)
    writeNpy(at('bytes.npy'), values, [3500, 2])
    const file = await openNpy(at('bytes.npy'))
    const all = new Uint8Array(values.buffer)
    const buffers = Array.from({ length: 3000 }, (_, i) => new Uint8Array(1 + (i % 4)))
    file.readBytes?.(10, buffers)
    const wanted = all.subarray(40, 40 + 7500)
    expect(Buffer.concat(buffers).equals(wanted)).toBe(true)
    expect(() => file.readBytes?.(3499, [new Uint8Array(5)])).toThrow(/bytes.npy became shorter/)
    await file.close()
  })

  it('reads beyond 4 GiB', async () => {
    const header = npyHeaderBytes('uint16', [5000, 1024, 1024])
    const fd = openSync(at('large.npy'), 'w')
    writeSync(fd, header)
    ftruncateSync(fd, header.length + 5000 * 2 ** 21)
    writeSync(fd, Uint8Array.of(1, 2), 0, 2, header.length + 4321 * 2 ** 21 + 6)
    closeSync(fd)
    const file = await openNpy(at('large.npy'))
    const row = await file.readRows(4321, 4322)
    expect([row[2], row[3], row[4], row.length]).toEqual([0, 513, 0, 2 ** 20])
    await file.close()
    rmSync(at('large.npy'))
  })

  it('writes what it reads, values at a multiple of 64 bytes', () => {
    const data = Float32Array.from([1, 2.5, -3, 4, 5, 6])
    writeNpy(at('written.npy'), data, [2, 3])
    expect(readNpy(at('written.npy'))).toEqual({ shape: [2, 3], dtype: 'float32', data })
    expect(readFileSync(at('written.npy')).length % 64).toBe(24)
    writeNpyInt64(at('int.npy'), [-1, 0, 2 ** 40 + 3, -(2 ** 40)])
    expect([...readNpy(at('int.npy')).data]).toEqual([-1, 0, 2 ** 40 + 3, -(2 ** 40)])
    expect(() => writeNpyInt64(at('int.npy'), [0.5])).toThrow('0.5 at position 0 is not an exact integer')
    expect(() => writeNpy(at('bad.npy'), data, [2, 2])).toThrow('shape 2 x 2 does not fit 6 values')
  })
})

describe('refusals are one sentence', () => {
  it.each([
    ['absent', () => at('absent.npy'), 'absent.npy does not exist: check the path'],
    ['not npy', () => textFile('text.npy', 'hello'), 'text.npy is not a .npy file (5 B, no NUMPY signature)'],
    ['object', () => handMade('o.npy', "'|O'", '(2,)', new Uint8Array(16)), "values of type '|O', not real numbers"],
    [
      'complex',
      () => handMade('c.npy', "'<c16'", '(2,)', new Uint8Array(32)),
      "values of type '<c16', not real numbers",
    ],
    ['half', () => handMade('h.npy', "'<f2'", '(2,)', new Uint8Array(4)), "values of type '<f2', not real numbers"],
    [
      'record',
      () => handMade('r.npy', "[('a', '<i4'), ('b', '<f8')]", '(2,)', new Uint8Array(24)),
      "values of type '[('a', '<i4'), ('b', '<f8')]'",
    ],
    ['Fortran', () => handMade('f.npy', "'|u1'", '(2, 2)', new Uint8Array(4), 1, 'True'), 'stored in Fortran order'],
    [
      'unsafe',
      () =>
        handMade(
          'u.npy',
          "'<i8'",
          '(1,)',
          bytes(8, (v) => v.setBigInt64(0, 2n ** 60n, true)),
        ),
      'holds 1152921504606847000 at position 0, beyond the exact integers',
    ],
    ['header', () => handMade('d.npy', "'|u1'", '2', new Uint8Array(2)), 'header that cannot be read'],
  ])('%s', (_name, make, sentence) => {
    expect(() => readNpy(make())).toThrow(sentence)
  })

  it('truncated: both numbers and what to do', async () => {
    writeNpy(at('t.npy'), new Float64Array(609), [3, 203])
    truncateSync(at('t.npy'), 1000)
    const sentence = 't.npy has 1000 of 5000 bytes: the file is truncated, copy it again'
    expect(() => readNpy(at('t.npy'))).toThrow(sentence)
    await expect(openNpy(at('t.npy'))).rejects.toThrow(sentence)
    truncateSync(at('t.npy'), 40)
    expect(() => readNpy(at('t.npy'))).toThrow('t.npy has 40 of 128 bytes')
  })
})
