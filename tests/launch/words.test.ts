// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Words for shells and schedulers, and what Slurm's programs answer: no program is started but sh. */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { directiveValue, shellLine } from '../../src/launch/quote.js'
import { secondsOf } from '../../src/launch/schedulers.js'
import { sbatchOptions } from '../../src/launch/slurm/options.js'
import { jobOfSacct, jobOfScontrol, jobOfSqueue } from '../../src/launch/slurm/parse.js'
import { reasonText } from '../../src/launch/slurm/reasons.js'
import { exitCodeOf, isOver } from '../../src/launch/state.js'
import { readNotes } from '../../src/launch/statusFile.js'
import { prepareSubmit, type SubmitRequest } from '../../src/launch/submit.js'
import { fillTemplate } from '../../src/launch/template.js'
import { put, temporaryFolder } from '../support/folder.js'

const nasty = [
  'a b',
  "it's",
  '"quoted"',
  '$HOME',
  '`id`',
  'a;b|c&d',
  '*',
  '~',
  '\\',
  '!',
  '#x',
  '',
  'line\nbreak',
  '-n',
  'é',
]

describe('quoting', () => {
  it('a shell reads the same words back', () => {
    const program = `printf '%s\\0' ${shellLine(nasty)}`
    const { stdout } = spawnSync('/bin/sh', ['-c', program], { encoding: 'utf8' })
    expect(stdout.split('\0').slice(0, -1)).toEqual(nasty)
    expect(shellLine(['ls', '-l', '/a/b.h5'])).toBe('ls -l /a/b.h5')
  })
  it('of directives', () => {
    expect(directiveValue('p10-online')).toBe('p10-online')
    expect(directiveValue('a "b" c\\')).toBe('"a \\"b\\" c\\\\"')
  })
})

describe('templates', () => {
  it('quote for their place and drop lines without a value', () => {
    const template = '#SBATCH --a={{a}}\n#SBATCH --b={{b}}\ncd {{a}}\n{{{raw}}}\n'
    expect(fillTemplate(template, { a: "it's", b: undefined, raw: 'x "$y"' })).toBe(
      `#SBATCH --a="it's"\ncd 'it'\\''s'\nx "$y"\n`,
    )
  })
  it('with a name that nobody knows', () => {
    expect(() => fillTemplate('x {{partitoin}}', { partition: 'p' })).toThrow(
      "the job template says {{partitoin}} in 'x {{partitoin}}'; known names are partition",
    )
  })
})

describe('what Slurm answers', () => {
  const line = (facts: string) => `JobId=7 JobName=my job UserId=ann(1) ${facts} Requeue=1 BatchHost=n1 `
  it.each([
    ['JobState=RUNNING Reason=None Dependency=(null) ExitCode=0:0', { state: 'RUNNING', reason: null, exitCode: null }],
    ['JobState=FAILED Reason=NonZeroExitCode Dependency=(null) ExitCode=5:0', { state: 'FAILED', exitCode: 5 }],
    ['JobState=CANCELLED Reason=None Dependency=(null) ExitCode=0:15', { state: 'CANCELLED', exitCode: 143 }],
    [
      'JobState=PENDING Reason=ReqNodeNotAvail, UnavailableNodes:n1,n2 Dependency=(null) ExitCode=0:0',
      { state: 'PENDING', reason: 'ReqNodeNotAvail, UnavailableNodes:n1,n2', exitCode: null },
    ],
  ])('%s', (facts, expected) => expect(jobOfScontrol(line(facts))).toMatchObject({ ...expected, host: 'n1' }))

  it('from squeue and sacct', () => {
    expect(jobOfSqueue('PENDING|Resources|\n')).toEqual({
      state: 'PENDING',
      reason: 'Resources',
      exitCode: null,
      host: null,
    })
    expect(jobOfSqueue('')).toBeNull()
    const end = { reason: null, host: 'n3' }
    expect(jobOfSacct('FAILED|1:0|n1\nCOMPLETED|0:0|n3\n')).toEqual({ state: 'COMPLETED', exitCode: 0, ...end })
    expect(jobOfSacct('CANCELLED by 1000|0:15|n3')).toEqual({ state: 'CANCELLED', exitCode: 143, ...end })
    expect(jobOfSacct('')).toBeNull()
  })
  it('reasons in words', () => {
    expect(reasonText('Resources')).toBe('Resources (its nodes are busy)')
    expect(reasonText('PartitionConfig')).toContain('lower --nodes')
    expect(reasonText('SomethingNew')).toBe('SomethingNew')
  })
  it('which states end a job, and with which code', () => {
    expect(['PENDING', 'RUNNING', 'COMPLETING', 'COMPLETED', 'FAILED', 'TIMEOUT', 'UNKNOWN'].map(isOver)).toEqual([
      false,
      false,
      false,
      true,
      true,
      true,
      true,
    ])
    const code = (state: string, exitCode: number | null) => exitCodeOf({ state, exitCode, reason: null, host: null })
    expect([code('COMPLETED', 0), code('FAILED', 5), code('CANCELLED', 0), code('NODE_FAIL', null)]).toEqual([
      0, 5, 1, 1,
    ])
  })
  it('notes of a job that was requeued', () => {
    const text = 'started T1 n1 10\nended T2 7\nstarted T3 n2 20\n'
    expect(readNotes(text)).toEqual({
      startedAt: 'T3',
      host: 'n2',
      pid: '20',
      job: null,
      endedAt: null,
      exitCode: null,
    })
    expect(readNotes(`${text}ended T4 0\n`)).toMatchObject({ endedAt: 'T4', exitCode: 0 })
    expect(readNotes('')).toMatchObject({ startedAt: null, exitCode: null })
  })
})

