// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The command line of the MPI's own mpiexec for ranks on hosts: ssh, process management and clean-up are its business. */
import { UsageError } from '../errors.js'

export interface Slots {
  readonly host: string
  /** Ranks that the host takes. */
  readonly ranks: number
}

export type Mpiexec = 'openmpi' | 'mpich'

/** `a,b:8,c`: hosts, each with its number of ranks or `share`. Throws UsageError. */
export function parseHosts(text: string, share: number): Slots[] {
  const slots = text.split(',').map((part) => {
    const [, host, ranks] = /^([A-Za-z0-9_][\w.-]*)(?::([1-9]\d*))?$/.exec(part.trim()) ?? []
    if (host !== undefined) return { host, ranks: ranks === undefined ? share : Number(ranks) }
    throw new UsageError(`--hosts has '${part.trim()}', which is no host; write them as a,b:8,c (8 ranks on b)`, {
      part,
    })
  })
  const twice = slots.find(({ host }, i) => slots.findIndex((other) => other.host === host) !== i)
  if (twice === undefined) return slots
  throw new UsageError(`--hosts names ${twice.host} twice; give it once, as ${twice.host}:N`, { host: twice.host })
}

/** Whose program it is, by what it says to `--version`; null = neither. */
export function mpiexecOf(version: string): Mpiexec | null {
  if (/open ?mpi|openrte/i.test(version)) return 'openmpi'
  return /hydra|mpich/i.test(version) ? 'mpich' : null
}

/**
 * argv that starts `ranks` ranks of `command` on `hosts` (empty = here). Where a connection dies without a word, Open MPI's daemons
 * notice within seconds instead of minutes. More ranks than cores are what the user asked for.
 */
export function mpiexecArgv(
  program: string,
  mpi: Mpiexec,
  hosts: readonly Slots[],
  ranks: number,
  command: readonly string[],
): string[] {
  const list = hosts.map((one) => `${one.host}:${one.ranks}`).join(',')
  const count = ['-n', String(ranks)]
  if (mpi === 'mpich')
    return [program, ...(list === '' ? [] : ['-launcher', 'ssh', '-hosts', list]), ...count, ...command]
  const alert = [
    ['oob_tcp_keepalive_time', '3'],
    ['oob_tcp_keepalive_intvl', '1'],
    ['oob_tcp_keepalive_probes', '3'],
  ].flatMap(([name = '', value = '']) => ['--mca', name, value])
  const where = list === '' ? [] : ['--host', list, ...alert, '-x', 'PATH']
  return [program, '--oversubscribe', ...where, ...count, ...command]
}
