// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The live page: one document, with nothing from elsewhere. Its script asks for the state once a second, and for the pictures when
 * there is a new update.
 */
import { createHash } from 'node:crypto'
import { escapeHtml, stateHtml } from './liveHtml.js'
import type { LiveState } from './liveRun.js'

export function livePage(state: LiveState): string {
  const name = escapeHtml(state.name)
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${name}</title>
<style>${style}</style>
</head>
<body>
<h1>${name}</h1>
<p id="lost" role="alert" hidden></p>
<main>
${stateHtml(state)}
<div>
${state.writes ? state.analyses.map((name) => figure(name, state)).join('\n') : '<p class="note">There are no pictures: the run writes no result file (h5output is null).</p>'}
</div>
</main>
<noscript><p class="note">Without JavaScript this page stands still: load it again for newer values.</p></noscript>
<script>${script}</script>
</body>
</html>
`
}

function figure(name: string, { update }: LiveState): string {
  const source = `curves.svg?analysis=${encodeURIComponent(name)}`
  const first = update === null ? 'No picture yet: it comes with the first update.' : 'The picture is being drawn.'
  return `<figure data-source="${escapeHtml(source)}"><img alt="g2 against delay" hidden><figcaption>${first}</figcaption></figure>`
}

const style = `
:root { color-scheme: light dark; --back: #fff; --ink: #1a1a1a; --faint: #666; --good: #00704f; --bad: #b3261e; --care: #8a5a00; }
@media (prefers-color-scheme: dark) {
  :root { --back: #14161a; --ink: #dcdcdc; --faint: #9a9a9a; --good: #4fd1a5; --bad: #ff8a80; --care: #ffc46b; }
  img { filter: invert(0.91) hue-rotate(180deg); }
}
body { margin: 0 auto; max-width: 84rem; padding: 0.7rem 1rem 2rem; background: var(--back); color: var(--ink); font: 1.05rem/1.45 system-ui, sans-serif; }
h1 { font-size: 1.2rem; margin: 0; overflow-wrap: anywhere; }
main { display: grid; gap: 0.5rem 2rem; }
@media (min-width: 64rem) { main { grid-template-columns: 24rem 1fr; } }
.phase { font-size: 1.7rem; font-weight: 700; margin: 0.2rem 0; overflow-wrap: anywhere; }
.running, .ok { color: var(--good); }
.ended { font-size: 1.25rem; }
.warn, .starting { color: var(--care); }
.fail, #lost { color: var(--bad); }
#lost { font-size: 1.25rem; font-weight: 700; border: 2px solid; padding: 0.4rem 0.7rem; margin: 0.5rem 0; }
#lost.over { color: inherit; }
#lost:not([hidden], .over) + main { opacity: 0.6; }
progress { width: 100%; height: 0.8rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.35rem 0.9rem; margin: 0.6rem 0; }
dt, figcaption, .note { color: var(--faint); }
dd { margin: 0; overflow-wrap: anywhere; font-variant-numeric: tabular-nums; }
figure { margin: 0 0 1rem; }
img { display: block; width: 100%; max-width: 60rem; }
img[hidden] { display: none; }
`

/**
 * A question for the state is answered after a second, or at once when the run ends: the last answer says how it ended.
 * Whatever goes wrong leaves what was last known on the page, and says since when.
 */
const script = `
const lost = document.getElementById('lost')
const figures = [...document.querySelectorAll('figure')]
const title = document.title
const clock = () => new Date().toLocaleTimeString()
const pause = (seconds) => new Promise((done) => setTimeout(done, 1000 * seconds))
let heard = clock()

async function ask(path) {
  const answer = await fetch(path, { cache: 'no-store', signal: AbortSignal.timeout(20000) })
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

async function draw(figure, { phase, update }) {
  const [image, caption] = figure.children
  if (update === '' || figure.dataset.shown === update) return
  try {
    const size = innerWidth < 700 ? 'small' : 'large'
    const svg = await ask(figure.dataset.source + '&size=' + size)
    URL.revokeObjectURL(image.src)
    image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }))
    image.hidden = false
    figure.dataset.shown = update
    figure.dataset.at = clock()
    caption.textContent = 'update ' + update + ', drawn at ' + figure.dataset.at
  } catch (error) {
    const before = figure.dataset.shown === undefined ? 'No picture' : 'Still update ' + figure.dataset.shown + ' of ' + figure.dataset.at
    const reason = phase === 'ended' ? 'the run has ended' : error.message
    caption.textContent = before + '; that of update ' + update + ' could not be had: ' + reason
  }
}

async function look() {
  try {
    document.getElementById('state').outerHTML = await ask('state.html?wait=1')
  } catch {
    lost.textContent = 'No answer since ' + heard + ': the run has ended, or the connection is lost. What stands below is of then.'
    lost.hidden = false
    document.title = 'no answer: ' + title
    await pause(2)
    return true
  }
  lost.hidden = true
  heard = clock()
  const now = document.getElementById('state').dataset
  document.title = now.phase + ': ' + title
  for (const figure of figures) await draw(figure, now)
  if (now.phase !== 'ended') return true
  lost.textContent = 'The run has ended at ' + heard + ', and this page with it: nothing here changes any more.'
  lost.className = 'over'
  lost.hidden = false
  return false
}

async function watch() {
  for (const figure of figures) await draw(figure, document.getElementById('state').dataset)
  while (await look());
}
watch()
`

/** What a browser may do here: nothing that leads to another host. */
export const contentPolicy = [
  "default-src 'none'",
  "connect-src 'self'",
  'img-src blob:',
  "style-src 'unsafe-inline'",
  `script-src 'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
