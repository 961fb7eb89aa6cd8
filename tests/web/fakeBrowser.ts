// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The script of the live page with as much of a browser as it needs: it asks a real server. */
import { runInNewContext } from 'node:vm'
import { until } from '../support/daemons.js'

export interface FakePage {
  title(): string
  /** The banner; '' = hidden. */
  lost(): string
  /** HTML of the part that changes. */
  state(): string
  /** SVG; null = hidden. */
  picture(): string | null
  caption(): string
  /** True: nothing is answered any more. */
  cut(now: boolean): void
  until(probe: () => boolean): Promise<unknown>
  /** Resolves when the script does nothing any more. */
  readonly ended: Promise<unknown>
}

/** Load the page at `url` and start its script. */
export async function openPage(url: string): Promise<FakePage> {
  const html = await (await fetch(url)).text()
  const [, script = ''] = /<script>([\s\S]*)<\/script>/.exec(html) ?? []
  const [, title = ''] = /<title>(.*)<\/title>/.exec(html) ?? []
  const [, source = ''] = /data-source="([^"]*)"/.exec(html) ?? []
  const blobs = new Map<string, Blob>()
  const shown = { svg: '' }
  let dead = false
  const state = {
    html: /<div id="state"[\s\S]*?<\/dl>\n<\/div>/.exec(html)?.[0] ?? '',
    get dataset() {
      const [, phase, update] = /data-phase="(\w+)" data-update="(\d*)"/.exec(this.html) ?? []
      return { phase, update }
    },
    set outerHTML(text: string) {
      this.html = text
    },
  }
  const image = {
    hidden: true,
    set src(address: string) {
      void blobs
        .get(address)
        ?.text()
        .then((svg) => (shown.svg = svg))
    },
  }
  const caption = { textContent: '' }
  const banner = { hidden: true, textContent: '', className: '' }
  const document = {
    title,
    getElementById: (id: string) => (id === 'state' ? state : banner),
    querySelectorAll: () => [{ children: [image, caption], dataset: { source } }],
  }
  const look = (path: string, options: RequestInit): Promise<Response> =>
    dead ? Promise.reject(new TypeError('network error')) : fetch(new URL(path, url), options)
  const objects = {
    createObjectURL: (blob: Blob) => {
      blobs.set(`blob:${blobs.size}`, blob)
      return `blob:${blobs.size - 1}`
    },
    revokeObjectURL: () => {},
  }
  const globals = { document, fetch: look, URL: objects, Blob, AbortSignal, setTimeout, innerWidth: 400 }
  // Its last statement starts it.
  const ended = runInNewContext(script, globals) as Promise<unknown>
  return {
    title: () => document.title,
    lost: () => (banner.hidden ? '' : banner.textContent),
    state: () => state.html,
    picture: () => (image.hidden ? null : shown.svg),
    caption: () => caption.textContent,
    cut: (now) => {
      dead = now
    },
    until: (probe) => until(String(probe), probe),
    ended,
  }
}
