// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A job that runs into its time limit (Slurm's shortest is a minute) keeps what it has. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readResult } from '../../src/results/reader.js'
import { writeScenario } from '../faults/fixture.js'
import { runCli } from '../support/cli.js'
import { describeWithPrograms } from '../support/daemons.js'
import { temporaryFolder } from '../support/folder.js'
import { slurmPrograms, startSlurm } from '../support/slurm.js'

describeWithPrograms('the time limit of Slurm', slurmPrograms, () => {
  it('ends as TIMEOUT with a readable partial result', async () => {
    const root = temporaryFolder('limit')
    const dataset = { format: 'synthetic', shape: [16, 16], events: 50_000_000, seed: 3 }
    const system = { dataset, update: 20_000, h5arrays: 'final', blockSize: 'auto' }
    const folder = writeScenario(root, 'run', { system })
    const slurm = await startSlurm()
    try {
      const env = { ...slurm.env, PARCORANA_STATE: join(root, 'state') }
      const { code, stdout, stderr } = await runCli(['submit', '-c', 'config.json', '-t', '1', '--wait'], {
        cwd: folder,
        env,
      })
      expect(code, stderr).toBe(143)
      expect(stderr).toMatch(/ended as TIMEOUT with exit code 143/)
      expect(stdout.trim()).toBe(join(folder, 'out.h5'))
      const { complete, accounting } = await readResult(join(folder, 'out.h5'))
      expect(complete).toBe(false)
      expect(accounting.read).toBeGreaterThan(20_000)
    } finally {
      await slurm.stop()
    }
  })
})