describe('options', () => {
  it('of sbatch, in a fixed order, patterns in file names taken away', () => {
    const asked = { time: '1-0', partition: 'p 1', output: '/a/50 %j', nodes: 2, dependency: '' }
    expect(sbatchOptions(asked)).toEqual(['--partition=p 1', '--nodes=2', '--time=1-0', '--output=/a/50 %%j'])
  })
  it.each([
    ['30', 1800],
    ['30:10', 1810],
    ['1:00:00', 3600],
    ['1-0', 86_400],
    ['1-2:30', 95_400],
    ['2-00:00:01', 172_801],
  ])('the time %s', (time, seconds) => expect(secondsOf(time)).toBe(seconds))
})

describe('job scripts', () => {
  const folder = temporaryFolder('scripts')
  const request: SubmitRequest = {
    scheduler: 'slurm',
    name: 'run',
    folder,
    workFolder: "/data/it's here",
    engine: ['parcorana', '-c', 'my config.ts'],
    time: '1:30:00',
    partition: 'p10',
    layout: { servers: 1, workers: 'auto', transport: 'auto' },
  }
  const scriptOf = (more: Partial<SubmitRequest>) => prepareSubmit({ ...request, ...more }).job.script
  const directivesOf = (script: string, mark: string) => script.split('\n').filter((line) => line.startsWith(mark))
  const parses = (script: string) =>
    spawnSync('/bin/bash', ['-n', put(folder, 'x.sh', script)], { encoding: 'utf8' }).stderr

  it('of Slurm: one task is one process with the whole node, several are ranks', () => {
    const alone = scriptOf({})
    expect(alone).toMatch(/^#!\/bin\/bash\n# run: one process with threads/)
    expect(alone).toContain("cd '/data/it'\\''s here' || ")
    expect(alone).toContain("\nparcorana -c 'my config.ts' --json > ")
    expect(alone).toContain('#SBATCH --exclusive\n')
    const ranks = scriptOf({ nodes: 2, ntasksPerNode: 8, mpi: 'pmix' })
    expect(ranks).toContain("\nsrun -n 16 --kill-on-bad-exit=1 --mpi=pmix parcorana -c 'my config.ts' --json > ")
    expect(ranks).not.toContain('--exclusive')
    expect([alone, ranks].map(parses)).toEqual(['', ''])
    expect(scriptOf({ ntasksPerNode: 4, launcher: 'mpiexec' })).toContain('\nmpiexec -n 4 parcorana ')
  })
  it('that would have the wrong number of ranks are refused', () => {
    expect(() => scriptOf({ nodes: 2 })).toThrow(
      '2 nodes with 1 task each are 2 ranks, but this run needs at least 4 (viewer, master, 1 server, 1 worker); give --ntasks-per-node 2 or more',
    )
    const layout = { servers: 2, workers: 4, transport: 'auto' } as const
    expect(() => scriptOf({ nodes: 2, ntasksPerNode: 5, layout })).toThrow(
      "the job has 10 ranks, but numWorkers 4 makes 8 (viewer, master, 2 servers, 4 workers); set numWorkers to 'auto', or give --ntasks-per-node 4",
    )
    expect(scriptOf({ nodes: 2, ntasksPerNode: 4, layout })).toContain('srun -n 8 ')
    expect(scriptOf({ layout })).not.toContain('srun')
    const threads = { ...layout, transport: 'threads' } as const
    expect(() => scriptOf({ nodes: 8, layout: threads })).toThrow(
      "the job has 8 tasks, but transport 'threads' runs in one",
    )
  })
  it('of PBS', () => {
    const script = scriptOf({ scheduler: 'pbs', nodes: 2, ntasksPerNode: 8, account: 'xpcs', dependency: 'afterok:7' })
    const directives = directivesOf(script, '#PBS')
    expect(directives.slice(0, 7)).toEqual([
      '#PBS -N run',
      '#PBS -q p10',
      '#PBS -A xpcs',
      '#PBS -W depend=afterok:7',
      '#PBS -l select=2:ncpus=8:mpiprocs=8',
      '#PBS -l walltime=01:30:00',
      '#PBS -j oe',
    ])
    expect(directives[7]).toMatch(new RegExp(`^#PBS -o ${join(folder, 'run_')}\\d{8}-\\d{6}_[0-9a-f]{4}\\.log$`))
    expect(script).toContain("\nmpiexec -n 16 parcorana -c 'my config.ts' --json > ")
    expect(parses(script)).toBe('')
  })
  it('of LSF', () => {
    const script = scriptOf({ scheduler: 'lsf', nodes: 2, ntasksPerNode: 8, reservation: 'beam#1', gres: 'num=1' })
    expect(directivesOf(script, '#BSUB').slice(0, 7)).toEqual([
      '#BSUB -J run',
      '#BSUB -q p10',
      '#BSUB -U "beam#1"',
      '#BSUB -n 16',
      '#BSUB -R "span[ptile=8]"',
      '#BSUB -gpu num=1',
      '#BSUB -W 01:30',
    ])
    expect(parses(script)).toBe('')
    expect(scriptOf({ scheduler: 'lsf' })).toContain('#BSUB -x\n')
  })
  it('by a template of the user', () => {
    const template = put(folder, 'mine.sh', '#!/bin/sh\n#SBATCH -p {{partition}}\nmodule load x\n{{{command}}}\n')
    expect(scriptOf({ template })).toBe(
      "#!/bin/sh\n#SBATCH -p p10\nmodule load x\nparcorana -c 'my config.ts' --json\n",
    )
    expect(() => scriptOf({ template: join(folder, 'none.sh') })).toThrow('none.sh does not exist')
  })
})
