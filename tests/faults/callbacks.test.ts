// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The user's class throws, in every callback: who, where and why are said, the run ends at once, complete updates are kept. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { filesIn, temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonJson } from '../support/python.js'
import { type ResultFacts, rankOf, readResult, updateEvery, writeScenario } from './fixture.js'

const root = temporaryFolder('callbacks')

/** `fail()` notes the time and throws. */
const head = `import { writeFileSync } from 'node:fs'
const fail = () => { writeFileSync('failed', String(Date.now())); throw new Error('no beam today') }`

interface Row {
  readonly callback: string
  readonly role: keyof typeof rankOf
  readonly members: string
  /** True when updates were complete before the failure. */
  readonly kept: boolean
}

const rows: readonly Row[] = [
  {
    callback: 'constructor',
    role: 'master',
    members: 'constructor(a, b, c, d) { super(a, b, c, d); fail() }',
    kept: false,
  },
  {
    callback: 'constructor',
    role: 'worker',
    members: "constructor(a, b, c, d) { super(a, b, c, d); if (c.role === 'worker') fail() }",
    kept: false,
  },
  { callback: 'serverInit', role: 'server', members: 'serverInit() { fail() }', kept: false },
  { callback: 'serverInit', role: 'server', members: 'async serverInit() { await null; fail() }', kept: false },
  {
    callback: 'serverEventOk',
    role: 'server',
    members: 'serverEventOk(event) { if (event.index === 300) fail(); return true }',
    kept: true,
  },
  {
    callback: 'serverFinalDataArray',
    role: 'server',
    members: 'serverFinalDataArray(array, event) { if (event.index === 300) fail(); return array }',
    kept: true,
  },
  { callback: 'workerInit', role: 'worker', members: 'workerInit() { fail() }', kept: false },
  {
    callback: 'workerAdjustData',
    role: 'worker',
    members: 'n = 0\nworkerAdjustData(data) { if (++this.n === 300) fail() }',
    kept: true,
  },
  {
    callback: 'workerBeforeDataRemove',
    role: 'worker',
    members:
      'workerBeforeDataRemove(tm, x, data) { if (tm === 250) fail(); super.workerBeforeDataRemove(tm, x, data) }',
    kept: true,
  },
  {
    callback: 'workerAfterDataInsert',
    role: 'worker',
    members: 'workerAfterDataInsert(tm, x, data) { if (tm === 300) fail(); super.workerAfterDataInsert(tm, x, data) }',
    kept: true,
  },
  {
    callback: 'workerCalc',
    role: 'worker',
    members: 'n = 0\nworkerCalc(data) { if (++this.n === 4) fail(); return super.workerCalc(data) }',
    kept: true,
  },
  { callback: 'viewerInit', role: 'viewer', members: 'async viewerInit() { fail() }', kept: false },
  {
    callback: 'viewerPublish',
    role: 'viewer',
    members: 'n = 0\nviewerPublish(args) { if (++this.n === 4) fail(); return super.viewerPublish(args) }',
    kept: true,
  },
  {
    callback: 'viewerPublish',
    role: 'viewer',
    members: 'async viewerPublish() { await null; fail() }',
    kept: false,
  },
]

describeWithPython('an exception', () => {
  it.each(rows.map((row, i) => ({ ...row, i })))(
    'in $callback of a $role (row $i)',
    async ({ callback, role, members, kept, i }) => {
      const folder = writeScenario(root, String(i), { head, members })
      const { code, stdout, stderr } = await runCli(['-c', 'config.json'], { cwd: folder })
      const ended = Date.now()
      expect(code).toBe(1)
      expect(stdout).toBe('')
      const lines = stderr.trimEnd().split('\n')
      expect(lines).toHaveLength(1)
      expect(lines[0]).toMatch(
        new RegExp(`^parcorana: ${role} \\(rank \\d\\) failed in ${callback}\\(\\): no beam today$`),
      )
      expect(rankOf[role]).toContain(Number(/rank (\d)/.exec(lines[0] as string)?.[1]))
      expect(ended - Number(readFileSync(join(folder, 'failed'), 'utf8'))).toBeLessThan(5000)

      const files = ['config.json', 'failed', 'my.ts', ...(kept ? ['out.h5.inprogress'] : [])]
      expect(filesIn(folder)).toEqual(files)
      if (kept) expectCompleteUpdates(join(folder, 'out.h5.inprogress'))
    },
  )
})

it('in the alternative test is named too', async () => {
  const folder = writeScenario(root, 'alternative', { members: "serverEventOk() { throw new Error('no beam today') }" })
  const { code, stderr } = await runCli(['-c', 'config.json', '--test-alt', '-q'], { cwd: folder })
  expect(code).toBe(1)
  expect(stderr).toContain('parcorana: testmode (rank 0) failed in serverEventOk(): no beam today')
  expect(filesIn(folder)).toEqual(['config.json', 'my.ts'])
})

/** At least one update, the last one counting `updateEvery` events for each. */
function expectCompleteUpdates(path: string): void {
  const { updates, last, read, correlated, complete } = pythonJson<ResultFacts>(readResult, path)
  expect(updates).toBeGreaterThanOrEqual(1)
  expect(last).toBe(updates - 1)
  expect(read).toBe(updates * updateEvery)
  expect(correlated).toBe(read)
  expect(complete).toBe(0)
}
