// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * docs/how-to/run-on-a-cluster.md as a newcomer follows it: its commands, and the lines they promise. Slurm is real; `node1` and
 * `node2` are this machine behind an sshd.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { readNpy, writeNpy } from '../../src/io/npy.js'
import { execute } from '../../src/launch/process.js'
import { cliPath } from '../support/cli.js'
import { describeWithPrograms, findProgram } from '../support/daemons.js'
import { temporaryFolder } from '../support/folder.js'
import { mpiEnv } from '../support/mpi.js'
import { repositoryRoot } from '../support/shared.js'
import { type SlurmCluster, slurmPrograms, startSlurm } from '../support/slurm.js'
import { type SshServer, sshPrograms, startSshd } from '../support/sshd.js'

const folder = temporaryFolder('how-to')
const programs = join(folder, 'bin')

interface Step {
  readonly title: string
  readonly commands: string
  /** Lines of its output, where `...` stands for anything. */
  readonly promises: readonly string[]
}

function stepsOf(text: string): Step[] {
  const blocks = [...text.matchAll(/^## (.*)$|^```(sh|text)\n([\s\S]*?)^```$/gm)]
  const steps: { title: string; commands: string; promises: string[] }[] = []
  let title = ''
  for (const [, heading, language, code = ''] of blocks) {
    if (heading !== undefined) title = heading
    else if (language === 'sh') steps.push({ title, commands: code, promises: [] })
    else steps.at(-1)?.promises.push(...code.trim().split('\n'))
  }
  return steps
}

function lineLike(promise: string): RegExp {
  const parts = promise.split('...').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replace(/ +/g, ' +'))
  return new RegExp(`^${parts.join('.*')}$`, 'm')
}

const put = (path: string, text: string): void => writeFileSync(path, text, { mode: 0o755 })

/** `parcorana` and an ssh that knows the two nodes, in a PATH of their own. */
function install({ port, user, keyPath }: SshServer): void {
  mkdirSync(programs)
  put(join(programs, 'parcorana'), `#!/bin/sh\nexec '${process.execPath}' '${cliPath}' "$@"\n`)
  const settings = [`Port ${port}`, `User ${user}`, `IdentityFile ${keyPath}`, 'HostName 127.0.0.1', 'LogLevel ERROR']
  const unasked = ['StrictHostKeyChecking no', `UserKnownHostsFile ${join(folder, 'known')}`]
  writeFileSync(join(folder, 'ssh_config'), ['Host node1 node2', ...settings, ...unasked, ''].join('\n'))
  put(join(programs, 'ssh'), `#!/bin/sh\nexec ${findProgram('ssh')} -F '${join(folder, 'ssh_config')}' "$@"\n`)
}

/** The quickstart in a checkout of its own, of its middle 64 x 64 pixels only: what is tried here is the way, not the detector. */
function putQuickstart(): void {
  for (const name of ['configs', 'masks']) mkdirSync(join(folder, name))
  const config = readFileSync(join(repositoryRoot, 'configs/quickstart.ts'), 'utf8')
  const small = config.replace('shape: [256, 256]', 'shape: [64, 64]').replace('center: [128, 128]', 'center: [32, 32]')
  writeFileSync(join(folder, 'configs/quickstart.ts'), small)
  for (const name of ['mask', 'color', 'finecolor']) {
    const file = `masks/quickstart-${name}.npy`
    const { data } = readNpy(join(repositoryRoot, file))
    const middle = Uint8Array.from({ length: 64 * 64 }, (_, i) => data[(96 + (i >> 6)) * 256 + 96 + (i & 63)] as number)
    writeNpy(join(folder, file), middle, [64, 64])
  }
}

/** Tests that follow the page; `chosen`: only the blocks of commands with these numbers, from 1 on. */
export function followHowTo(chosen?: readonly number[]): void {
  const needed = [...slurmPrograms, ...sshPrograms, 'mpiexec.openmpi']
  describeWithPrograms('docs/how-to/run-on-a-cluster.md', needed, () => tests(chosen))
}

function tests(chosen?: readonly number[]): void {
  let slurm: SlurmCluster
  let sshd: SshServer
  beforeAll(async () => {
    slurm = await startSlurm()
    sshd = await startSshd(slurm.env)
    install(sshd)
    putQuickstart()
  })
  afterAll(async () => {
    await sshd?.stop()
    await slurm?.stop()
  })

  const steps = stepsOf(readFileSync(join(repositoryRoot, 'docs/how-to/run-on-a-cluster.md'), 'utf8'))
  const follow = async ({ commands, promises }: Step): Promise<void> => {
    const env = {
      ...mpiEnv(),
      ...slurm.env,
      PATH: `${programs}:${process.env.PATH}`,
      PARCORANA_STATE: join(folder, 'state'),
      PARCORANA_MPIEXEC: 'mpiexec.openmpi',
      // Both nodes are one machine, which Open MPI's shared memory does not know.
      OMPI_MCA_btl: 'tcp,self',
    }
    const argv = ['timeout', '-k', '5', '50', 'bash', '-e', '-c', commands]
    const { code, stdout, stderr } = await execute(argv, { cwd: folder, env })
    const said = `${stdout}${stderr}`.replaceAll('\r', '')
    expect(code, said + slurm.logs()).toBe(0)
    for (const promise of promises) expect(said).toMatch(lineLike(promise))
  }
  const numbered = steps.map((step, i) => ({ ...step, number: i + 1 }))

  it('has five chapters', () => expect(new Set(steps.map(({ title }) => title)).size).toBe(5))
  const followed = numbered.filter(({ number }) => chosen?.includes(number) ?? true)
  it.each(followed)('block $number, $title', follow)
}
