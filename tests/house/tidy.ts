// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Style as a check: one line per breach, empty when all is well. */
import type { Sources } from './inspect.js'

/** What a line of source may not hold, with the reason that a reader needs. */
interface Banned {
  readonly pattern: RegExp
  readonly reason: string
}

const inCode: readonly Banned[] = [
  { pattern: /:\s*any\b|\bas any\b|<any[,>]|\bany\[\]/, reason: 'says any: use unknown or the real type' },
  { pattern: /@ts-(ignore|nocheck)/, reason: 'silences the compiler: mend the type' },
  { pattern: /\b(TODO|FIXME|XXX)\b/, reason: 'leaves work for later: do it or open an issue' },
  { pattern: /\b(it|test|describe)\.only\(/, reason: 'runs one test alone' },
]

/** Folders of somebody's machine, and hosts that packages come from. `/usr` and `/tmp` are everybody's. */
const inAnyText: readonly Banned[] = [
  {
    pattern: /(^|[^\w.@~-])\/(work|root|home|farm|Users|sdf|reg|gpfs|scratch)\/\w/,
    reason: "names a folder of one machine: make it relative, or the user's choice",
  },
  { pattern: /\bC:\\\\?Users\b/i, reason: 'names a folder of one machine' },
  {
    pattern: /\bregistry\.[a-z0-9-]+\.[a-z]+|\/npm-(proxy|mirror)|\bresolved": "http/i,
    reason: 'names a package registry',
  },
]

export function bannedWords(sources: Sources): string[] {
  return breaches(sources, inCode)
}

export function machineWords(sources: Sources): string[] {
  return breaches(sources, inAnyText)
}

function breaches(sources: Sources, banned: readonly Banned[]): string[] {
  return [...sources].flatMap(([file, text]) =>
    text.split('\n').flatMap((line, index) => {
      const hit = banned.find(({ pattern }) => pattern.test(line))
      return hit === undefined ? [] : [`${file}:${index + 1} ${hit.reason}`]
    }),
  )
}

// In two parts, so that licence tools do not take these patterns for this file's own licence.
const copyright = new RegExp('SPDX-' + 'FileCopyrightText: 20\\d\\d The parcorana authors')
const licence = new RegExp('SPDX-' + 'License-Identifier: (GPL-3\\.0-or-later|CC-BY-4\\.0|CC0-1\\.0)\\s')

/** Both SPDX lines in the first five lines of the file (after a `#!` or front matter). */
export function withoutLicence(sources: Sources): string[] {
  return [...sources].flatMap(([file, text]) => {
    const head = text.split('\n').slice(0, 5).join('\n')
    return copyright.test(head) && licence.test(head) ? [] : [`${file} does not start with its two SPDX lines`]
  })
}

export function tooLong(sources: Sources, linesMax: number): string[] {
  return [...sources].flatMap(([file, text]) => {
    const lines = text.trimEnd().split('\n').length
    return lines > linesMax ? [`${file} has ${lines} lines of at most ${linesMax}: which is its second idea?`] : []
  })
}
