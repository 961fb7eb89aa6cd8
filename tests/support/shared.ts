// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where the reference results lie: `../shared` beside the checkout, or `PARCORANA_SHARED`. */
import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, it } from 'vitest'

export const repositoryRoot = fileURLToPath(new URL('../../', import.meta.url))
export const requireAll = process.env.PARCORANA_REQUIRE_ALL === '1'

/** The folder, or null where it is absent. */
export function sharedFolder(): string | null {
  const folder = process.env.PARCORANA_SHARED ?? resolve(repositoryRoot, '..', 'shared')
  return existsSync(resolve(folder, 'reference')) ? folder : null
}

/** A group of tests on the shared reference data: skipped with a clear line where absent, failed under PARCORANA_REQUIRE_ALL=1. */
export function describeWithShared(name: string, body: (shared: string) => void): void {
  const shared = sharedFolder()
  if (shared !== null) describe(name, () => body(shared))
  else missing(name, 'the folder ../shared is absent')
}

/** Register one skipped test that says what is missing; a failing one under PARCORANA_REQUIRE_ALL=1. */
export function missing(name: string, reason: string): void {
  if (requireAll) {
    it(name, () => {
      throw new Error(`${reason}, and PARCORANA_REQUIRE_ALL=1 forbids skipping`)
    })
  } else it.skip(`${name} (skipped, ${reason})`, () => {})
}
