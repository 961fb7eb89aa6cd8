// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The ssh tunnel to a live page: a port of this machine's 127.0.0.1 that leads to one of the compute node's, where the login node is the
 * way if there is one. `ssh -J` gives the login node none of our options, so it is reached by a ProxyCommand of the same ssh.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { dirname } from 'node:path'
import { HostUnreachable } from './errors.js'
import { requireFolder } from './folders.js'
import { type LivePage, urlOf } from './livePage.js'
import { shellLine } from './quote.js'
import { knownHostsOf, sshArgv, type SshTarget, whyNotIn } from './ssh.js'

/** How to get to the host of a page. */
export interface Way {
  readonly target: SshTarget
  /** Null = straight. */
  readonly login: SshTarget | null
}

export interface Tunnel {
  readonly localPort: number
  readonly url: string
  readonly command: readonly string[]
  /** Resolves with ssh's last words when it is over, by whatever end. */
  readonly ended: Promise<string>
  close(): void
}

export interface TunnelOptions {
  /** Local port, where it is free; default: the page's own, so that the address stays the same. */
  readonly wanted?: number | undefined
  /** Closes it. */
  readonly signal?: AbortSignal | undefined
}

const openSeconds = 20

/** `login`: the machine where the job was submitted, by ssh; null = this one. */
export function wayTo(host: string, login: SshTarget | null): Way {
  // A compute node has its own port, the cluster's user and key.
  return login === null ? { target: { host }, login } : { target: { ...login, host, port: undefined }, login }
}

/** argv of the tunnel as it is opened here. */
export function tunnelArgv({ target, login }: Way, localPort: number | string, port: number | string): string[] {
  const [ssh = '', ...rest] = sshArgv(target)
  return [
    ssh,
    ...['-N', '-o', 'ExitOnForwardFailure=yes', '-o', 'ServerAliveInterval=30'],
    ...['-L', `127.0.0.1:${localPort}:127.0.0.1:${port}`],
    ...(login === null ? [] : ['-o', `ProxyCommand=${proxyCommand(login)}`]),
    ...rest,
  ]
}

/** ssh puts host and port for `%h` and `%p`, and one `%` for two. */
function proxyCommand(login: SshTarget): string {
  const argv = sshArgv(login)
  const words = [...argv.slice(0, -2), '-W', '[HOST]:PORT', ...argv.slice(-2)]
  return shellLine(words).replaceAll('%', '%%').replace('[HOST]:PORT', '[%h]:%p')
}

/** The same tunnel as a person types it, on any machine: ssh may ask for a password. */
export function tunnelByHand({ port }: LivePage, { target, login }: Way): string[] {
  const at = ({ user, host }: SshTarget): string => (user === undefined ? host : `${user}@${host}`)
  const key = target.keyPath === undefined ? [] : ['-i', target.keyPath]
  const own = target.port === undefined ? [] : ['-p', String(target.port)]
  const jump = login === null ? [] : ['-J', `${at(login)}${login.port === undefined ? '' : `:${login.port}`}`]
  return ['ssh', '-N', '-L', `${port}:127.0.0.1:${port}`, ...key, ...own, ...jump, at(target)]
}

/** Open it; resolves when the page has answered through it. Rejects with HostUnreachable, with ssh's reason. */
export async function openTunnel(page: LivePage, way: Way, { wanted, signal }: TunnelOptions = {}): Promise<Tunnel> {
  requireFolder(dirname(knownHostsOf(way.target)))
  const localPort = await freePort(wanted ?? page.port)
  const command = tunnelArgv(way, localPort, page.port)
  const [program = '', ...args] = command
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'pipe'] })
  const close = (): void => void child.kill()
  // A process that ends by itself, also on a second SIGINT, leaves none behind.
  process.once('exit', close)
  signal?.addEventListener('abort', close)
  if (signal?.aborted) close()
  const ended = endOf(child).finally(() => {
    process.off('exit', close)
    signal?.removeEventListener('abort', close)
  })
  const url = urlOf(page, localPort)
  const said = await Promise.race([answer(url, child, ended), ended])
  if (said === null) return { localPort, url, command, ended, close }
  close()
  throw refusal(page, way, said)
}

/** Resolves with what ssh said. */
function endOf(child: ChildProcess): Promise<string> {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-10_000)
  })
  return new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message))
    child.once('close', () => resolve(stderr.trim()))
  })
}

/** Null when the page answers; a sentence when it does not in time, or what ssh has said when that is over. */
async function answer(url: string, child: ChildProcess, ended: Promise<string>): Promise<string | null> {
  const deadline = performance.now() + openSeconds * 1000
  while (performance.now() < deadline) {
    if (child.exitCode !== null || child.signalCode !== null) return ended
    const looked = await fetch(`${url}state.json`, { signal: AbortSignal.timeout(2000) }).catch(() => null)
    await looked?.arrayBuffer().catch(() => null)
    if (looked?.ok) return null
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  return `the page does not answer through it within ${openSeconds} s`
}

function refusal({ host }: LivePage, { target }: Way, said: string): HostUnreachable {
  const where = target.user === undefined ? host : `${target.user}@${host}`
  // The login node says why before the ssh that goes through it says that it has been closed.
  const closed = /^(Connection closed by UNKNOWN|stdio forwarding failed|kex_exchange_identification)/
  const lines = said.split('\n').map((line) => line.trim())
  const telling = lines.filter((line) => !closed.test(line)).join('\n')
  const known = whyNotIn(where, target, { code: 255, stdout: '', stderr: telling || said })
  if (known !== null) return known
  const found = telling.split('\n').at(-1) || 'ssh has ended without a word'
  return new HostUnreachable({ tried: `ssh ${where}`, found, next: 'try it by hand' }, { host, reason: 'network' })
}

/** `wanted` where nobody listens there; else any. */
function freePort(wanted: number): Promise<number> {
  const server = createServer()
  return new Promise((resolve, reject) => {
    server.once('error', () => (wanted === 0 ? reject(new Error('no free port')) : resolve(freePort(0))))
    server.listen(wanted, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
