// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** File names by wildcards: `*` and `?` within a name, `**` across folders, `{a,b}` one of several. */

/** A pattern for paths relative to the watched folder, with `/`. */
export function patternOf(text: string): RegExp {
  const source = text.replace(/\*\*\/?|\*|\?|\{[^{}]*\}|[.+^$()|[\]\\{}]/g, (part) => {
    if (part === '**/') return '(?:.*/)?'
    if (part === '**') return '.*'
    if (part === '*') return '[^/]*'
    if (part === '?') return '[^/]'
    if (part.length > 1) return `(?:${part.slice(1, -1).split(',').map(escaped).join('|')})`
    return escaped(part)
  })
  return new RegExp(`^${source}$`)
}

function escaped(text: string): string {
  return text.replace(/[.+^$()|[\]\\{}*?]/g, '\\$&')
}
