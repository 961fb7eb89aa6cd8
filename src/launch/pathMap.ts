// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Paths of this machine as another one sees them: ordered rules, the first that fits counts. */
import { existsSync } from 'node:fs'
import { UsageError } from '../errors.js'

export interface PathRule {
  readonly from: string
  readonly to: string
}

export interface MappedArgument {
  readonly given: string
  readonly mapped: string
  /** The rule that changed it; null = unchanged. */
  readonly rule: PathRule | null
}

/** `/a/b=/c/d,/e=/f`. Throws UsageError. */
export function parseRules(text: string): PathRule[] {
  return text.split(',').map((part) => {
    const [from, to, ...more] = part.split('=')
    if (!from?.startsWith('/') || !to?.startsWith('/') || more.length > 0) {
      throw new UsageError(`--map says '${part}'; give FROM=TO with two absolute paths, several separated by commas`, {
        part,
      })
    }
    return { from, to }
  })
}

/** `path` by the first rule whose `from` is the path itself or a folder above it. */
export function mapPath(path: string, rules: readonly PathRule[]): { path: string; rule: PathRule | null } {
  for (const rule of rules) {
    const from = rule.from.replace(/\/+$/, '')
    if (path === from || path.startsWith(`${from}/`)) {
      return { path: rule.to.replace(/\/+$/, '') + path.slice(from.length), rule }
    }
  }
  return { path, rule: null }
}

/**
 * An argument with its path mapped: the whole argument, what stands behind `=` (`--mask=PATH`), or the path of a dataset
 * (`hdf5:PATH?...`). Only what exists here, or whose folder exists here (a result to be), counts as a path.
 */
export function mapArgument(given: string, rules: readonly PathRule[]): MappedArgument {
  const [, before = '', path = '', after = ''] = /^((?:[\w-]+[=:])?)(\/[^?]*)(.*)$/s.exec(given) ?? []
  if (path === '' || !isHere(path)) return { given, mapped: given, rule: null }
  const { path: there, rule } = mapPath(path, rules)
  return { given, mapped: `${before}${there}${after}`, rule }
}

function isHere(path: string): boolean {
  if (existsSync(path)) return true
  const parent = path.slice(0, path.lastIndexOf('/'))
  return parent !== '' && existsSync(parent)
}
