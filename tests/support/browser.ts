// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A real browser without a window: Chromium of this machine, or the program that `PARCORANA_BROWSER` names. */
import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe } from 'vitest'
import { findProgram } from './daemons.js'
import { missing } from './shared.js'

const names = ['chromium', 'chromium-browser', 'google-chrome']

function browserPath(): string | null {
  const named = process.env.PARCORANA_BROWSER
  if (named !== undefined) return existsSync(named) ? named : null
  return names.map(findProgram).find((path) => path !== null) ?? null
}

/** A tab, and what went wrong in it: errors of scripts and of the content policy, requests to other hosts. */
export interface Tab {
  readonly page: Page
  readonly troubles: readonly string[]
}

export type OpenTab = (url: string, options?: BrowserContextOptions) => Promise<Tab>

/** A group of tests that needs a browser: skipped with a clear line where there is none, failed under PARCORANA_REQUIRE_ALL=1. Tabs are closed after each test. */
export function describeWithBrowser(name: string, body: (open: OpenTab) => void): void {
  const executablePath = browserPath()
  if (executablePath === null) missing(name, 'no chromium is installed')
  else describe(name, () => withTabs(executablePath, body))
}

function withTabs(executablePath: string, body: (open: OpenTab) => void): void {
  let browser: Browser
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  })
  afterAll(() => browser.close())
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close()
  })
  body(async (url, options) => {
    const page = await (await browser.newContext(options)).newPage()
    const troubles = watchTroubles(page, new URL(url).host)
    await page.goto(url)
    return { page, troubles }
  })
}

/** A request that fails is the page's to tell; it shows as such in the console too. */
function watchTroubles(page: Page, host: string): string[] {
  const troubles: string[] = []
  page.on('pageerror', (error) => troubles.push(error.message))
  page.on('console', (message) => {
    const isFailedRequest = message.text().startsWith('Failed to load resource')
    if (message.type() === 'error' && !isFailedRequest) troubles.push(message.text())
  })
  page.on('request', (request) => {
    const url = new URL(request.url())
    if (url.protocol.startsWith('http') && url.host !== host) troubles.push(`asks ${url.host}`)
  })
  return troubles
}
