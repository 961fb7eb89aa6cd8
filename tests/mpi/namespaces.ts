// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Two hosts on one machine: network namespaces that see each other over TCP only, each with its own name and sshd. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { missing } from '../support/shared.js'

const sshd = '/usr/sbin/sshd'

/** Null, or what is missing. */
function missingForHosts(): string | null {
  if (process.getuid?.() !== 0) return 'network namespaces need root'
  if (!existsSync(sshd)) return 'sshd is absent'
  try {
    execFileSync('ip', ['netns', 'list'], { stdio: 'ignore' })
    return null
  } catch {
    return 'ip netns is absent'
  }
}

/** A group of tests that need two hosts: skipped with a clear line where they cannot be had, failed under PARCORANA_REQUIRE_ALL=1. */
export function describeWithTwoHosts(root: string, body: (hosts: () => TwoHosts) => void): void {
  const lacking = missingForHosts()
  if (lacking !== null) {
    missing('two hosts', lacking)
    return
  }
  describe('two hosts', () => {
    let hosts: TwoHosts
    beforeAll(() => {
      hosts = new TwoHosts(root)
    })
    afterAll(() => hosts.remove())
    body(() => hosts)
  })
}

export class TwoHosts {
  /** Addresses of the two hosts. */
  readonly addresses = ['10.213.7.1', '10.213.7.2'] as const
  /** For processes that shall start ranks on them. */
  readonly env: NodeJS.ProcessEnv
  readonly #names = [`parc${process.pid}a`, `parc${process.pid}b`] as const
  readonly #daemons: ChildProcess[] = []

  constructor(folder: string) {
    const [a, b] = this.#names
    for (const name of this.#names) ip('netns', 'add', name)
    ip('link', 'add', 'veth0', 'netns', a, 'type', 'veth', 'peer', 'name', 'veth0', 'netns', b)
    for (const [i, name] of this.#names.entries()) {
      ip('-n', name, 'addr', 'add', `${this.addresses[i]}/24`, 'dev', 'veth0')
      for (const device of ['veth0', 'lo']) ip('-n', name, 'link', 'set', device, 'up')
    }
    const agent = this.#startSshds(folder)
    this.env = { OMPI_MCA_plm_rsh_agent: agent, HYDRA_LAUNCHER_EXEC: agent, UCX_TLS: 'tcp,self' }
  }

  /** argv that runs `command` on the first host. */
  onFirst(command: readonly string[]): string[] {
    return inside(this.#names[0], command)
  }

  /** Process ids of all that runs on the second host for a job: ranks, the MPI's daemon, its sessions of sshd, not the sshd that listens. */
  onSecond(): string[] {
    const all = execFileSync('ip', ['netns', 'pids', this.#names[1]], { encoding: 'utf8' }).trim().split('\n')
    return all.filter((pid) => pid !== String(this.#daemons[1]?.pid))
  }

  cutLink(): void {
    ip('-n', this.#names[1], 'link', 'set', 'veth0', 'down')
  }

  mendLink(): void {
    ip('-n', this.#names[1], 'link', 'set', 'veth0', 'up')
  }

  remove(): void {
    for (const daemon of this.#daemons) daemon.kill('SIGKILL')
    for (const name of this.#names) ip('netns', 'delete', name)
  }

  /** Returns the program that mpiexec calls in the place of ssh. */
  #startSshds(folder: string): string {
    const file = (name: string): string => join(folder, name)
    mkdirSync('/run/sshd', { recursive: true })
    for (const key of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(key)])
    writeFileSync(file('authorized'), readFileSync(file('user.pub')))
    const settings = [
      'UsePAM no',
      'StrictModes no',
      'PidFile none',
      `HostKey ${file('host')}`,
      `AuthorizedKeysFile ${file('authorized')}`,
    ]
    writeFileSync(file('sshd_config'), `${settings.join('\n')}\n`)
    for (const name of this.#names) {
      const [program = '', ...words] = inside(name, [sshd, '-D', '-e', '-f', file('sshd_config')])
      this.#daemons.push(spawn(program, words, { stdio: 'ignore' }))
    }
    const checks = '-o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null'
    writeFileSync(file('agent'), `#!/bin/sh\nexec ssh -q -i '${file('user')}' ${checks} "$@"\n`)
    chmodSync(file('agent'), 0o700)
    return file('agent')
  }
}

/** In the namespace `name`, which is also the host's name there. */
function inside(name: string, command: readonly string[]): string[] {
  return ['ip', 'netns', 'exec', name, 'unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', name, ...command]
}

function ip(...words: string[]): void {
  execFileSync('ip', words, { stdio: ['ignore', 'ignore', 'inherit'] })
}
