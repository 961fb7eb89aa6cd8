// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The reference cases that travel with the repository, and proof that the checks can fail. */
import { cpSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { readNpy, writeNpy } from '../../src/io/npy.js'
import { temporaryFolder } from '../support/folder.js'
import { sharedFolder } from '../support/shared.js'
import { isTrusted, referenceCases } from './cases.js'
import { CaseChecker } from './checkResult.js'
import { describeMatrix } from './matrix.js'
import { runCase } from './runCase.js'

const folder = fileURLToPath(new URL('../fixtures/parcorana', import.meta.url))

const shared = sharedFolder()
if (shared === null) describeMatrix('reference fixtures', folder, { workers: [1, 3], blockSizes: [1, 1024] })
else {
  // matrix.test.ts runs the cases they were copied from, with more workers and blocks.
  it('the fixtures are the reference cases, byte by byte', () => {
    const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    expect(files.length).toBeGreaterThan(50)
    for (const { parentPath, name } of files) {
      const path = relative(folder, join(parentPath, name))
      expect(
        readFileSync(join(folder, path)).equals(readFileSync(join(shared, 'reference/parcorana', path))),
        path,
      ).toBe(true)
    }
  })
}

describe('the reference check', () => {
  const scratch = temporaryFolder('check')
  const [inOrder] = referenceCases(folder)

  it('notices one wrong value in 132 x 8', async () => {
    if (inOrder === undefined) throw new Error('no case')
    const copy = { ...inOrder, folder: join(scratch, inOrder.name) }
    cpSync(inOrder.folder, copy.folder, { recursive: true })
    const output = await runCase(copy, 'G2atEnd', join(scratch, 'a.h5'))
    expect(await new CaseChecker(copy, 'G2atEnd').differences(output)).toEqual([])
    const sums = join(copy.folder, 'expected', 'G2atEnd', 'update0', 'IF.npy')
    const { shape, data } = readNpy(sums)
    data[2 * 132 + 57] = (data[2 * 132 + 57] as number) + 1
    writeNpy(sums, data, shape)
    const found = await new CaseChecker(copy, 'G2atEnd').differences(output)
    expect(found).toEqual([expect.stringMatching(/ParCorAna: IF\/delay_000003 is .* at 57/)])
  })

  it('leaves out nothing but the known defect of the original', () => {
    const left = referenceCases(folder).flatMap((reference) =>
      reference.params.userClasses
        .filter((userClass) => !isTrusted(reference, userClass))
        .map((userClass) => `${reference.name} ${userClass}`),
    )
    expect(left).toEqual(['f_color_drop_updates G2atEnd'])
  })
})
