// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A rank's thread dies, or never comes back: the run names it and ends; the last update stays. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { runCli, startCli } from '../support/cli.js'
import { filesIn, temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonJson } from '../support/python.js'
import { type ResultFacts, readResult, updateEvery, writeScenario } from './fixture.js'

const root = temporaryFolder('threads')

/** At the 300th event of a worker; the time goes to stderr first. */
const at300 = (body: string): string => `n = 0
keep = []
workerAdjustData(data) { if (++this.n === 300) { console.error('failed at', Date.now(), ';'); ${body} } }`

interface Row {
  readonly name: string
  readonly members: string
  readonly words: RegExp
  readonly node?: readonly string[]
  /** Default true. */
  readonly kept?: boolean
}

const worker = 'parcorana: worker \\(rank [34]\\) failed'

const rows: readonly Row[] = [
  {
    name: 'a worker thread that exits',
    members: at300('process.exit(3)'),
    words: new RegExp(`^${worker}: worker thread exited with code 3$`),
  },
  {
    name: 'a worker thread that exits with 0',
    members: at300('process.exit(0)'),
    words: new RegExp(`^${worker}: worker thread exited with code 0$`),
  },
  {
    name: 'a worker whose heap is full',
    members: at300('for (;;) this.keep.push(new Array(100_000).fill(Math.random()))'),
    words: new RegExp(`^${worker}: worker thread ran out of memory at its heap limit; use more workers or smaller`),
    node: ['--max-old-space-size=200'],
  },
  {
    name: 'a worker that gets no buffer',
    members: at300('for (;;) this.keep.push(new Float64Array(2 ** 32))'),
    words: new RegExp(`^${worker} in workerAdjustData\\(\\): Array buffer allocation failed$`),
  },
  {
    name: 'a worker that gets no WebAssembly memory',
    members: `constructor(a, b, c, d) {
  super(a, b, c, d)
  if (c.role !== 'worker') return
  console.error('failed at', Date.now(), ';')
  WebAssembly.Memory = function () { throw new RangeError('could not allocate memory') }
}`,
    words: new RegExp(
      `^${worker}: (?:56|64) elements of a worker cannot get \\d.* of memory; lower times, give fewer delays`,
    ),
    kept: false,
  },
  {
    name: 'a promise of a worker that nobody awaits',
    members: at300(
      "Promise.reject(new Error('lost')); Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50)",
    ),
    words: new RegExp(`^${worker}: lost$`),
  },
  {
    name: 'a viewer thread that exits',
    members:
      "n = 0\nviewerPublish(args) { if (++this.n === 4) { console.error('failed at', Date.now(), ';'); process.exit(7) } return super.viewerPublish(args) }",
    words: /^parcorana: viewer \(rank 0\) failed: worker thread exited with code 7$/,
  },
]

describeWithPython('the run ends within 5 s after', () => {
  it.each(rows.map((row, i) => ({ ...row, i })))('$name', async ({ members, words, node = [], kept = true, i }) => {
    const folder = writeScenario(root, String(i), { members })
    const { code, stdout, stderr } = await runCli(['-c', 'config.json'], { cwd: folder, node })
    const ended = Date.now()
    expect(code).toBe(1)
    expect(stdout).toBe('')
    expect(stderr.split('\n').filter((line) => line.startsWith('parcorana:'))).toEqual([expect.stringMatching(words)])
    const [first] = [...stderr.matchAll(/failed at (\d+) ;/g)]
    expect(ended - Number(first?.[1])).toBeLessThan(5000)
    expect(filesIn(folder)).toEqual(['config.json', 'my.ts', ...(kept ? ['out.h5.inprogress'] : [])])
    if (!kept) return
    const { updates, read } = pythonJson<ResultFacts>(readResult, join(folder, 'out.h5.inprogress'))
    expect(updates).toBeGreaterThanOrEqual(1)
    expect(read).toBe(updates * updateEvery)
  })
})

it('a callback that never returns ends at the second signal', async () => {
  const folder = writeScenario(root, 'endless', { members: at300('for (;;);') })
  const { child, seen, end } = startCli(['-c', 'config.json'], { cwd: folder })
  await seen(/failed at/)
  child.kill('SIGINT')
  await seen(/a second signal ends at once/)
  const second = performance.now()
  child.kill('SIGINT')
  const { code } = await end
  expect(performance.now() - second).toBeLessThan(5000)
  expect(code).toBe(130)
  expect(filesIn(folder)).toContain('out.h5.inprogress')
})

it('a callback that never returns is ended when another rank fails', async () => {
  const members = `${at300('for (;;);')}
viewerPublish(args) { if (args.lastEvent.counter > 140) throw new Error('no beam today'); return super.viewerPublish(args) }`
  const folder = writeScenario(root, 'beside', { members: members.replace('=== 300', '=== 170') })
  const { code, stderr, seconds } = await runCli(['-c', 'config.json'], { cwd: folder })
  expect(code).toBe(1)
  expect(stderr).toContain('parcorana: viewer (rank 0) failed in viewerPublish(): no beam today')
  expect(seconds).toBeLessThan(15)
  expect(filesIn(folder)).toEqual(['config.json', 'my.ts', 'out.h5.inprogress'])
})
