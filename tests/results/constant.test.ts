// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Arrays that never change are in a file once, under as many names as they were written. */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { ResultFile } from '../../src/results/hdf5File.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonJson } from '../support/python.js'

const root = temporaryFolder('constant')
const look = `
with h5py.File(sys.argv[1], 'r') as f:
    print(json.dumps({
        'values': {name: f[name][()].tolist() for name in ('a/x', 'b/x', 'c/x') if name in f},
        'same': [f['a/x'] == f['b/x'], 'c/x' in f and f['a/x'] == f['c/x']],
        'unit': f['b/x'].attrs['units'],
    }))
`
interface Seen {
  values: Record<string, number[]>
  same: boolean[]
  unit: string
}

describeWithPython('a constant array', () => {
  const options = { attributes: { units: 'counts' }, constant: true }

  it('is one object; another array, and one that is not constant, are others', async () => {
    const path = join(root, 'once.h5')
    const file = await ResultFile.create(path)
    const same = Uint8Array.of(1, 2)
    file.write('/a/x', same, options)
    file.write('/b/x', same, options)
    file.write('/c/x', Uint8Array.of(1, 2), options)
    file.close()
    expect(pythonJson<Seen>(look, path)).toEqual({
      values: { 'a/x': [1, 2], 'b/x': [1, 2], 'c/x': [1, 2] },
      same: [true, false],
      unit: 'counts',
    })
  })

  it.each(['a', 'b'])('keeps its other names when %s gets other values', async (changed) => {
    const path = join(root, `changed-${changed}.h5`)
    const file = await ResultFile.create(path)
    const same = Uint8Array.of(1, 2)
    for (const group of ['a', 'b', 'c']) file.write(`/${group}/x`, same, options)
    file.outdate(`/${changed}`)
    file.write(`/${changed}/x`, Uint8Array.of(3, 4), options)
    await file.settle()
    file.close()
    const { values } = pythonJson<Seen>(look, path)
    expect(values).toEqual({ 'a/x': [1, 2], 'b/x': [1, 2], 'c/x': [1, 2], [`${changed}/x`]: [3, 4] })
  })

  it('is not linked to what has taken the place of its first name', async () => {
    const path = join(root, 'replaced.h5')
    const file = await ResultFile.create(path)
    const same = Uint8Array.of(1, 2)
    file.write('/a/x', same, options)
    file.write('/a/x', Uint8Array.of(3, 4))
    file.write('/b/x', same, options)
    file.close()
    const { values } = pythonJson<Seen>(look, path)
    expect(values).toEqual({ 'a/x': [3, 4], 'b/x': [1, 2] })
  })

  it.each(['a', 'b'])(
    'stays where %s is replaced as a whole by the same: nothing has to be written anew',
    async (group) => {
      const path = join(root, `again-${group}.h5`)
      const file = await ResultFile.create(path)
      const same = Uint8Array.of(1, 2)
      for (const one of ['a', 'b']) file.write(`/${one}/x`, same, options)
      file.flush()
      const { ino } = statSync(path)
      file.outdate(`/${group}`)
      file.write(`/${group}/x`, same, options)
      await file.settle()
      file.close()
      expect(statSync(path).ino).toBe(ino)
      const { values, same: objects, unit } = pythonJson<Seen>(look, path)
      expect(values).toEqual({ 'a/x': [1, 2], 'b/x': [1, 2] })
      expect(objects[0]).toBe(true)
      expect(unit).toBe('counts')
    },
  )
})
