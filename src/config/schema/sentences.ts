// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Words for messages about keys and values: the nearest known name, a value as users wrote it. */

/** The name of `known` that `given` most likely means; null when none is near (about one slip per three letters). */
export function nearestName(given: string, known: readonly string[]): string | null {
  let best: string | null = null
  let least = Math.max(2, Math.floor(given.length / 3)) + 1
  for (const name of known) {
    const distance = editDistance(given.toLowerCase(), name.toLowerCase())
    if (distance < least) {
      least = distance
      best = name
    }
  }
  return best
}

/** The nearest name, or else the shortest one that shares most whole words with `given`: `maskFile` means maskNdarrayCoords. Null = none, or several alike. */
export function likelyName(given: string, known: readonly string[]): string | null {
  const near = nearestName(given, known)
  if (near !== null) return near
  const words = new Set(wordsOf(given))
  const scored = known.map((name) => {
    const own = wordsOf(name)
    const shared = own.filter((word) => words.has(word)).length
    return { name, shared, score: shared - own.length / 100 }
  })
  const [best, second] = scored.sort((a, b) => b.score - a.score)
  return best !== undefined && best.shared > 0 && best.score > (second?.score ?? 0) ? best.name : null
}

/** Words that say something: `maskFile` -> mask. */
function wordsOf(name: string): string[] {
  const words = (name.match(/[A-Z]?[a-z]+/g) ?? []).map((word) => word.toLowerCase())
  return words.filter((word) => word.length > 3 && word !== 'file' && word !== 'path')
}

/** Insertions, deletions, replacements and swaps of neighbours that turn `a` into `b`. */
function editDistance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1
      let cost = Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(rows, i - 1, j - 1) + same)
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (swapped) cost = Math.min(cost, at(rows, i - 2, j - 2) + 1)
      row.push(cost)
    }
    rows.push(row)
  }
  return at(rows, a.length, b.length)
}

function at(rows: readonly number[][], i: number, j: number): number {
  return rows[i]?.[j] ?? 0
}

/** `value` on one line, at most about 60 characters, as one would write it in a configuration. */
export function valueText(value: unknown): string {
  if (typeof value === 'function') return value.name === '' ? 'a function' : `the function or class ${value.name}`
  if (typeof value === 'number' || value === undefined) return String(value)
  if (typeof value === 'string') return `'${shortened(value)}'`
  if (ArrayBuffer.isView(value)) return shortened(JSON.stringify(Array.from(value as unknown as number[])))
  try {
    return shortened(JSON.stringify(value) ?? String(value))
  } catch {
    return `an ${typeof value} that cannot be printed`
  }
}

function shortened(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`
}
