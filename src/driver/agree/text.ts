// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What `parcorana agree` prints: the definitions side by side, why they differ, and whose numbers somebody else's are. */
import type { Pass } from './agree.js'
import { type Cause, causesOf, rounded } from './causes.js'
import type { Match } from './compare.js'
import { curveOf, type Difference, largest, valueAt } from './curve.js'
import { definitions, sampleTicks } from './definitions.js'

const columns = 6
const ringsShown = 3

export function agreeText(pass: Pass, causes: readonly Cause[], match: Match | null, path: string | null): string {
  const { levels } = pass.analyses
  const head = `${pass.events} events, ${levels.colors.length} rings, ${pass.elements} elements, mean ${rounded(pass.mean)} per element and event`
  const end =
    pass.plainEnd === null
      ? []
      : [
          `finecolor and instantaneous end before delay ${pass.plainEnd}: more single events do not fit the memory of this command`,
        ]
  return [
    head,
    '',
    ...definitions.map(({ name, tools, words }) => `${name.padEnd(14)} ${tools}: ${words}`),
    ...shownRings(levels.colors).flatMap((color) => ['', ...ringTable(pass, color)]),
    ...end,
    '',
    'why they differ',
    ...causes.flatMap(causeLines),
    ...(match === null || path === null ? [] : ['', ...matchLines(match, path)]),
    '',
  ].join('\n')
}

/** As JSON: everything, all rings and delays. */
export function agreeRecord(pass: Pass, match: Match | null): object {
  const curves = definitions.map((definition) => {
    const { colors, delays, values } = curveOf(pass, definition)
    const g2 = Array.from(colors, (_, c) => Array.from(values.subarray(c * delays.length, (c + 1) * delays.length)))
    const { name, tools, words } = definition
    return { name, tools, words, colors: [...colors], delays: [...delays], g2 }
  })
  const { events, mean, jitter, elements, output } = pass
  return {
    event: 'done',
    output,
    events,
    mean,
    jitter,
    elements,
    definitions: curves,
    causes: causesOf(pass),
    peer: match,
  }
}

function shownRings(colors: Int32Array): number[] {
  if (colors.length <= ringsShown) return [...colors]
  return [colors[0], colors[Math.floor(colors.length / 2)], colors[colors.length - 1]]
}

function ringTable(pass: Pass, color: number): string[] {
  const { delays } = pass.analyses.levels
  const picked = [
    ...new Set(Array.from({ length: columns }, (_, i) => Math.round((i * (delays.length - 1)) / (columns - 1)))),
  ]
  const wanted = picked.map((d) => delays[d])
  const row = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(14)} ${cells.map((cell) => cell.padStart(10)).join(' ')}`
  return [
    row(`ring ${color}, delay`, wanted.map(String)),
    ...definitions.map((definition) => {
      const curve = curveOf(pass, definition)
      return row(
        definition.name,
        wanted.map((delay) => number(valueAt(curve, color, delay))),
      )
    }),
  ]
}

function number(value: number): string {
  return Number.isFinite(value) ? value.toFixed(6) : '-'
}

function causeLines({ name, from, to, largest: most, rms, rmsInErrors, points, equal, words }: Cause): string[] {
  if (most === null) return [`- ${name} (${from} -> ${to}): no common delays`]
  const same = equal === points ? 'all points are equal' : `${equal} of ${points} points are equal`
  const errors = rmsInErrors > 0 ? `, ${rounded(rmsInErrors)} errors` : ''
  const size = equal === points ? same : `largest ${placed(most)}, rms ${rounded(rms)}${errors}; ${same}`
  return [`- ${name} (${from} -> ${to}): ${size}`, `  ${words}`]
}

function placed({ color, delay, value }: Difference): string {
  return `${value > 0 ? '+' : ''}${rounded(value)} at delay ${delay} of ring ${color}`
}

function matchLines(match: Match, path: string): string[] {
  const { definition, words, tolerance, compared, within, median } = match
  if (compared === 0) return [`${path} has no delay in common with any definition: are its delays in frames?`]
  const off = match.largest === null ? '' : `, the largest ${placed(match.largest)}`
  const verdict =
    within > compared / 2
      ? `${path} is '${definition}' (${words})`
      : `${path} is none of these; nearest is '${definition}' (${words})`
  return [
    verdict,
    `- ${within} of ${compared} points agree within ${tolerance.toExponential()}; the median difference is ${rounded(median)}${off}`,
    ...bfloatLines(match),
    ...unexplainedLines(match),
    ...errorLines(match),
  ]
}

function bfloatLines({ bfloat16 }: Match): string[] {
  if (bfloat16.length === 0) return []
  const places = bfloat16.map(({ color, delay }) => `delay ${delay} of ring ${color}`).join(', ')
  return [
    `- ${bfloat16.length} more (${shortened(places)}) agree once sums of products are rounded to bfloat16: boost_corr, told that counts are at most 7, keeps levels 0 to 4 in 16 bits, of which 8 count, so that a pixel's sum of 331 becomes 332`,
  ]
}

function unexplainedLines({ unexplained, fromLevel, within, compared }: Match): string[] {
  if (within <= compared / 2)
    return ['- check that both took the same frames, mask, labels and calibration, and that its delays are in frames']
  const late = unexplained.filter(({ delay }) => fromLevel !== null && sampleTicks(delay) >= fromLevel)
  const rest = unexplained.filter((one) => !late.includes(one))
  const lines: string[] = []
  if (late.length > 0) {
    const first = Math.min(...late.map(({ delay }) => delay))
    lines.push(
      `- ${late.length} points are off from delay ${first} on, where a sample sums ${fromLevel} frames or more, and up to ${placed(largest(late) as Difference)}: no definition does that, so these levels were summed over other frames; xpcs-eigen is known for it with photon events, and its values there are not to be trusted`,
    )
  }
  if (rest.length > 0)
    lines.push(
      `- ${rest.length} points are off and nothing here explains them: ${shortened(rest.map(placed).join(', '))}`,
    )
  return lines
}

function errorLines({ errors }: Match): string[] {
  if (errors === null) return []
  const { least, most, ours } = errors
  const range = `our value over theirs is ${least.toFixed(4)} to ${most.toFixed(4)}`
  const same = least > 0.98 && most < 1.02
  const own =
    Math.abs(ours - 1) < 0.05
      ? 'the error that parcorana gives is the same within 5 % at the median'
      : `the error that parcorana gives is ${rounded(ours)} times theirs at the median, because it takes into account that G2 of a pixel varies together with its IP and IF`
  return [
    same
      ? `- its errors are the standard deviation of each pixel's own G2/(IP IF), by the root of the number of pixels (${range}); ${own}`
      : `- its errors are not the standard deviation of each pixel's own G2/(IP IF) by the root of their number (${range})`,
  ]
}

function shortened(text: string): string {
  return text.length < 200 ? text : `${text.slice(0, 200)} ...`
}
