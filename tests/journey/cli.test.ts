// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every reference case and class through the real command line once, and the three ways to test a configuration. */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { caseConfig, referenceCases, type ReferenceCase } from '../reference/cases.js'
import { CaseChecker } from '../reference/checkResult.js'
import { sharedFolder } from '../support/shared.js'
import { runCli } from '../support/cli.js'
import { temporaryFolder } from '../support/folder.js'
import { parcoranaOk, records, writeConfig } from './cli.js'

const shared = sharedFolder()
const fixtures = fileURLToPath(new URL('../fixtures/parcorana', import.meta.url))
const cases = referenceCases(shared === null ? fixtures : join(shared, 'reference', 'parcorana'))
const scratch = temporaryFolder('cli')

const each = cases.flatMap((reference) => reference.params.userClasses.map((userClass) => ({ reference, userClass })))
const workers = [1, 2, 3, 5]
const blockSizes = [1, 7, 1024] as const

describe('every case through the command line', () => {
  const turns = each.map((one, n) => ({ ...one, numWorkers: workers[n % 4], blockSize: blockSizes[n % 3] }))

  it.each(turns)('$reference.name with $userClass, $numWorkers workers, blocks of $blockSize', async (turn) => {
    const { reference, userClass, numWorkers, blockSize } = turn
    const settings = { numWorkers: numWorkers as number, blockSize: blockSize as number, h5output: 'result.h5' }
    const config = writeConfig(scratch, caseConfig(reference, userClass, settings))
    const checker = new CaseChecker(reference, userClass)
    const stdout = await parcoranaOk(['-c', config, '--json'], scratch)
    expect(await checker.differences(join(scratch, 'result.h5'))).toEqual([])

    const all = records(stdout)
    const done = all.at(-1) as Record<string, number> & { filtered: Record<string, number> }
    const { accepted, late, duplicate, updates } = checker.oracle
    expect(done).toMatchObject({ event: 'done', output: join(scratch, 'result.h5'), complete: true, lost: 0 })
    expect(done).toMatchObject({ correlated: accepted.length, late, duplicate })
    const filtered = Object.values(done.filtered).reduce((sum, count) => sum + count, 0)
    expect(done.read).toBe(accepted.length + late + duplicate + filtered)
    expect(done.seconds).toBeGreaterThan(0)
    expect(done.elementEventsPerSecond).toBeGreaterThan(0)
    const published = all.filter(({ event }) => event === 'update').map(({ counter }) => counter)
    expect(published).toEqual(updates.map(({ largest }) => largest))
  })
})

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

  const oneClassEach = cases.map((reference, n) => ({
    reference,
    userClass: reference.params.userClasses[n % reference.params.userClasses.length] as string,
  }))
  const byDesign = cases
    .filter(({ name }) => name === 'b_wrap')
    .map((reference) => ({ reference, userClass: 'G2IncrementalAccumulator' }))

  it.each([...oneClassEach, ...byDesign])('$reference.name with $userClass', async ({ reference, userClass }) => {
    expect(await testTwice(reference, userClass)).toBe(agrees(reference, userClass) ? 0 : 1)
  })
})
