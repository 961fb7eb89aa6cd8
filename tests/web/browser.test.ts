// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The live page in a real browser: what a person sees while a run goes on, when the line is cut, and after the end. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { createHdf5Result } from '../../src/results/hdf5Result.js'
import { LivePictures } from '../../src/web/livePictures.js'
import { LiveRun } from '../../src/web/liveRun.js'
import { serveLive } from '../../src/web/liveServer.js'
import { writeScenario } from '../faults/fixture.js'
import { fakeFacts, fakeSummary, fakeUpdateFacts, publishFake } from '../results/fakeRun.js'
import { describeWithBrowser } from '../support/browser.js'
import { startCli } from '../support/cli.js'
import { until } from '../support/daemons.js'
import { temporaryFolder } from '../support/folder.js'

const root = temporaryFolder('browser')
const phone = { viewport: { width: 390, height: 800 } }
const update = (number: number) =>
  ({ kind: 'update', number, final: false, counter: 10 * number + 15, seconds: 0.1, quality: {} }) as const

/** Wait for the text of what `selector` finds; hidden things have none. */
function shows(page: Page, selector: string, text: RegExp): Promise<unknown> {
  const place = page.locator(selector)
  return until(`${selector}: ${text}`, async () => text.test((await place.isVisible()) ? await place.innerText() : ''))
}

function hasTitle(page: Page, title: string): Promise<unknown> {
  return until(title, async () => (await page.title()) === title)
}

/** Width of the picture as the browser has decoded it; 0 = it shows none. */
function pictureWidth(page: Page): Promise<number> {
  return page.locator('img').evaluate((image: { naturalWidth: number }) => image.naturalWidth)
}

/** SVG texts that the page has been sent, oldest first. */
function picturesOf(page: Page): string[] {
  const texts: string[] = []
  page.on('response', async (response) => {
    if (response.url().includes('curves.svg') && response.ok()) texts.push(await response.text())
  })
  return texts
}

describeWithBrowser('the live page in a browser', (open) => {
  it('exchanges state and pictures, says when nobody answers and when the run has ended', async () => {
    const path = join(root, 'script.h5')
    const result = createHdf5Result({ path })
    const written = fakeFacts()
    const run = new LiveRun({ name: 'gels.ts', host: 'node7', analyses: [''], writes: true })
    const server = await serveLive(run, new LivePictures(), 0, { waitMilliseconds: 200, lastMilliseconds: 300 })
    const { page, troubles } = await open(server.url)
    const drawn = picturesOf(page)
    await hasTitle(page, 'starting: gels.ts')
    expect(await page.locator('img').isVisible()).toBe(false)
    await result.begin(written)
    run.writesTo(path)
    run.hear({ kind: 'events', read: 10, delivered: 10, planned: 50 })
    // A picture that cannot be drawn is said, and had later.
    run.hear(update(0))
    await shows(
      page,
      'figcaption',
      /^No picture; that of update 0 could not be had: .*script\.h5\.inprogress holds no group/,
    )
    for (const number of [0, 1]) {
      await publishFake(result, written, fakeUpdateFacts(number, 15 + 10 * number))
      run.hear(update(number))
      await shows(page, 'figcaption', new RegExp(`^update ${number}, drawn at `))
      await until('a picture that the browser has drawn', async () => (await pictureWidth(page)) === 900)
      expect(drawn.at(-1)).toContain(`g2 at counter 0000${15 + 10 * number}`)
    }
    await hasTitle(page, 'running: gels.ts')
    expect(await page.locator('#lost').isVisible()).toBe(false)
    await page.context().setOffline(true)
    await shows(page, '#lost', /^No answer since /)
    await hasTitle(page, 'no answer: gels.ts')
    expect(await page.locator('#state').innerText()).toContain('number 1')
    await page.context().setOffline(false)
    await shows(page, '#lost', /^$/)
    run.end('complete after 50 events')
    await server.close()
    await shows(page, '#lost', /^The run has ended at .*, and this page with it/)
    await hasTitle(page, 'ended: gels.ts')
    expect(await page.locator('#state').innerText()).toContain('complete after 50 events')
    expect(troubles).toEqual([])
    await publishFake(result, written, fakeUpdateFacts(2, 60, true))
    await result.finish(fakeSummary)
  })

  it('shows a run on a phone from its start to its end', async () => {
    const members = 'workerAdjustData() { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5) }'
    const dataset = { format: 'synthetic', shape: [12, 10], events: 400, seed: 3 }
    const folder = writeScenario(root, 'phone', { members, system: { dataset, numWorkers: 1 } })
    const run = startCli(['-c', 'config.json', '--live'], { cwd: folder })
    await run.seen(/^live page: .*\n/m)
    const [, url = ''] = /^live page: (.*)$/m.exec(`${run.stdout()}\n${run.stderr()}`) ?? []
    const { page, troubles } = await open(url, phone)
    await hasTitle(page, 'running: config.json')
    await shows(page, '#state', /of 400 read/)
    await shows(page, 'figcaption', /^update \d+, drawn at /)
    await until('a picture that the browser has drawn', async () => (await pictureWidth(page)) === 560)
    const widest = await page.evaluate('document.documentElement.scrollWidth')
    expect(widest).toBeLessThanOrEqual(phone.viewport.width)
    await shows(page, '#lost', /^The run has ended at /)
    await hasTitle(page, 'ended: config.json')
    await shows(page, '.phase', /^complete after 400 events/)
    const { code, stderr } = await run.end
    expect(code, stderr).toBe(0)
    expect(troubles).toEqual([])
  })
})
