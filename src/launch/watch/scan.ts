// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What lies in a watched folder now: names that match, and a signature that changes while something is written. */
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'

/** Relative path with `/` -> signature. A folder that matches (a scan) has the signature of everything in it. */
export function scanFolder(folder: string, pattern: RegExp): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (below: string): void => {
    for (const entry of entriesOf(join(folder, below))) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`
      if (pattern.test(path)) {
        const signature = signatureOf(join(folder, path))
        if (signature !== null) found.set(path, signature)
      } else if (entry.isDirectory()) walk(path)
    }
  }
  walk('')
  return found
}

/** Sizes and times; null when it vanished meanwhile. */
function signatureOf(path: string): string | null {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) return null
  if (!stat.isDirectory()) return `${stat.size}:${stat.mtimeMs}`
  let [files, bytes, latest] = [0, 0, stat.mtimeMs]
  for (const entry of entriesOf(path, true)) {
    const inner = statSync(join(entry.parentPath, entry.name), { throwIfNoEntry: false })
    if (inner === undefined) continue
    files++
    bytes += inner.isDirectory() ? 0 : inner.size
    latest = Math.max(latest, inner.mtimeMs)
  }
  return `${files}:${bytes}:${latest}`
}

function entriesOf(folder: string, recursive = false) {
  try {
    return readdirSync(folder, { withFileTypes: true, recursive })
  } catch {
    return []
  }
}
