// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The live page over real sockets, with the result files of an invented run: what it says, to whom, and how it ends. */
import { writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { UsageError } from '../../src/errors.js'
import { createHdf5Result } from '../../src/results/hdf5Result.js'
import type { QualityRecord } from '../../src/roles/quality/record.js'
import { LivePictures } from '../../src/web/livePictures.js'
import { type LiveFacts, LiveRun } from '../../src/web/liveRun.js'
import { type LiveServer, serveLive } from '../../src/web/liveServer.js'
import { fakeFacts, fakeSummary, fakeUpdateFacts, publishFake } from '../results/fakeRun.js'
import { temporaryFolder } from '../support/folder.js'

const root = temporaryFolder('live')
const facts: LiveFacts = { name: 'gels.ts', host: 'node7', analyses: [''], writes: true }
const servers: LiveServer[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => server.close())))

async function serve(more: Partial<LiveFacts> = {}): Promise<{ run: LiveRun; server: LiveServer }> {
  const run = new LiveRun({ ...facts, ...more })
  const server = await serveLive(run, new LivePictures(), 0, { waitMilliseconds: 200, lastMilliseconds: 300 })
  servers.push(server)
  return { run, server }
}

async function ask(url: string, options: RequestInit = {}): Promise<{ code: number; text: string; type: string }> {
  const answer = await fetch(url, options)
  return { code: answer.status, text: await answer.text(), type: answer.headers.get('content-type') ?? '' }
}

const update = (number: number, quality: Record<string, QualityRecord> = {}) =>
  ({ kind: 'update', number, final: false, counter: 10 * number + 15, seconds: 0.1, quality }) as const

