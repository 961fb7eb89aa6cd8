// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana submit` on a real Slurm: the right result, a failure with its code and log, a cancelled job with what it had. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { compareFiles } from '../../src/results/cmp.js'
import { readResult } from '../../src/results/reader.js'
import { writeScenario } from '../faults/fixture.js'
import { type CliEnd, runCli } from '../support/cli.js'
import { describeWithPrograms, must, until } from '../support/daemons.js'
import { temporaryFolder } from '../support/folder.js'
import { type SlurmCluster, slurmPrograms, startSlurm } from '../support/slurm.js'

const root = temporaryFolder('submit')

interface JobEvent {
  readonly event: string
  readonly id?: string
  readonly state?: string
  readonly exitCode?: number
  readonly output?: string | null
  readonly log?: string
  readonly script?: string
  readonly records?: string
  readonly error?: string | null
  readonly message?: string
}

function recordsOf({ stdout, stderr }: CliEnd): JobEvent[] {
  const lines = stdout.split('\n').filter((line) => line !== '')
  try {
    return lines.map((line) => JSON.parse(line) as JobEvent)
  } catch {
    throw new Error(`no JSON: ${stdout}\n${stderr}`)
  }
}

describeWithPrograms('submit to a real Slurm', slurmPrograms, () => {
  let slurm: SlurmCluster
  beforeAll(async () => {
    slurm = await startSlurm()
  })
  afterAll(() => slurm?.stop())

  const cli = (args: readonly string[], cwd: string): Promise<CliEnd> =>
    runCli(args, { cwd, env: { ...slurm.env, PARCORANA_STATE: join(root, 'state') } })

  it('COMPLETED with the result of a run without Slurm, from a folder with a space and a quote', async () => {
    const parent = join(root, "it's 50 % here")
    mkdirSync(parent)
    const folder = writeScenario(parent, 'good run', { system: { update: 300, h5arrays: 'final' } })
    const ask = ['--nodes', '1', '--time', '10:00', '-p', 'ponline', '--constraint', 'gpu', '--job-name', 'first']
    const end = await cli(['submit', '-c', 'config.json', ...ask, '--wait', '--json'], folder)
    expect(end.code, end.stderr + slurm.logs()).toBe(0)
    const records = recordsOf(end)
    expect(records[0]).toMatchObject({ event: 'submitted', name: 'first', method: 'submit' })
    const states = records.filter(({ event }) => event === 'state').map(({ state }) => state)
    expect(['PENDING', 'RUNNING']).toContain(states[0])
    expect(states.at(-1)).toBe('COMPLETED')
    const output = join(folder, 'out.h5')
    expect(records.at(-1)).toMatchObject({ event: 'done', state: 'COMPLETED', exitCode: 0, output, error: null })
    const script = readFileSync(records[0]?.script as string, 'utf8')
    expect(records[0]?.script).toContain(folder)
    expect(script).toContain('#SBATCH --constraint=gpu\n')

    const alone = await runCli(['-c', 'config.json', '-o', 'alone.h5'], { cwd: folder })
    expect(alone.code, alone.stderr).toBe(0)
    expect(await compareFiles(output, join(folder, 'alone.h5'), { exact: true })).toMatchObject({ equal: true })
    // The script is whole by itself: by hand it does the same again.
    const env = { ...process.env, ...slurm.env, PARCORANA_OVERWRITE: '1' }
    const again = must('sbatch', ['--parsable', records[0]?.script as string], env).trim()
    await until('the second end', () => /JobState=COMPLETED/.test(slurm.scontrol('show', 'job', again, '-o')))
    expect(await compareFiles(output, join(folder, 'alone.h5'), { exact: true })).toMatchObject({ equal: true })
  })

  it('a failing job reports its exit code, the reason and the log', async () => {
    const folder = writeScenario(root, 'failing', { members: "workerInit() { throw new Error('no beam today') }" })
    const end = await cli(['submit', '-c', 'config.json', '--wait', '--json'], folder)
    expect(end.code).toBe(1)
    const done = recordsOf(end).at(-1) as JobEvent
    expect(done).toMatchObject({ event: 'done', state: 'FAILED', exitCode: 1, output: null })
    expect(done.error).toMatch(/worker \(rank \d\) failed in workerInit\(\): no beam today/)
    expect(readFileSync(done.log as string, 'utf8')).toContain('no beam today')

    writeFileSync(join(folder, 'data.npy'), 'no array')
    const broken = ['--dataset', 'npy:data.npy', '-o', 'other.h5']
    const unreadable = await cli(['submit', '-c', 'config.json', ...broken, '--wait'], folder)
    expect(unreadable.code).toBe(4)
    expect(unreadable.stdout).toBe('')
    expect(unreadable.stderr).toMatch(/job \d+ ended as FAILED with exit code 4: .*data\.npy.*; its log is /)
  })

  it('scancel leaves a readable partial result, and the job says so', async () => {
    const dataset = { format: 'synthetic', shape: [64, 64], events: 5_000_000, seed: 3 }
    const system = { dataset, update: 2000, h5arrays: 'final', blockSize: 'auto' }
    const folder = writeScenario(root, 'cancelled', { system })
    const submitted = await cli(['submit', '-c', 'config.json', '--json'], folder)
    const { id, records } = recordsOf(submitted)[0] as { id: string; records: string }
    await until('an update', () => existsSync(records) && /"event":"update"/.test(readFileSync(records, 'utf8')))
    must('scancel', [id], { ...process.env, ...slurm.env })
    const followed = await cli(['job', id, '--follow', '--json'], folder)
    expect(followed.code, followed.stderr).toBe(143)
    const output = join(folder, 'out.h5')
    expect(recordsOf(followed).at(-1)).toMatchObject({ state: 'CANCELLED', exitCode: 143, output })
    const partial = await readResult(output)
    expect(partial.complete).toBe(false)
    expect(partial.accounting.read).toBeGreaterThanOrEqual(2000)
    expect(partial.analyses[0]?.updates.length).toBeGreaterThan(0)
  })

  it('jobs are remembered after Slurm has forgotten them', async () => {
    const folder = writeScenario(root, 'forgotten', { system: { update: 300, h5arrays: 'final' } })
    const submitted = await cli(['submit', '-c', 'config.json'], folder)
    const id = submitted.stdout.trim()
    expect(id).toMatch(/^\d+$/)
    await until('the end', () => /JobState=COMPLETED/.test(slurm.scontrol('show', 'job', id, '-o')))
    const stateOf = async (): Promise<string> => (await cli(['job', id], folder)).stdout
    // Nobody has looked at it until now: only its own notes know how it ended.
    const forgotten = join(root, 'no slurm')
    mkdirSync(forgotten)
    for (const program of ['scontrol', 'squeue']) {
      const text = "#!/bin/sh\necho 'slurm_load_jobs error: Invalid job id specified' >&2\nexit 1\n"
      writeFileSync(join(forgotten, program), text, { mode: 0o755 })
    }
    const env = { PATH: `${forgotten}:${process.env.PATH}`, PARCORANA_STATE: join(root, 'state') }
    const asked = await runCli(['job', id], { cwd: folder, env })
    expect(asked.stdout).toContain(`job ${id} COMPLETED`)
    expect(asked.stdout).toContain(`result ${join(folder, 'out.h5')}`)
    expect(await stateOf()).toContain(`job ${id} COMPLETED`)
    const list = await cli(['jobs'], folder)
    expect(list.stdout).toMatch(new RegExp(`^${id}  COMPLETED \\(0\\)  `, 'm'))
  })

  it('what Slurm refuses is said with the next step, before anything queues', async () => {
    const folder = writeScenario(root, 'refused', {})
    const said = async (...args: readonly string[]): Promise<string> => {
      const { code, stdout, stderr } = await cli(['submit', '-c', 'config.json', ...args], folder)
      expect(stdout).toBe('')
      return `${code} ${stderr}`
    }
    expect(await said('--reservation', 'nobody')).toMatch(
      /^1 .*Requested reservation is invalid; 'scontrol show reserv/,
    )
    expect(await said('-p', 'nowhere')).toMatch(/^1 .*[Ii]nvalid partition.*; 'sinfo -s' lists/)
    expect(await said('--constraint', 'quantum')).toMatch(/^1 .*[Ii]nvalid feature.*; 'sinfo/)
    expect(await said('--time', 'soon')).toMatch(/^2 .*--time is 'soon'; give minutes/)
    expect(await said('--nodes', '0')).toMatch(/^2 .*--nodes is 0; give a whole number/)
    expect(await said('-o', '/nowhere/at/all.h5')).toMatch(/^3 .*the folder \/nowhere\/at of h5output does not exist/)
    writeFileSync(join(folder, 'out.h5'), '')
    expect(await said()).toMatch(/^3 .*the result .*out\.h5 exists: give --overwrite/)
  })
})
