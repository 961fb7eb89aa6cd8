// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { writeNpy } from '../../src/io/npy.js'
import { checkFineColors, checkLabels, loadLabels, usedLabels } from '../../src/masks/labels.js'
import { checkMask, fullMask, loadMask } from '../../src/masks/mask.js'
import { rings } from '../../src/masks/rings.js'
import { openHdf5 } from '../../src/io/hdf5.js'

const folder = mkdtempSync(join(tmpdir(), 'parcorana-masks-'))
afterAll(() => rmSync(folder, { recursive: true }))
const shape = [2, 3]
const mask = (values: number[]) => checkMask({ shape, data: Uint8Array.from(values) }, shape, 'mask.npy')
const colors = (values: number[]) => checkLabels({ shape, data: Int32Array.from(values) }, 'color', shape, 'color.npy')

describe('mask', () => {
  it('loads from .npy and from HDF5 with and without a dataset name', async () => {
    writeNpy(join(folder, 'mask.npy'), Int8Array.of(0, 1, 1, 0, 0, 1), shape)
    const h5 = await openHdf5(join(folder, 'mask.h5'), 'w')
    h5.file.create_group('qmap').create_dataset({ name: 'mask', data: Uint8Array.of(0, 1, 1, 0, 0, 1), shape })
    h5.close()
    for (const path of ['mask.npy', 'mask.h5', 'mask.h5:/qmap/mask']) {
      expect(await loadMask(join(folder, path), shape)).toEqual({
        shape,
        data: Uint8Array.of(0, 1, 1, 0, 0, 1),
        elements: 3,
      })
    }
    await expect(loadMask(join(folder, 'mask.h5:/other'), shape)).rejects.toThrow('no dataset /other in')
    expect(fullMask([2, 2]).elements).toBe(4)
  })

  it('refuses another shape, other values, all zero', () => {
    expect(() => checkMask({ shape: [6], data: new Uint8Array(6) }, shape, 'm.npy')).toThrow(
      'mask m.npy has shape 6 but the detector has 2 x 3: use one made for this detector',
    )
    expect(() => mask([0, 1, 1, 1, 2, 0])).toThrow(
      'mask mask.npy holds 2 at (1, 1): a mask has only 0 (ignored) and 1 (correlated)',
    )
    expect(() => checkMask({ shape, data: Float64Array.of(0, 1, 1, 1, 0.5, 0) }, shape, 'm.npy')).toThrow(
      'holds 0.5 at (1, 1)',
    )
    expect(() => mask([0, 0, 0, 0, 0, 0])).toThrow('mask mask.npy is 0 everywhere')
  })
})

describe('colors', () => {
  it('loads and lists the labels in use', async () => {
    writeNpy(join(folder, 'color.npy'), Int32Array.of(0, 3, 1, 7, 3, 16_384), shape)
    const labels = await loadLabels(join(folder, 'color.npy'), 'color', shape)
    expect(labels.largest).toBe(16_384)
    expect(usedLabels(mask([1, 1, 1, 0, 1, 0]), labels)).toEqual([1, 3])
  })

  it('refuses negative, too large and broken labels and another shape', () => {
    expect(() => colors([0, 1, -1, 0, 0, 0])).toThrow(
      'color file color.npy holds -1 at (0, 2): colors are integers from 0 (not used) to 16384',
    )
    expect(() => colors([0, 1, 16_385, 0, 0, 0])).toThrow('holds 16385 at (0, 2)')
    expect(() =>
      checkLabels({ shape, data: Float32Array.of(0, 1.5, 0, 0, 0, 0) }, 'fine color', shape, 'f.npy'),
    ).toThrow('fine color file f.npy holds 1.5')
    expect(() => checkLabels({ shape: [3, 2], data: new Uint8Array(6) }, 'color', shape, 'c.npy')).toThrow(
      'color file c.npy has shape 3 x 2 but the detector has 2 x 3',
    )
  })

  it('refuses fine color 0 under a color, masked-in pixels only', () => {
    const [all, some] = [mask([1, 1, 1, 1, 1, 1]), mask([1, 0, 0, 1, 1, 1])]
    const [color, fine] = [colors([0, 4, 5, 1, 1, 1]), colors([0, 0, 0, 1, 1, 1])]
    expect(() => checkFineColors(some, color, fine, 'fine.npy')).not.toThrow()
    expect(() => checkFineColors(all, color, fine, 'fine.npy')).toThrow(
      'fine color file fine.npy is 0 at 2 pixels that have a color, first at (0, 1) with color 4: give every colored pixel a fine color from 1 on',
    )
  })
})

describe('rings', () => {
  it('labels half-open rings and sectors', () => {
    expect([...rings([1, 6], [0, 0], [1, 3, 5])]).toEqual([0, 1, 1, 2, 2, 0])
    const sectors = rings([3, 3], [1, 1], [0, 2], 4)
    expect([...sectors]).toEqual([3, 4, 4, 3, 1, 1, 2, 2, 1])
    expect(() => rings([4, 4, 4], [1, 1], [0, 1])).toThrow('two axes')
    expect(() => rings([4, 4], [1, 1], [2, 1])).toThrow('ring edges [2, 1] must ascend')
  })
})
