// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ends a test run with the plain line `12 passed, 0 failed`, also into the file named by PARCORANA_TEST_COUNTS. */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const line = countLine(modules, errors.length, reason)
    process.stdout.write(`\n${line}\n`)
    const file = process.env.PARCORANA_TEST_COUNTS
    if (file) writeFileSync(file, `${line}\n`)
  }
}

/** A file that did not load, an error outside tests and an interrupted run each count as one failure. */
function countLine(modules: readonly TestModule[], errors: number, reason: TestRunEndReason): string {
  const states = modules.flatMap((module) => [...module.children.allTests()].map((test) => test.result().state))
  const count = (state: string) => states.filter((each) => each === state).length
  const broken = modules.filter((module) => module.errors().length > 0).length
  const failed = count('failed') + broken + errors + (reason === 'interrupted' ? 1 : 0)
  const skipped = count('skipped') + count('pending')
  return `${count('passed')} passed, ${failed} failed${skipped > 0 ? ` (${skipped} skipped)` : ''}`
}
