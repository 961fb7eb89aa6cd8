// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `kill -9` at random moments: the last complete update must be readable. PARCORANA_KILLS sets how often (default 4). */
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { createHdf5Result } from '../../src/results/hdf5Result.js'
import { describeWithPython, pythonJson } from '../support/python.js'
import { repositoryRoot } from '../support/shared.js'
import { fakeFacts } from './fakeRun.js'

const kills = Number(process.env.PARCORANA_KILLS ?? 4)
const script = join(repositoryRoot, 'tests/results/endless.ts')

/** Number of the last update, after reading every dataset to the end. */
const readAll = `
with h5py.File(sys.argv[1], 'r') as f:
    f.visititems(lambda name, item: item[()] if isinstance(item, h5py.Dataset) else None)
    updates = [int(g.attrs['update']) for name, g in f['user'].items()]
    last = int(f['user/final'].attrs['update']) if 'final' in f['user'] else -1
    assert last == max(updates, default=-1), (last, updates)
    g2 = f['xpcs/multitau/normalized_g2'][0, 0] if last >= 0 else -1
    assert g2 == last, (g2, last)
    print(last)
`

function runFor(path: string, milliseconds: number): Promise<number> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, ['--import', 'jiti/register', script, path], { cwd: repositoryRoot })
    let seen = -1
    let errors = ''
    child.stdout.on('data', (data: Buffer) => {
      if (seen < 0) setTimeout(() => child.kill('SIGKILL'), milliseconds)
      seen = Number(data.toString().trim().split('\n').at(-1))
    })
    child.stderr.on('data', (data: Buffer) => {
      errors += data.toString()
    })
    child.on('exit', (_code, signal) => (signal === 'SIGKILL' ? done(seen) : fail(new Error(errors))))
  })
}

describeWithPython('a killed run', () => {
  it(`leaves the last complete update readable, ${kills} times`, { timeout: 30_000 + 20_000 * kills }, async () => {
    for (let i = 0; i < kills; i++) {
      const folder = mkdtempSync(join(tmpdir(), 'parcorana-kill-'))
      const path = join(folder, 'out.h5')
      const seen = await runFor(path, Math.random() * 400)
      expect(existsSync(path)).toBe(false)
      const readable = pythonJson<number>(readAll, `${path}.inprogress`)
      expect(readable).toBeGreaterThanOrEqual(seen)
      expect(readable).toBeLessThanOrEqual(seen + 1)
      rmSync(`${path}.inprogress`)
      const next = createHdf5Result({ path })
      await next.begin(fakeFacts())
      await next.abandon()
      expect(readdirSync(folder)).toEqual([])
      rmSync(folder, { recursive: true })
    }
  })
})
