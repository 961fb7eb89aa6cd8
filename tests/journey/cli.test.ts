// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every reference case through the real command line with one of its classes (with all in tests/soak), and the three ways to test a configuration. */
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { caseConfig, type ReferenceCase } from '../reference/cases.js'
import { CaseChecker } from '../reference/checkResult.js'
import { runCli } from '../support/cli.js'
import { temporaryFolder } from '../support/folder.js'
import { cases, describeCases, oneClassEach } from './caseTurns.js'
import { parcoranaOk, writeConfig } from './cli.js'

const scratch = temporaryFolder('cli')

describeCases(oneClassEach)

describe('--test-main, --test-alt and --cmp', () => {
  async function testTwice(reference: ReferenceCase, userClass: string): Promise<number | null> {
    const settings = { numWorkers: 2, h5output: 'main.h5', testH5output: 'alt.h5', testNumEvents: 0 }
    const config = writeConfig(scratch, caseConfig(reference, userClass, settings))
    const main = await parcoranaOk(['-c', config, '--test-main'], scratch)
    expect(main).toBe(`${join(scratch, 'main.h5')}\n`)
    const alt = await parcoranaOk(['-c', config, '--test-alt'], scratch)
    expect(alt).toBe(`${join(scratch, 'alt.h5')}\n`)
    return (await runCli(['-c', config, '--cmp'], { cwd: scratch })).code
  }

  /** The alternative has no buffer: where events leave the buffer, the accumulator finds fewer pairs, by design. */
  function agrees(reference: ReferenceCase, userClass: string): boolean {
    const { accepted, late } = new CaseChecker(reference, userClass).oracle
    return userClass !== 'G2IncrementalAccumulator' || (late === 0 && accepted.length <= reference.params.times)
  }

  const byDesign = cases
    .filter(({ name }) => name === 'b_wrap')
    .map((reference) => ({ reference, userClass: 'G2IncrementalAccumulator' }))

  it.each([...oneClassEach, ...byDesign])('$reference.name with $userClass', async ({ reference, userClass }) => {
    expect(await testTwice(reference, userClass)).toBe(agrees(reference, userClass) ? 0 : 1)
  })
})
