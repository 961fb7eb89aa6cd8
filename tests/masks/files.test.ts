// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The files in `masks/` are what masks/README.md says. With PARCORANA_WRITE_MASKS=1 they are written anew. */
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { openHdf5 } from '../../src/io/hdf5.js'
import { writeNpy } from '../../src/io/npy.js'
import { checkFineColors, loadLabels, usedLabels } from '../../src/masks/labels.js'
import { loadMask } from '../../src/masks/mask.js'
import { loadQMap } from '../../src/masks/qmap.js'
import { rings } from '../../src/masks/rings.js'
import { repositoryRoot } from '../support/shared.js'

const folder = join(repositoryRoot, 'masks')
const at = (name: string) => join(folder, name)
const shape = [256, 256]
const edges = [16, 40, 64, 84, 104, 124]
const dead = { rows: [63, 127, 191], columns: [200] }

const color = Uint8Array.from(rings(shape, [128, 128], edges))
const fine = Uint8Array.from(rings(shape, [128, 128], edges, 8))
const mask = color.map((label, pixel) => {
  const broken = dead.rows.includes(Math.floor(pixel / 256)) || dead.columns.includes(pixel % 256)
  return label > 0 && !broken ? 1 : 0
})

async function write(): Promise<void> {
  for (const [name, data] of Object.entries({ mask, color, finecolor: fine }))
    writeNpy(at(`quickstart-${name}.npy`), data, shape)
  const h5 = await openHdf5(at('quickstart-qmap.h5'), 'w')
  const group = h5.file.create_group('qmap')
  const maps = { dynamic_roi_map: Uint32Array.from(color), static_roi_map: Uint32Array.from(fine), mask }
  for (const [name, data] of Object.entries(maps)) {
    group.create_dataset({ name, data, shape, chunks: [64, 256], compression: 'gzip', compression_opts: 9 })
  }
  h5.close()
}

if (process.env.PARCORANA_WRITE_MASKS === '1') await write()

describe('masks/', () => {
  it('mask, colors and fine colors of the quickstart follow from rings and dead lines', async () => {
    const read = {
      mask: await loadMask(at('quickstart-mask.npy'), shape),
      color: await loadLabels(at('quickstart-color.npy'), 'color', shape),
      fine: await loadLabels(at('quickstart-finecolor.npy'), 'fine color', shape),
    }
    expect(Buffer.compare(read.mask.data, mask)).toBe(0)
    expect([read.color.data, read.fine.data]).toEqual([Uint16Array.from(color), Uint16Array.from(fine)])
    expect(() => checkFineColors(read.mask, read.color, read.fine, 'fine')).not.toThrow()
    expect(usedLabels(read.mask, read.color)).toEqual([1, 2, 3, 4, 5])
    expect(usedLabels(read.mask, read.fine)).toHaveLength(40)
  })

  it('the q-map holds the same', async () => {
    const qmap = await loadQMap(at('quickstart-qmap.h5'), shape)
    expect([qmap.mask.data, qmap.colors.data, qmap.fineColors.data]).toEqual([
      mask,
      Uint16Array.from(color),
      Uint16Array.from(fine),
    ])
  })

  it('has a line for every file, with its shape, and all are small', () => {
    const readme = readFileSync(at('README.md'), 'utf8')
    for (const file of readdirSync(folder).filter((name) => name !== 'README.md')) {
      expect(readme).toContain(`| \`${file}\` | 256 x 256`)
      expect(statSync(at(file)).size).toBeLessThan(100_000)
    }
    expect(existsSync(at('quickstart-mask.npy'))).toBe(true)
  })
})
