// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ends a test run with the plain line `12 passed, 0 failed`, also into the file named by PARCORANA_TEST_COUNTS. */
import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'

export class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly unknown[], reason: TestRunEndReason): void {
    const line = countLine(modules, errors.length, reason)
    process.stdout.write(`\n${skippedLine(modules)}${line}\n`)
    const file = process.env.PARCORANA_TEST_COUNTS
    if (file) writeFileSync(file, `${line}\n`)
  }
}

/** A file that did not load, an error outside tests and an interrupted run each count as one failure. */
function countLine(modules: readonly TestModule[], errors: number, reason: TestRunEndReason): string {
  const broken = modules.filter((module) => module.errors().length > 0).length
  const failed = count(modules, 'failed') + broken + errors + (reason === 'interrupted' ? 1 : 0)
  return `${count(modules, 'passed')} passed, ${failed} failed`
}

function skippedLine(modules: readonly TestModule[]): string {
  const skipped = count(modules, 'skipped') + count(modules, 'pending')
  return skipped === 0 ? '' : `${skipped} skipped\n`
}

function count(modules: readonly TestModule[], state: string): number {
  return modules.flatMap((module) => [...module.children.allTests()]).filter((test) => test.result().state === state)
    .length
}
