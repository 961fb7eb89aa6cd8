// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana --live`: page, state and picture of a run that goes on, alone and as an MPI job; nobody who looks holds up its end. */
import { connect, createServer } from 'node:net'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { LiveState } from '../../src/web/liveRun.js'
import { writeScenario } from '../faults/fixture.js'
import { runCli, startCli } from '../support/cli.js'
import { until } from '../support/daemons.js'
import { filesIn, temporaryFolder } from '../support/folder.js'
import { describeWithMpi, MpiCli, type MpiName } from '../support/mpi.js'

const root = temporaryFolder('live-run')
/** A few seconds of sleep. */
const slow = 'workerAdjustData() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5) }'
const dataset = { format: 'synthetic', shape: [12, 10], events: 300, seed: 3 }

/** The `live` record in `stdout`. */
function liveRecord(stdout: string): Record<string, unknown> {
  const line = stdout.split('\n').find((text) => text.includes('"event":"live"'))
  return JSON.parse(line ?? 'null')
}

/** Looks at everything of the page at `url` while the run goes on. */
async function look(url: string): Promise<void> {
  const now = async () => (await (await fetch(`${url}state.json`)).json()) as LiveState
  const state = await until('an update', async () => {
    const found = await now()
    return found.update !== null && found
  })
  expect(state).toMatchObject({ phase: 'running', name: 'config.json', host: hostname(), events: { planned: 300 } })
  expect(state.events?.read).toBeGreaterThan(0)
  expect(await (await fetch(url)).text()).toContain('<h1>config.json</h1>')
  const picture = await fetch(`${url}curves.svg`)
  expect(picture.status).toBe(200)
  expect(await picture.text()).toMatch(/^<svg [\s\S]*g2 at counter 0\d+<[\s\S]*<\/svg>$/)
  const number = state.update?.number ?? 0
  await until('the next update', async () => ((await now()).update?.number ?? 0) > number)
}

it('--live: the page goes on with the run and ends with it', async () => {
  const folder = writeScenario(root, 'alone', { members: slow, system: { dataset, numWorkers: 1 } })
  const run = startCli(['-c', 'config.json', '--live', '--json'], { cwd: folder })
  await run.seen(/"event":"live".*\n/)
  const { ts, url, ...rest } = liveRecord(run.stdout())
  expect(rest).toEqual({ event: 'live', host: hostname(), port: expect.any(Number), path: expect.any(String) })
  expect(`${url}`).toBe(`http://127.0.0.1:${rest.port}${rest.path}`)
  expect(Date.parse(`${ts}`)).toBeGreaterThan(0)
  await run.seen(new RegExp(`^live page: ${url}$`, 'm'))
  await look(`${url}`)
  // One connection that never ends, one question that is under way at the end.
  const idle = connect(rest.port as number, '127.0.0.1').on('error', () => {})
  await run.seen(/"read":300/)
  let last = ''
  while (!last.includes('data-phase="ended"')) last = await (await fetch(`${url}state.html?wait=1`)).text()
  expect(last).toContain('complete after 300 events')
  const end = await run.end
  idle.destroy()
  expect(end.code, end.stderr).toBe(0)
  expect(end.stderr).not.toContain('warning')
  expect(JSON.parse(end.stdout.trim().split('\n').at(-1) as string)).toMatchObject({ event: 'done', complete: true })
  expect(filesIn(folder)).toEqual(['config.json', 'my.ts', 'out.h5'])
})

it('--live PORT that somebody has: one sentence before the run', async () => {
  const folder = writeScenario(root, 'taken', {})
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as { port: number }
  const end = await runCli(['-c', 'config.json', '--live', String(port)], { cwd: folder })
  server.close()
  expect(end.stderr).toBe(
    `parcorana: the live page cannot have port ${port} (somebody else listens there); give another with --live, or none for any that is free\n`,
  )
  expect([end.code, end.stdout]).toEqual([2, ''])
  expect(filesIn(folder)).toEqual(['config.json'])
})

const tests = (mpi: MpiName): void => {
  it('rank 0 serves the page', async () => {
    const folder = writeScenario(root, mpi, { members: slow, system: { dataset, numWorkers: 'auto' } })
    const job = new MpiCli(mpi, 4, ['-c', 'config.json', '--live'], folder)
    const [, url] = await job.seen(/live page: (\S+)/)
    await look(url as string)
    const { code, stdout, stderr } = await job.end
    expect(code, stderr).toBe(0)
    expect(stdout).toBe(`${join(folder, 'out.h5')}\n`)
    expect(stderr.match(/live page: /g)).toHaveLength(1)
    expect(stderr).toMatch(
      new RegExp(`from another machine first: ssh -N -L (\\d+):127\\.0\\.0\\.1:\\1 ${hostname()}$`, 'm'),
    )
  })
}

describeWithMpi('--live of an MPI job', tests, ['openmpi'])
