// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** SIGINT and SIGTERM: within 5 s curves and accounting are in the file, it has its final name and says that it is partial. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startCli } from '../support/cli.js'
import { filesIn, temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonJson } from '../support/python.js'
import { type ResultFacts, readResult, type Scenario, writeScenario } from './fixture.js'

const root = temporaryFolder('signals')

/** More events than the test waits for. */
const endless = { format: 'synthetic', shape: [64, 64], events: 5_000_000, seed: 3 }
const secondUpdate = /"event":"update","ts":"[^"]*","number":1/

interface Row {
  readonly name: string
  readonly signal: 'SIGINT' | 'SIGTERM'
  readonly code: 130 | 143
  readonly scenario: Scenario
  /** When the signal is sent. */
  readonly seen: RegExp
}

const rows: readonly Row[] = [
  {
    name: 'SIGINT',
    signal: 'SIGINT',
    code: 130,
    scenario: { system: { dataset: endless, update: 2000, h5arrays: 'final', blockSize: 'auto' } },
    seen: secondUpdate,
  },
  {
    name: 'SIGTERM',
    signal: 'SIGTERM',
    code: 143,
    scenario: { system: { dataset: endless, update: 2000, h5arrays: 'final', blockSize: 'auto', badEvents: '3-70' } },
    seen: secondUpdate,
  },
  {
    name: 'SIGTERM while workers are slow',
    signal: 'SIGTERM',
    code: 143,
    scenario: {
      members: 'workerAdjustData() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 4) }',
      system: { dataset: endless, update: 0, blockSize: 'auto' },
    },
    seen: /"event":"events"/,
  },
  {
    name: 'SIGTERM while servers are slow',
    signal: 'SIGTERM',
    code: 143,
    scenario: {
      members: `serverEventOk(event) {
  if (event.index === 100) console.error('event 100')
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
  return event.index % 3 > 0
}`,
      system: { dataset: endless, update: 0, blockSize: 'auto' },
    },
    seen: /event 100/,
  },
  {
    name: 'SIGINT between updates that follow each other',
    signal: 'SIGINT',
    code: 130,
    scenario: { system: { dataset: { ...endless, shape: [12, 10] }, update: 20, h5arrays: 'every' } },
    seen: secondUpdate,
  },
]

describeWithPython('a run that is stopped', () => {
  it.each(rows.map((row, i) => ({ ...row, i })))('by $name', async ({ signal, code, scenario, seen, i }) => {
    const folder = writeScenario(root, String(i), scenario)
    const run = startCli(['-c', 'config.json', '--json'], { cwd: folder })
    await run.seen(seen)
    const sent = performance.now()
    run.child.kill(signal)
    const end = await run.end
    expect(performance.now() - sent).toBeLessThan(5000)
    expect(end.code, end.stderr).toBe(code)
    expect(end.stderr).toMatch(
      new RegExp(`parcorana: stopped by ${signal} after \\d+ events; the partial result is .*out\\.h5\n$`),
    )
    expect(filesIn(folder).filter((name) => /out/.test(name))).toEqual(['out.h5'])

    const done = JSON.parse(end.stdout.trim().split('\n').at(-1) as string) as Record<string, unknown>
    expect(done).toMatchObject({ event: 'done', complete: false, output: join(folder, 'out.h5') })
    const facts = pythonJson<ResultFacts>(readResult, join(folder, 'out.h5'))
    expect(facts.complete).toBe(0)
    expect(facts.read).toBe(done.read)
    expect(facts.correlated + facts.late + facts.duplicate + facts.filtered).toBe(facts.read)
    expect(facts.correlated).toBe(done.correlated)
    expect(facts.updates).toBeGreaterThanOrEqual(1)
    if (facts.read > 0) expect(facts.correlated).toBeGreaterThan(0)
  })

  it.each([0, 300, 450, 600, 800, 1100])('by SIGTERM %i ms after the start', async (milliseconds) => {
    const { system } = (rows[0] as Row).scenario
    const folder = writeScenario(root, `start${milliseconds}`, { ...(system === undefined ? {} : { system }) })
    const run = startCli(['-c', 'config.json'], { cwd: folder })
    await new Promise((resolve) => setTimeout(resolve, milliseconds))
    const sent = performance.now()
    run.child.kill('SIGTERM')
    const { code, signal, stderr } = await run.end
    expect(performance.now() - sent).toBeLessThan(5000)
    const files = filesIn(folder)
    if (signal === 'SIGTERM') return expect(files).toEqual(['config.json'])
    expect(code, stderr).toBe(143)
    expect(files).toEqual(['config.json', 'out.h5'])
    expect(pythonJson<ResultFacts>(readResult, join(folder, 'out.h5')).complete).toBe(0)
  })
})
