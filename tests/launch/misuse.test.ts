// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Wrong uses of the commands about jobs and hosts: each ends with its code and one sentence that names the value and the next step. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { usageError } from '../../src/cli/usage.js'
import { LaunchError } from '../../src/launch/errors.js'
import { requireHosts } from '../../src/launch/requireHosts.js'
import { refusalOf } from '../../src/launch/slurm/refusals.js'
import { requireKey } from '../../src/launch/ssh.js'
import { readTemplate } from '../../src/launch/template.js'
import { Trigger } from '../../src/launch/trigger.js'
import { writeScenario } from '../faults/fixture.js'
import { type CliEnd, runCli } from '../support/cli.js'
import { findProgram } from '../support/daemons.js'
import { put, temporaryFolder } from '../support/folder.js'

const root = temporaryFolder('misuse')
const folder = writeScenario(root, 'config', {})
const file = put(root, 'a file', '')
mkdirSync(join(root, 'empty'))
/** What a job's script needs, without Slurm and MPI. */
const plain = join(root, 'bin')
mkdirSync(plain)
for (const name of ['sh', 'mkdir', 'cat', 'chmod']) symlinkSync(findProgram(name) as string, join(plain, name))

const rows: [name: string, args: string[], code: number, sentence: RegExp, env?: Record<string, string>][] = [
  [
    'a wrong option instead of it',
    ['submit', '--confg', 'x.ts'],
    2,
    /unknown option or word 'confg'; did you mean --config\?/,
  ],
  ['no config', ['submit'], 2, /^parcorana: no config; give -c config\.ts$/m],
  ['a scheduler', ['submit', '-c', 'x', '--scheduler', 'sge'], 2, /--scheduler is 'sge'; give slurm, pbs or lsf;?$/m],
  [
    'no Slurm',
    ['submit', '-c', 'config.json'],
    1,
    /Slurm's programs are not here; run this on a login node/,
    { PATH: plain },
  ],
  [
    'a login port',
    ['submit', '-c', 'config.json', '--login', 'a@b:70000'],
    2,
    /--login is 'a@b:70000'; give \[user@\]host/,
  ],
  [
    'a state folder that is a file',
    ['submit', '-c', 'config.json'],
    4,
    /a file\/jobs cannot be written \(ENOTDIR.*\); set PARCORANA_STATE to a folder of yours/,
    { PARCORANA_STATE: file },
  ],
  [
    'a state folder where there is none',
    ['submit', '-c', 'config.json'],
    4,
    /\/proc\/nowhere\/here\/jobs cannot be written \(ENOENT.*\); set PARCORANA_STATE to a folder of yours/,
    { PARCORANA_STATE: '/proc/nowhere/here' },
  ],
  ['no job id', ['job'], 2, /no job id; 'parcorana jobs' lists/],
  ['a word for a job', ['job', '1', 'stop'], 2, /'stop' is nothing to do with a job; give follow or cancel/],
  ['no --', ['trigger', 'run', '-c', 'x'], 2, /what it starts stands behind --, such as 'trigger \[options\] -- run/],
  ['a method', ['trigger', '--method', 'pigeon', '--', 'true'], 2, /no trigger method 'pigeon'; known are slurm-ssh/],
  ['a port', ['trigger', '--port', '70000', '--', 'true'], 2, /--port is 70000; give a whole number from 1 to 65535/],
  ['--once alone', ['trigger', '--once', '--', 'true'], 2, /--once belongs to --watch; give the folder/],
  ['--max-queue alone', ['trigger', '--max-queue', '5', '--', 'true'], 2, /--max-queue 5 needs --wait/],
  [
    'a metadata file',
    ['trigger', '--metadata', 'none.json', '--', 'true'],
    4,
    /none\.json: does not exist; check the path/,
  ],
  [
    'ranks inside a job',
    ['-c', 'config.json', '--ranks', '4'],
    2,
    /--ranks starts mpiexec, but mpiexec of Open MPI has started this process already/,
    { OMPI_COMM_WORLD_SIZE: '4', OMPI_COMM_WORLD_RANK: '0' },
  ],
]

it.each(rows)('%s', async (_, args, code, sentence, env = {}) => {
  const state = { PARCORANA_STATE: join(root, 'state') }
  const end = await runCli(args, { cwd: folder, env: { ...state, ...env } })
  expect(end.stderr).toMatch(sentence)
  expect(end.stderr.split('\n').filter((line) => /^ +at /.test(line))).toEqual([])
  expect([end.code, end.stdout]).toEqual([code, ''])
})

it('--watch with --dry-run shows a job per file and starts none', async () => {
  for (const name of ['a.h5', 'b.h5', 'c.txt']) put(join(root, 'raw'), name, '')
  const asked = ['trigger', '--no-beamtime', '--method', 'local', '--watch', join(root, 'raw'), '--pattern', '*.h5']
  const ask = (...more: string[]): Promise<CliEnd> =>
    runCli([...asked, ...more, '--', '/bin/echo', '{}'], { cwd: root, env: { PARCORANA_STATE: join(root, 'watched') } })
  const shown = (await ask('--dry-run')).stdout
  expect([...shown.matchAll(/^\/bin\/echo .*$/gm)].map(([line]) => line.split('/').at(-1))).toEqual(['a.h5', 'b.h5'])
  const { stdout } = await ask('--once', '--settle', '0', '--json')
  expect(stdout.match(/"event":"submitted"/g)).toHaveLength(2)
  expect((await ask('--dry-run')).stdout).toBe('')
})

describe('hosts of --hosts', () => {
  const agentThat = (text: string) => {
    const path = put(root, 'agent', `#!/bin/sh\n${text}\n`)
    chmodSync(path, 0o755)
    return { HYDRA_LAUNCHER_EXEC: path }
  }
  const look = (text: string) => requireHosts(['n1'], ['/x/node', 'cli.js', '--version'], 'mpich', agentThat(text))

  it('that do not answer', async () => {
    await expect(look("echo 'ssh: Could not resolve hostname n1' >&2; exit 255")).rejects.toThrow(
      /^host n1 of --hosts: ssh: Could not resolve hostname n1; '.*agent n1' must work without a question$/,
    )
  })
  it('without parcorana at the same path', async () => {
    const error = await look('echo "sh: $2: not found" >&2; exit 127').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(LaunchError)
    expect(error).toMatchObject({ name: 'ScriptNotExecutable', exitCode: 4 })
    expect(String(error)).toContain(
      "'/x/node cli.js --version' on n1: sh: /x/node cli.js --version: not found; Node and",
    )
  })
  it('that are well, or this one', async () => {
    await look('exit 0')
    await requireHosts(['localhost', '127.0.0.1'], ['false'], 'mpich', agentThat('exit 255'))
  })
})

it('a name that is one letter is no near name', () => {
  expect(usageError('Unknown argument: bad', ['d', 'c']).message).toContain("unknown option or word 'bad'; 'parcorana")
})

it('a key and a template that are folders', () => {
  expect(() => requireKey(join(root, 'empty'))).toThrow(/empty: is no file; give a private key with --key/)
  expect(() => readTemplate(join(root, 'empty'))).toThrow(/empty is no file; give the path of a file/)
})

it('what Slurm says about memory, and what nobody has foreseen', () => {
  const said = (stderr: string) => refusalOf('sbatch here', undefined, { code: 1, stdout: '', stderr }).message
  expect(said('sbatch: error: Invalid --mem specification')).toContain('; give --mem as a size, such as 200G')
  expect(said('sbatch: error: Something new')).toContain('Something new; compare what it asks for (--dry-run')
})

it('no host without metadata', () => {
  const ask = () => Trigger.offline().prepare({ command: 'true' })
  expect(ask).toThrow('without beamtime metadata: no reserved node')
  expect(ask).toThrow('name a host with --destination, or start it here with --method local')
})
