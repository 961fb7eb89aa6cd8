// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana doctor`: what a run or a job will need, looked at before it is needed. */
import { existsSync, readFileSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { freemem, totalmem } from 'node:os'
import { dirname } from 'node:path'
import type { Explanation } from '../config/explain/facts.js'
import { loadConfig } from '../config/load.js'
import type { ResolvedConfig } from '../config/resolved.js'
import { beamtimeItem, hostItems, slurmItems } from '../launch/doctor/cluster.js'
import { fail, type Item, looked, ok, warn } from '../launch/doctor/item.js'
import { mpiItem, nodeItem, wasmItem } from '../launch/doctor/machine.js'
import type { SshTarget } from '../launch/ssh.js'
import { bytesText } from '../units.js'
import { prepare } from './check.js'
import { classes } from './classes.js'

export interface DoctorRequest {
  readonly config: string | null
  /** Null = not asked for; then those of the beamtime. */
  readonly partition: string | null
  readonly reservation: string | null
  readonly hosts: readonly SshTarget[]
  /** How the engine is started on the hosts. */
  readonly engine: string
  readonly version: string
  /** Null = only if there is a beamline at the usual place. */
  readonly root: string | null
}

/** All items, in the order in which a reader wants them. */
export async function examine(request: DoctorRequest): Promise<Item[]> {
  const items = [nodeItem(), ...(await looked('wasm', async () => wasmItem())), await mpiItem()]
  let online: Parameters<typeof hostsOf>[1] = null
  const beam = await looked('beamtime', async () => {
    const { item, beamtime } = beamtimeItem(request.root ?? '/gpfs', request.root !== null)
    online = beamtime?.online ?? null
    return item
  })
  const resources = online as Parameters<typeof hostsOf>[1]
  const partition = request.partition ?? resources?.slurmPartition ?? null
  const reservation = request.reservation ?? resources?.slurmReservation ?? null
  items.push(...(await slurmItems(partition, reservation)), ...beam)
  const { resolved, found } = await configItems(request.config)
  for (const target of hostsOf(request, resources, resolved)) {
    items.push(...(await hostItems(target, request.engine, request.version)))
  }
  return [...items, ...found]
}

interface Online {
  readonly reservedNodes: readonly string[]
  readonly slurmPartition: string | null
  readonly slurmReservation: string | null
  readonly userAccount: string | null
  readonly sshPrivateKeyPath: string | null
}

/** Hosts asked for, those of the config, and the reserved nodes; each once. */
function hostsOf({ hosts }: DoctorRequest, online: Online | null, config: ResolvedConfig | null): SshTarget[] {
  const reserved = (online?.reservedNodes ?? []).map((host) => ({
    host,
    user: online?.userAccount ?? undefined,
    keyPath: online?.sshPrivateKeyPath ?? undefined,
  }))
  const servers = (config?.systemParams.serverHosts ?? []).map((host) => ({ host }))
  const all: SshTarget[] = [...hosts, ...servers, ...reserved]
  return all.filter(({ host }, i) => all.findIndex((other) => other.host === host) === i)
}

/** The plan of a config against the memory and disk of this machine. */
async function configItems(path: string | null): Promise<{ resolved: ResolvedConfig | null; found: Item[] }> {
  if (path === null) return { resolved: null, found: [] }
  let resolved: ResolvedConfig | null = null
  const found = await looked('config', async () => {
    resolved = (await loadConfig(path, { env: process.env, classes })).resolved
    const { explanation } = await prepare(resolved)
    const [refusal] = explanation.errors
    const first =
      refusal === undefined ? ok('config', `${path} would run`) : fail('config', refusal, 'change the config')
    return [first, memoryItem(explanation), await diskItem(explanation)]
  })
  return { resolved, found }
}

export function memoryItem(
  { totalBytes }: Pick<Explanation, 'totalBytes'>,
  free = availableBytes(),
  all = totalmem(),
): Item {
  const facts = `the run needs ${bytesText(totalBytes)}; ${bytesText(free)} of ${bytesText(all)} are free here`
  const next = 'use more hosts (mpiexec), fewer delays, or a smaller mask'
  if (totalBytes > all) return fail('memory', facts, next)
  return totalBytes > free ? warn('memory', facts, `end other programs, or ${next}`) : ok('memory', facts)
}

async function diskItem({ result, config }: Explanation): Promise<Item> {
  const { h5output } = config.systemParams
  if (h5output === null) return ok('disk', 'the run writes no file')
  const folder = dirname(h5output)
  if (!existsSync(folder)) return fail('disk', `the folder ${folder} of h5output does not exist`, 'create it')
  const { bavail, bsize } = await statfs(folder)
  const facts = `the result needs at most ${bytesText(result.bytes)}; ${bytesText(bavail * bsize)} are free in ${folder}`
  if (result.bytes <= bavail * bsize) return ok('disk', facts)
  return fail('disk', facts, "write elsewhere (-o), or less: h5arrays 'none'")
}

/** Memory that programs can get without swapping; caches count as free where the system says so. */
function availableBytes(): number {
  try {
    const kib = /^MemAvailable:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]
    return kib === undefined ? freemem() : Number(kib) * 1024
  } catch {
    return freemem()
  }
}
