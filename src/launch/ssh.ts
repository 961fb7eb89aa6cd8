// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Commands on another host by the system's ssh client, so that a site's ssh_config, ProxyJump and Kerberos keep working. */
import { accessSync, constants, statSync } from 'node:fs'
import { homedir } from 'node:os'
import { dirname, join } from 'node:path'
import { UsageError } from '../errors.js'
import { HostUnreachable, KeyMissing } from './errors.js'
import { requireFolder, stateFolder } from './folders.js'
import { execute, type Finished } from './process.js'
import { shellLine } from './quote.js'
import type { Runner } from './runner.js'

/** How to get to a host; plain data, kept in job records. */
export interface SshTarget {
  readonly host: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  /** Private key; not given = what ssh finds itself (agent, config, Kerberos). */
  readonly keyPath?: string | undefined
  /** Default: `known_hosts` in our own state folder. */
  readonly knownHosts?: string | undefined
  /** True: a host whose key is not known is refused. False (default): its key is noted at first contact, and must stay the same. */
  readonly strictHostKeys?: boolean | undefined
  readonly connectSeconds?: number | undefined
}

/** Throws UsageError for a host or user that ssh would take for an option, KeyMissing for a key that is not there. */
export function sshRunner(target: SshTarget): Runner {
  for (const word of [target.host, target.user ?? 'x']) {
    if (!/^[A-Za-z0-9_[][\w.:@%\][-]*$/.test(word)) {
      throw new UsageError(`'${word}' is no name of a host or user for ssh; give it as in ssh user@host`, { word })
    }
  }
  requireKey(target.keyPath)
  const where = target.user === undefined ? target.host : `${target.user}@${target.host}`
  const argv = (command: readonly string[]): string[] => [...sshArgv(target), shellLine(command)]
  return {
    where,
    argv,
    run: async (command, options = {}) => {
      requireFolder(dirname(knownHostsOf(target)))
      const finished = await execute(argv(command), options)
      if (finished.code === 127 && finished.stderr === 'ssh: not found') {
        const next = 'install OpenSSH, or put its ssh into PATH'
        throw new HostUnreachable({ tried: `ssh ${where}`, found: 'no ssh program here', next }, { host: target.host })
      }
      const refused = finished.code === 255 ? whyNotIn(where, target, finished) : null
      if (refused !== null) throw refused
      return finished
    },
  }
}

/** `ssh ... -- host`, to which one remote string is added. */
export function sshArgv(target: SshTarget): string[] {
  const own = [optionPath(knownHostsOf(target))]
  if (target.strictHostKeys) own.push(optionPath(join(homedir(), '.ssh/known_hosts')))
  return [
    'ssh',
    ...['-o', 'BatchMode=yes'],
    ...['-o', `ConnectTimeout=${target.connectSeconds ?? 10}`],
    ...['-o', `StrictHostKeyChecking=${target.strictHostKeys ? 'yes' : 'accept-new'}`],
    ...['-o', `UserKnownHostsFile=${own.join(' ')}`],
    // Our own file shall be read and mended by people.
    ...['-o', 'HashKnownHosts=no'],
    ...(target.keyPath === undefined ? [] : ['-o', 'IdentitiesOnly=yes', '-i', target.keyPath]),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    ...['--', target.host],
  ]
}

/** As a user would type it. */
function loginArgv({ host, user, port }: SshTarget): string[] {
  return ['ssh', ...(port === undefined ? [] : ['-p', String(port)]), user === undefined ? host : `${user}@${host}`]
}

export function knownHostsOf({ knownHosts }: SshTarget): string {
  return knownHosts ?? join(stateFolder(), 'known_hosts')
}

/** A path as value of an ssh option: in quotes, with `%` doubled. */
function optionPath(path: string): string {
  const literal = path.replaceAll('%', '%%')
  return /[\s"\\]/.test(literal) ? `"${literal.replace(/["\\]/g, '\\$&')}"` : literal
}

/** Throws KeyMissing where the key is absent or unreadable, or where ssh would ignore it because others can read it. */
export function requireKey(path: string | undefined): void {
  if (path === undefined) return
  const tried = `the ssh key ${path}`
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isFile() !== true) {
    const found = stat === undefined ? 'does not exist' : 'is no file'
    const next = 'give a private key with --key, or ask the beamline staff to start the beamtime with online resources'
    throw new KeyMissing({ tried, found, next }, { path })
  }
  try {
    accessSync(path, constants.R_OK)
  } catch {
    throw new KeyMissing(
      { tried, found: 'is not yours to read', next: 'give another private key with --key' },
      { path },
    )
  }
  const mode = stat.mode & 0o777
  if ((mode & 0o077) === 0) return
  const found = `can be read by others (mode ${mode.toString(8)}), so ssh ignores it`
  throw new KeyMissing({ tried, found, next: `chmod 600 ${path}` }, { path, mode })
}

/** ssh's own failures end with 255, as a remote command may too: only known words make an error. */
export function whyNotIn(where: string, target: SshTarget, { stderr }: Finished): HostUnreachable | null {
  const tried = `ssh ${where}${target.port === undefined ? '' : ` (port ${target.port})`}`
  const [reason, found, next] = reasonOf(stderr, target)
  if (reason === null) return null
  const words = stderr.trim().split('\n').at(-1) ?? ''
  return new HostUnreachable(
    { tried, found: `${found} (${words.trim()})`, next },
    { host: target.host, reason, stderr },
  )
}

function reasonOf(stderr: string, target: SshTarget): [reason: string | null, found: string, next: string] {
  const known = knownHostsOf(target)
  if (/REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr)) {
    const next = `make sure that it is the right machine, then remove its line: ssh-keygen -f ${known} -R ${target.host}`
    return ['host key', 'the host shows another key than before', next]
  }
  if (/Host key verification failed|key is known by any other names|No .* host key is known/.test(stderr)) {
    const next = `compare its key with what the site publishes and add it to ${known}, or leave out strict host keys`
    return ['host key', 'the host key is not known', next]
  }
  if (/Permission denied|Too many authentication failures|no mutual signature/.test(stderr)) {
    const next =
      target.keyPath === undefined
        ? `try it by hand: ${shellLine(loginArgv(target))}`
        : `check that ${target.keyPath} belongs to this account`
    return ['key refused', 'the host refuses the key', next]
  }
  const network =
    /Could not resolve|Connection (refused|timed out|reset|closed)|No route|unreachable|Operation timed out|kex_exchange|banner exchange/
  if (network.test(stderr)) return ['network', 'no connection', 'check the name of the host, its port and the network']
  return [null, '', '']
}
