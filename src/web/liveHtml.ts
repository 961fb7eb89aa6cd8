// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The state of a run in words: the part of the live page that changes every second. Everything in it is escaped. */
import type { QualityRecord } from '../roles/quality/record.js'
import { type CheckName, checkWords } from '../roles/quality/spec.js'
import type { LiveState } from './liveRun.js'

/** One element; the page's script replaces it as a whole. `data-update`: number of the update that the pictures should show. */
export function stateHtml(state: LiveState): string {
  const rows = [
    row('run', runText(state)),
    row('events', eventsText(state)),
    row('update', updateText(state)),
    ...Object.entries(state.quality).map(([name, record]) => qualityRow(name, record)),
    ...state.warnings.map((warning) => row('warning', escapeHtml(warning), 'warn')),
    row('result', resultText(state)),
  ]
  const update = state.update?.number ?? ''
  return `<div id="state" data-phase="${state.phase}" data-update="${update}">
<p class="phase ${state.phase}">${escapeHtml(state.outcome ?? state.phase)}</p>
${progressBar(state)}<dl>
${rows.join('\n')}
</dl>
</div>`
}

function row(name: string, html: string, kind = ''): string {
  return `<dt>${escapeHtml(name)}</dt><dd${kind === '' ? '' : ` class="${kind}"`}>${html}</dd>`
}

function progressBar({ events }: LiveState): string {
  if (events === null || events.planned === 0) return ''
  return `<progress max="${events.planned}" value="${Math.min(events.read, events.planned)}"></progress>\n`
}

function runText({ host, startedAt, seconds }: LiveState): string {
  return `${duration(seconds)} on ${escapeHtml(host)}, since ${startedAt.slice(0, 19).replace('T', ' ')} UTC`
}

function eventsText({ events, phase }: LiveState): string {
  if (events === null) return 'none read yet'
  const { read, delivered, planned, perSecond } = events
  const percent = planned === 0 ? '' : ` (${((100 * read) / planned).toFixed(1)} %)`
  const parts = [`${count(read)} of ${count(planned)} read${percent}`, `${count(delivered)} delivered after filters`]
  if (phase === 'running') {
    parts.push(`${count(perSecond)} events/s`)
    if (perSecond > 0 && read < planned) parts.push(`${duration((planned - read) / perSecond)} left`)
  }
  return parts.join('<br>')
}

function updateText({ update, phase }: LiveState): string {
  if (update === null) return phase === 'ended' ? 'none' : 'none yet: the first one brings the first picture'
  const counter = update.counter === null ? '' : `, counter ${update.counter}`
  const when = phase === 'ended' ? `at ${update.at.slice(11, 19)} UTC` : `${duration(update.ageSeconds)} ago`
  return `number ${update.number}${counter}<br>updated ${when}`
}

function resultText({ writes, output, phase }: LiveState): string {
  if (!writes) return 'none is written (h5output is null)'
  if (output === null) return 'not open yet'
  return escapeHtml(phase === 'ended' ? output : `${output}.inprogress`)
}

function qualityRow(name: string, record: QualityRecord): string {
  const lines = qualityLines(record)
  const html = lines.length === 0 ? record.status : lines.map(escapeHtml).join('<br>')
  return row(name === '' ? 'quality' : `quality of ${name}`, html, record.status)
}

/** A line for every check that is not ok, the failures first: `hotElements of ring 3 is 0.06 of the elements: mask these elements out`. */
export function qualityLines({ checks }: QualityRecord): string[] {
  return (['fail', 'warn'] as const).flatMap((wanted) =>
    Object.entries(checks).flatMap(([name, { status, value, ring }]) => {
      if (status !== wanted) return []
      const { units, advice } = checkWords[name as CheckName]
      const number = value === null ? 'unknown' : Number(value.toPrecision(3))
      const place = ring === null ? '' : ` of ring ${ring}`
      return [`${status}: ${name}${place} is ${number}${units === '1' ? '' : ` ${units}`}: ${advice}`]
    }),
  )
}

/** `12 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds))
  const two = (value: number): string => String(value).padStart(2, '0')
  if (whole < 100) return `${whole} s`
  if (whole < 6000) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`
}

function count(value: number): string {
  return Math.round(value).toLocaleString('en-US')
}

export function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}
