// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Several tasks of a Slurm job are the ranks of one run: `srun --mpi=pmix` with Open MPI, `--mpi=pmi2` with MPICH. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compareFiles } from '../../src/results/cmp.js'
import { readResult } from '../../src/results/reader.js'
import { writeScenario } from '../faults/fixture.js'
import { type CliEnd, runCli } from '../support/cli.js'
import { describeWithPrograms, must, until } from '../support/daemons.js'
import { temporaryFolder } from '../support/folder.js'
import { type SlurmCluster, slurmPrograms, startSlurm } from '../support/slurm.js'

const root = temporaryFolder('ranks')
const mpis = [
  { mpi: 'pmix', name: 'Open MPI' },
  { mpi: 'pmi2', name: 'MPICH' },
]

describeWithPrograms('ranks of a Slurm job', [...slurmPrograms, 'mpiexec.openmpi', 'mpiexec.mpich'], () => {
  let slurm: SlurmCluster
  beforeAll(async () => {
    slurm = await startSlurm()
  })
  afterAll(() => slurm?.stop())

  const system = { numWorkers: 'auto', transport: 'auto', update: 300, h5arrays: 'final' }
  const submit = (cwd: string, mpi: string, ...more: readonly string[]): Promise<CliEnd> =>
    runCli(['submit', '-c', 'config.json', '--ntasks-per-node', '4', '--mpi', mpi, '--time', '5', '--json', ...more], {
      cwd,
      env: { ...slurm.env, PARCORANA_STATE: join(root, 'state') },
    })
  const lastOf = ({ stdout, stderr }: CliEnd): Record<string, unknown> => {
    const line = stdout.trim().split('\n').at(-1) ?? ''
    if (!line.startsWith('{')) throw new Error(stderr)
    return JSON.parse(line) as Record<string, unknown>
  }

  it.each(mpis)('by $mpi ($name): the result of threads, bit for bit', async ({ mpi }) => {
    const folder = writeScenario(root, `good ${mpi}`, { system })
    const end = await submit(folder, mpi, '--wait')
    const done = lastOf(end)
    expect(end.code, `${end.stderr}${readFileSync(done.log as string, 'utf8')}${slurm.logs()}`).toBe(0)
    expect(done).toMatchObject({ state: 'COMPLETED', output: join(folder, 'out.h5') })
    const alone = await runCli(['-c', 'config.json', '-o', 'alone.h5', '-w', '2'], { cwd: folder })
    expect(alone.code, alone.stderr).toBe(0)
    const both = await compareFiles(join(folder, 'out.h5'), join(folder, 'alone.h5'), { exact: true })
    expect(both).toMatchObject({ equal: true })
    const script = (done.log as string).replace(/log$/, 'sh')
    expect(readFileSync(script, 'utf8')).toContain(`\nsrun -n 4 --kill-on-bad-exit=1 --mpi=${mpi} `)
  })

  it.each(mpis)('by $mpi ($name): a rank that fails ends the job with its reason', async ({ mpi }) => {
    const members = "workerInit() { throw new Error('no beam today') }"
    const folder = writeScenario(root, `bad ${mpi}`, { system, members })
    const end = await submit(folder, mpi, '--wait')
    const done = lastOf(end)
    expect(end.code).toBe(1)
    expect(done).toMatchObject({ state: 'FAILED', exitCode: 1, output: null })
    expect(readFileSync(done.log as string, 'utf8')).toContain('no beam today')
  })

  it('by pmix: scancel leaves a readable partial result', async () => {
    const mpi = 'pmix'
    const dataset = { format: 'synthetic', shape: [32, 32], events: 5_000_000, seed: 3 }
    const endless = { ...system, dataset, update: 2000, h5arrays: 'final', blockSize: 'auto' }
    const folder = writeScenario(root, `cancelled ${mpi}`, { system: endless })
    const { id, records } = lastOf(await submit(folder, mpi)) as { id: string; records: string }
    await until('an update', () => existsSync(records) && /"event":"update"/.test(readFileSync(records, 'utf8')), 50)
    must('scancel', [id], { ...process.env, ...slurm.env })
    const env = { ...slurm.env, PARCORANA_STATE: join(root, 'state') }
    const end = await runCli(['job', id, '--follow', '--json'], { cwd: folder, env })
    const done = lastOf(end)
    const log = readFileSync(done.log as string, 'utf8')
    expect(done, log).toMatchObject({ state: 'CANCELLED', exitCode: 143, output: join(folder, 'out.h5') })
    const partial = await readResult(join(folder, 'out.h5'))
    expect(partial.complete).toBe(false)
    expect(partial.accounting.read).toBeGreaterThanOrEqual(2000)
  })
})
