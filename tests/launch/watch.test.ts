// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `trigger --watch`: every finished file once, also across crashes, also where the system tells nothing about changes. */
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeFileSync,
} from 'node:fs'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { JobStore } from '../../src/launch/records.js'
import { Trigger } from '../../src/launch/trigger.js'
import { Journal } from '../../src/launch/watch/journal.js'
import { patternOf } from '../../src/launch/watch/pattern.js'
import { finishedFiles } from '../../src/launch/watch/watch.js'
import { type CliRun, startCli } from '../support/cli.js'
import { until } from '../support/daemons.js'
import { temporaryFolder } from '../support/folder.js'

const root = temporaryFolder('watch')

/** A watched folder, and a script that notes which files it got and how large they were. */
function scene(name: string) {
  const folder = join(root, name)
  const raw = join(folder, 'raw')
  mkdirSync(raw, { recursive: true })
  const list = join(folder, 'list')
  const script = join(folder, 'note.sh')
  writeFileSync(script, `#!/bin/sh\nprintf '%s %s\\n' "$(cat "$1" | wc -c)" "$1" >> '${list}'\n`)
  chmodSync(script, 0o755)
  const noted = (): string[] => (existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n').sort() : [])
  const state = join(folder, 'state')
  const start = (...more: readonly string[]): CliRun =>
    startCli(
      ['trigger', '--no-beamtime', '--method', 'local', '--folder', join(folder, 'jobs'), '--watch', raw].concat([
        '--pattern',
        '*.h5',
        '--settle',
        '0.5',
        '--poll',
        '0.3',
        ...more,
        '--',
        script,
        '{}',
      ]),
      { cwd: folder, env: { PARCORANA_STATE: state } },
    )
  return { folder, raw, script, state, noted, start }
}

describe('watching', () => {
  it('triggers every file when it is finished, once, whatever its name', async () => {
    const { raw, noted, start } = scene('once')
    writeFileSync(join(raw, "it's here.h5"), 'x'.repeat(10))
    writeFileSync(join(raw, 'notes.txt'), '')
    const run = start()
    await until('the first', () => noted().length === 1)
    const slow = join(raw, 'slow.h5')
    // Longer than the time to settle, with pauses shorter than that.
    for (let part = 0; part < 6; part++) {
      appendFileSync(slow, 'y'.repeat(100))
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    writeFileSync(join(raw, 'part.tmp'), 'z'.repeat(7))
    renameSync(join(raw, 'part.tmp'), join(raw, 'moved.h5'))
    await until('all', () => noted().length >= 3)
    await new Promise((resolve) => setTimeout(resolve, 1200))
    run.child.kill('SIGTERM')
    expect((await run.end).code).toBe(0)
    expect(noted()).toEqual([`10 ${raw}/it's here.h5`, `600 ${slow}`, `7 ${raw}/moved.h5`].sort())
    expect(run.stdout().trim().split('\n')).toHaveLength(3)
  })

  it('goes on after it was killed, and triggers nothing twice', async () => {
    const { raw, noted, start } = scene('killed')
    for (const name of ['a', 'b']) writeFileSync(join(raw, `${name}.h5`), '1')
    const first = start()
    await until('two', () => noted().length === 2)
    first.child.kill('SIGKILL')
    await first.end
    writeFileSync(join(raw, 'c.h5'), '1')
    const second = await start('--once').end
    expect(second.code, second.stderr).toBe(0)
    await until('three', () => noted().length === 3)
    const third = await start('--once').end
    expect(third.stdout).toBe('')
    expect(noted()).toEqual(['a', 'b', 'c'].map((name) => `1 ${raw}/${name}.h5`))
  })

  it('killed between a submission and its note: the job is found again, not made again', async () => {
    const { folder, raw, script, state, noted, start } = scene('between')
    for (const name of ['begun', 'noted']) writeFileSync(join(raw, `${name}.h5`), '1')
    const journal = new Journal(raw, '*.h5', [script, '{}'], state)
    const store = new JobStore(join(state, 'jobs'))
    // One submission did not get as far as the job, the other did, but was not noted.
    journal.begin('begun.h5')
    const token = journal.begin('noted.h5')
    const request = { method: 'local', command: script, args: [join(raw, 'noted.h5')], folder: join(folder, 'jobs') }
    const lost = await Trigger.offline({}, { store }).submit({ ...request, token })
    await lost.result({ intervalSeconds: 0.1 })
    const end = await start('--once').end
    expect(end.code, end.stderr).toBe(0)
    await until('both', () => noted().length === 2)
    expect(noted()).toEqual(['begun', 'noted'].map((name) => `1 ${raw}/${name}.h5`))
    expect(end.stdout.trim().split('\n')).toContain(lost.id)
    expect(readdirSync(join(folder, 'jobs')).filter((name) => name.endsWith('.sh'))).toHaveLength(2)
  })

  it('two at once: the second is refused and names the first; what a killed one has left holds nobody up', async () => {
    const { raw, noted, start } = scene('two')
    writeFileSync(join(raw, 'a.h5'), '1')
    const first = start()
    await until('the first', () => noted().length === 1)
    const second = await start('--once').end
    expect(second.code).toBe(2)
    expect(second.stderr).toBe(
      `parcorana: process ${first.child.pid} on ${hostname()} watches ${raw} with this command already; end it first\n`,
    )
    first.child.kill('SIGKILL')
    await first.end
    const third = await start('--once').end
    expect(third.code, third.stderr).toBe(0)
    expect(noted()).toHaveLength(1)
  })

  it('a submission that fails is said, and made by the next start', async () => {
    const { raw, script, noted, start } = scene('failing')
    writeFileSync(join(raw, 'a.h5'), '1')
    chmodSync(script, 0o644)
    const failed = await start('--once').end
    expect(failed.code).toBe(5)
    expect(failed.stderr).toMatch(/a\.h5: .*note\.sh on this machine: is not executable; chmod/)
    chmodSync(script, 0o755)
    expect((await start('--once').end).code).toBe(0)
    await until('the job', () => noted().length === 1)
  })

  it('sees scans in folders that nobody tells about, and folders as a whole', async () => {
    const folder = join(root, 'scans')
    mkdirSync(join(folder, 'day1/scan_1'), { recursive: true })
    const stop = new AbortController()
    const found: string[] = []
    const options = {
      settleSeconds: 0.3,
      pollSeconds: 0.1,
      signal: stop.signal,
      isDone: (path: string) => path === 'day1/scan_0',
    }
    const watching = (async () => {
      for await (const path of finishedFiles(folder, { ...options, pattern: 'day*/scan_*' })) found.push(path)
    })()
    mkdirSync(join(folder, 'day1/scan_0'))
    for (let part = 0; part < 5; part++) {
      writeFileSync(join(folder, 'day1/scan_1', `${part}.tif`), 'x')
      await new Promise((resolve) => setTimeout(resolve, 150))
      expect(found).toEqual([])
    }
    mkdirSync(join(folder, 'day2/scan_7'), { recursive: true })
    await until('both', () => found.length === 2, 10)
    stop.abort()
    await watching
    expect(found).toEqual(['day1/scan_1', 'day2/scan_7'])
  })
})

it.each([
  ['*.h5', ['a.h5', '.h5'], ['a.h5x', 'd/a.h5', 'ah5']],
  ['**/scan_?', ['scan_1', 'a/b/scan_2'], ['scan_10', 'xscan_1']],
  ['{a,b}_*.{h5,cbf}', ['a_1.h5', 'b_.cbf'], ['c_1.h5', 'a_1.tif']],
  ['a+(1).h5', ['a+(1).h5'], ['aa1.h5']],
])('pattern %s', (pattern, good, bad) => {
  expect(good.filter((name) => !patternOf(pattern).test(name))).toEqual([])
  expect(bad.filter((name) => patternOf(pattern).test(name))).toEqual([])
})