describe('the live page', () => {
  it('answers those who know its token, on 127.0.0.1 alone', async () => {
    const { server } = await serve()
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/[0-9a-f]{32}\/$/)
    expect(await ask(server.url)).toMatchObject({ code: 200, type: 'text/html; charset=utf-8' })
    expect((await fetch(server.url.slice(0, -1))).url).toBe(server.url)
    const policy = (await fetch(server.url)).headers.get('content-security-policy')
    expect(policy).toMatch(/^default-src 'none'; connect-src 'self'; /)
    expect((await ask(server.url)).text).not.toMatch(/(src|href)="?(https?:)?\/\//)
    const base = `http://127.0.0.1:${server.port}/`
    for (const path of ['', 'state.json', `${'0'.repeat(32)}/`, `${'0'.repeat(32)}/state.json`, `${server.path}x`]) {
      expect(await ask(base + path), path).toMatchObject({
        code: 404,
        text: expect.stringMatching(/^there is no such/),
      })
    }
    expect((await ask(server.url, { method: 'POST' })).code).toBe(404)
    // All of 127.0.0.0/8 is this machine, so this asks whether it listens on other addresses too.
    const elsewhere = await new Promise((resolve) => {
      connect(server.port, '127.0.0.2').once('connect', resolve).once('error', resolve)
    })
    expect(elsewhere).toMatchObject({ code: 'ECONNREFUSED' })
  })

  it('shows what the run tells, and escapes it', async () => {
    const { run, server } = await serve({ name: 'a<b>.ts' })
    const state = async () => JSON.parse((await ask(`${server.url}state.json`)).text)
    expect(await state()).toMatchObject({ host: 'node7', phase: 'starting', events: null, update: null, output: null })
    expect((await ask(server.url)).text).toContain('none yet: the first one brings the first picture')
    run.writesTo('/data/out.h5')
    run.hear({ kind: 'events', read: 1500, delivered: 1200, planned: 6000 })
    const checks = {
      hotElements: { status: 'warn', value: 0.0612, ring: 3 },
      jumps: { status: 'ok', value: 0, ring: null },
    } as const
    run.hear(update(2, { '': { status: 'warn', checks } }))
    run.warn('a & b')
    expect(await state()).toMatchObject({
      phase: 'running',
      events: { read: 1500, delivered: 1200, planned: 6000 },
      update: { number: 2, counter: 35 },
      quality: { '': { status: 'warn' } },
      warnings: ['a & b'],
      output: '/data/out.h5',
    })
    const { text } = await ask(`${server.url}state.html`)
    for (const words of [
      '1,500 of 6,000 read (25.0 %)',
      '1,200 delivered after filters',
      'number 2, counter 35<br>updated 0 s ago',
      '<dd class="warn">warn: hotElements of ring 3 is 0.0612 of the elements: mask these elements out',
      'a &amp; b',
      '/data/out.h5.inprogress',
      'data-update="2"',
    ])
      expect(text).toContain(words)
    expect((await ask(server.url)).text).toContain('<h1>a&lt;b&gt;.ts</h1>')
  })

  it('draws the last update when it is asked for, once', async () => {
    const path = join(root, 'drawn.h5')
    const result = createHdf5Result({ path })
    const written = fakeFacts({ names: ['slow', 'fast'] })
    const { run, server } = await serve({ analyses: ['slow', 'fast'] })
    const curves = `${server.url}curves.svg`
    const early = { code: 503, text: 'no update is complete yet: ask again in a while\n' }
    expect(await ask(curves)).toMatchObject(early)
    await result.begin(written)
    run.writesTo(path)
    expect(await ask(curves)).toMatchObject(early)
    await publishFake(result, written, fakeUpdateFacts(0, 15))
    run.hear(update(0))
    const first = await ask(curves)
    expect(first).toMatchObject({ code: 200, type: 'image/svg+xml' })
    expect(first.text).toContain('<title>slow: g2 at counter 000015</title>')
    expect((await ask(`${curves}?analysis=fast&size=small`)).text).toMatch(
      /width="560"[\s\S]*fast: g2 at counter 000015/,
    )
    expect(await ask(`${curves}?analysis=other`)).toMatchObject({
      code: 404,
      text: "no analysis 'other'; there is slow, fast\n",
    })

    await publishFake(result, written, fakeUpdateFacts(1, 49))
    // The page does not know of it yet: the file is not read again.
    expect((await ask(curves)).text).toBe(first.text)
    run.hear(update(1))
    expect((await ask(curves)).text).toContain('<title>slow: g2 at counter 000049</title>')

    writeFileSync(`${path}.inprogress`, 'no HDF5')
    run.hear(update(2))
    expect(await ask(curves)).toMatchObject({
      code: 503,
      text: expect.stringMatching(/drawn\.h5\.inprogress is not an HDF5 file/),
    })
    await publishFake(result, written, fakeUpdateFacts(2, 60, true))
    await result.finish(fakeSummary)
    expect((await ask(curves)).text).toContain('<title>slow: g2 at counter 000060</title>')
  })

  it('says that there is no picture without a result file', async () => {
    const { run, server } = await serve({ writes: false })
    run.hear(update(0))
    expect((await ask(server.url)).text).toContain(
      'There are no pictures: the run writes no result file (h5output is null).',
    )
    expect(await ask(`${server.url}curves.svg`)).toMatchObject({
      code: 503,
      text: expect.stringMatching(/h5output is null/),
    })
  })

  it('ends with the run: who waits is told, who does nothing is left', async () => {
    const { run, server } = await serve()
    const idle = connect(server.port, '127.0.0.1')
    idle.write(`GET ${server.path} HTTP/1.1\r\n`)
    const left = new Promise((resolve) => idle.once('close', resolve))
    idle.on('error', () => {})
    run.hear(update(0))
    const waiting = ask(`${server.url}state.html?wait=1`)
    await ask(`${server.url}state.json`)
    run.end('stopped by SIGTERM after 12 events')
    await server.close()
    expect((await waiting).text).toMatch(
      /data-phase="ended"[\s\S]*stopped by SIGTERM after 12 events[\s\S]*updated at \d\d:\d\d:\d\d UTC/,
    )
    await left
    await expect(fetch(server.url)).rejects.toThrow()
  })

  it('refuses a port that is taken', async () => {
    const { server } = await serve()
    const second = serveLive(new LiveRun(facts), new LivePictures(), server.port)
    await expect(second).rejects.toThrow(UsageError)
    await expect(second).rejects.toThrow(
      `the live page cannot have port ${server.port} (somebody else listens there); give another with --live, or none for any that is free`,
    )
  })
})

it('the rate is that of the last ten seconds', () => {
  let now = 0
  const run = new LiveRun(facts, () => now)
  const rate = () => run.state().events?.perSecond
  const read = (seconds: number, events: number): void => {
    now = 1000 * seconds
    run.hear({ kind: 'events', read: events, delivered: events, planned: 10_000 })
  }
  read(2, 100)
  expect(rate()).toBe(50)
  read(4, 300)
  expect(rate()).toBe(75)
  for (let second = 5; second <= 30; second++) read(second, 300 + 1000 * (second - 4))
  expect(rate()).toBeCloseTo(1000, -1)
  now = 60_000
  expect(rate()).toBe(0)
})
