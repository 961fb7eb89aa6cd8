// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which process of an MPI job plays which rank of a run: servers are dealt to the hosts in turn, so that all of them read. */
import { ConfigError } from '../../errors.js'

/**
 * `members[r]` = MPI rank of the run's rank r: 0 the viewer, 1..servers the servers, then master and workers by MPI rank.
 * `hosts` has a name per MPI rank. Servers go to the hosts in `serverHosts` (null = all) in turn, by name; MPI rank 0 is none.
 * Throws ConfigError where a host is unknown or has too few processes.
 */
export function placeRanks(hosts: readonly string[], servers: number, serverHosts: readonly string[] | null): number[] {
  const names = [...new Set(hosts)].sort()
  const allowed = serverHosts === null ? names : serverHosts.map((host) => knownHost(host, names)).sort()
  const free = allowed.map((host) => hosts.flatMap((name, rank) => (name === host && rank > 0 ? [rank] : [])))
  const dealt: number[] = []
  while (dealt.length < servers) {
    const before = dealt.length
    for (const ranks of free) {
      const rank = dealt.length < servers ? ranks.shift() : undefined
      if (rank !== undefined) dealt.push(rank)
    }
    if (dealt.length === before) throw tooFew(before, servers, allowed)
  }
  const others = hosts.map((_, rank) => rank).filter((rank) => rank > 0 && !dealt.includes(rank))
  return [0, ...dealt, ...others]
}

/** A host may be given with or without its domain. */
function knownHost(host: string, names: readonly string[]): string {
  const short = (name: string): string => name.split('.')[0]
  const found = names.find((name) => name === host) ?? names.find((name) => short(name) === short(host))
  if (found !== undefined) return found
  throw new ConfigError(`systemParams.serverHosts names '${host}', but the ranks run on ${names.join(', ')}`, {
    key: 'systemParams.serverHosts',
    host,
  })
}

function tooFew(found: number, servers: number, hosts: readonly string[]): ConfigError {
  return new ConfigError(
    `systemParams.numServers is ${servers}, but ${hosts.join(', ')} ${hosts.length === 1 ? 'has' : 'have'} only ${found} processes for servers (the viewer's is none); start more there or name more serverHosts`,
    { key: 'systemParams.serverHosts' },
  )
}
