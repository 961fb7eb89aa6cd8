// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every case and class, run by the real roles on real threads with several worker counts and block sizes. */
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { RunResult } from '../../src/driver/run.js'
import { compareFiles } from '../../src/results/cmp.js'
import { ThreadPool } from '../../src/transports/threads/threadPool.js'
import { temporaryFolder } from '../support/folder.js'
import { acceptedCounters, caseConfig, referenceCases, type ReferenceCase } from './cases.js'
import { CaseChecker } from './checkResult.js'
import { runConfig } from './runCase.js'

export interface MatrixOptions {
  readonly workers: readonly number[]
  readonly blockSizes: readonly number[]
  /** Every second pair of workers and block size for a class of a case, the others for the next. */
  readonly half?: boolean
  /** What PARCORANA_KERNEL is for these runs; default: as it is. */
  readonly kernel?: string
}

/** One test per case and class below `folder`. */
export function describeMatrix(
  name: string,
  folder: string,
  { workers, blockSizes, half = false, kernel }: MatrixOptions,
): void {
  const cases = referenceCases(folder)
  const servers = Math.max(...cases.map(({ params }) => params.numServers))
  const pool = new ThreadPool({ threads: 2 + servers + Math.max(...workers) })
  const scratch = temporaryFolder('matrix')
  const start = performance.now()
  let runs = 0

  function run(reference: ReferenceCase, userClass: string, numWorkers: number, blockSize: number): Promise<RunResult> {
    const output = join(scratch, `${numWorkers}-${blockSize}.h5`)
    runs++
    return runConfig(caseConfig(reference, userClass, { numWorkers, blockSize, h5output: output }), { pool })
  }

  describe(name, () => {
    const { PARCORANA_KERNEL: before } = process.env
    // The threads of the pool start with the first run and keep what they find then.
    beforeAll(() => {
      if (kernel !== undefined) process.env.PARCORANA_KERNEL = kernel
    })
    afterAll(async () => {
      if (before === undefined) delete process.env.PARCORANA_KERNEL
      else process.env.PARCORANA_KERNEL = before
      await pool.destroy()
      const seconds = (performance.now() - start) / 1000
      process.stdout.write(`${name}: ${runs} runs in ${seconds.toFixed(1)} s\n`)
    })

    it('has cases', () => expect(cases.length).toBeGreaterThan(0))

    const pairs = workers.flatMap((numWorkers, w) =>
      blockSizes.map((blockSize, b) => ({ numWorkers, blockSize, parity: (w + b) % 2 })),
    )
    const classes = cases.flatMap((reference) =>
      reference.params.userClasses.map((userClass) => ({ reference, userClass })),
    )
    const each = classes.map((one, i) => ({ ...one, own: pairs.filter(({ parity }) => !half || parity === i % 2) }))
    it.each(each)('$reference.name with $userClass', { timeout: 300_000 }, async ({ reference, userClass, own }) => {
      const checker = new CaseChecker(reference, userClass)
      expect(checker.oracle.accepted, 'order of acceptance').toEqual(acceptedCounters(reference, userClass))
      const problems: string[] = []
      const outputs: string[] = []
      /** The first and the last file are held against the expectations, all others against the first. */
      const check = async (n: number): Promise<void> => {
        const [first, path] = [outputs[0], outputs[n]]
        if (first === undefined || path === undefined) return
        if (n > 0) problems.push(...(await compareFiles(first, path, { exact: true })).differences)
        if (n === 0 || n === own.length - 1) problems.push(...(await checker.differences(path)))
      }
      for (const { numWorkers, blockSize } of own) {
        const running = run(reference, userClass, numWorkers, blockSize)
        await check(outputs.length - 1)
        const { output, accounting } = await running
        outputs.push(output as string)
        const { accepted, late, duplicate } = checker.oracle
        expect(accounting).toMatchObject({ correlated: accepted.length, late, duplicate, lost: 0 })
      }
      await check(outputs.length - 1)
      expect(problems).toEqual([])
    })
  })
}
