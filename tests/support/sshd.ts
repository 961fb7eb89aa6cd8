// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** An sshd on the loopback with keys of its own; it lets in whoever holds the key that `keyPath` names. */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { endByPidFile, freePorts, must, until } from './daemons.js'

export const sshPrograms = ['ssh', 'sshd', 'ssh-keygen']

export interface SshServer {
  readonly port: number
  readonly user: string
  /** A private key that is let in, mode 600. */
  readonly keyPath: string
  /** The host's public key as a line of a known-hosts file. */
  readonly knownHost: string
  /** Give the host another key, as if it were another machine. */
  changeHostKey(): Promise<void>
  stop(): Promise<void>
}

/** `env`: variables of every session, such as SLURM_CONF. */
export async function startSshd(env: Readonly<Record<string, string>> = {}): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'pcsshd-'))
  const [port] = (await freePorts(1)) as [number]
  mkdirSync('/run/sshd', { recursive: true })
  const path = (name: string): string => join(folder, name)
  const makeKey = (name: string): void => {
    for (const file of [name, `${name}.pub`]) rmSync(path(file), { force: true })
    must('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', path(name)])
  }
  makeKey('host')
  makeKey('client')
  writeFileSync(path('authorized'), readFileSync(path('client.pub')))
  const variables = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  writeFileSync(path('config'), configOf(path, port, variables))
  const start = async (): Promise<void> => {
    must('sshd', ['-f', path('config'), '-E', path('log')])
    await until('sshd', () => existsSync(path('pid')), 10)
  }
  const stop = (): Promise<void> => endByPidFile(path('pid'))
  await start()
  return {
    port,
    user: userInfo().username,
    keyPath: path('client'),
    knownHost: `[127.0.0.1]:${port} ${readFileSync(path('host.pub'), 'utf8').split(' ').slice(0, 2).join(' ')}\n`,
    changeHostKey: async () => {
      await stop()
      rmSync(path('pid'), { force: true })
      makeKey('host')
      await start()
    },
    stop: async () => {
      await stop()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configOf(path: (name: string) => string, port: number, variables: readonly string[]): string {
  return `Port ${port}
ListenAddress 127.0.0.1
HostKey ${path('host')}
PidFile ${path('pid')}
AuthorizedKeysFile ${path('authorized')}
UsePAM no
StrictModes no
PasswordAuthentication no
KbdInteractiveAuthentication no
${variables.length === 0 ? '' : `SetEnv ${variables.join(' ')}`}
`
}
