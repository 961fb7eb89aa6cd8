// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The cluster: Slurm with partition and reservation, hosts by ssh, the beamtime. */
import { existsSync } from 'node:fs'
import { type Beamtime, findBeamtime, howToGetResources } from '../beamtime.js'
import { localRunner } from '../runner.js'
import { Slurm } from '../slurm/slurm.js'
import { type SshTarget, sshRunner } from '../ssh.js'
import { fail, type Item, looked, ok, warn } from './item.js'

/** Slurm's programs, its controller, and what was asked for by name: only then their absence is a failure. */
export async function slurmItems(partition: string | null, reservation: string | null): Promise<Item[]> {
  const slurm = new Slurm(localRunner())
  const items = await looked('slurm', async () => {
    const partitions = await slurm.show('partition')
    const open = partitions.filter(({ State }) => State === 'UP').map(({ PartitionName }) => PartitionName)
    const first = ok('slurm', `${(await slurm.version()) ?? 'here'}; open partitions ${open.join(', ')}`)
    const found = partition === null ? [] : [partitionItem(partition, partitions)]
    if (reservation !== null) found.push(reservationItem(reservation, await slurm.show('reservation')))
    return [first, ...found]
  })
  if ((partition ?? reservation) !== null) return items
  return items.map((item) => (item.state === 'fail' ? { ...item, state: 'warn' } : item))
}

type Records = readonly Readonly<Record<string, string>>[]

export function partitionItem(name: string, partitions: Records): Item {
  const found = partitions.find(({ PartitionName }) => PartitionName === name)
  const names = partitions.map(({ PartitionName }) => PartitionName).join(', ')
  if (found === undefined) return fail('partition', `'${name}' does not exist`, `give one of ${names}`)
  const facts = `${name} is ${found.State}, at most ${found.MaxTime}, nodes ${found.Nodes}`
  return found.State === 'UP'
    ? ok('partition', facts)
    : fail('partition', facts, 'wait until it is open, or use another')
}

export function reservationItem(name: string, reservations: Records): Item {
  const found = reservations.find(({ ReservationName }) => ReservationName === name)
  if (found === undefined) {
    const names = reservations.map(({ ReservationName }) => ReservationName).join(', ')
    const next = names === '' ? howToGetResources : `give one of ${names}, or ${howToGetResources}`
    return fail('reservation', `'${name}' does not exist`, next)
  }
  const facts = `${name} is ${found.State}, ${found.StartTime} to ${found.EndTime}, nodes ${found.Nodes}`
  return found.State === 'ACTIVE'
    ? ok('reservation', facts)
    : fail('reservation', facts, 'jobs in it wait until it begins')
}

/** The beamtime below `root`; without one, how to get it. */
export function beamtimeItem(root: string, wanted: boolean): { item: Item; beamtime: Beamtime | null } {
  if (!wanted && !existsSync(root)) {
    return { item: ok('beamtime', `none (${root} is not here); at the beamline: ${howToGetResources}`), beamtime: null }
  }
  const beamtime = findBeamtime(root)
  const who = `${beamtime.beamline} ${beamtime.id} (${beamtime.tag})`
  if (beamtime.online === null)
    return { item: warn('beamtime', `${who} has no online resources`, howToGetResources), beamtime }
  const { reservedNodes, slurmReservation, slurmPartition } = beamtime.online
  const item = ok('beamtime', `${who}: nodes ${reservedNodes.join(', ')}, ${slurmPartition}, ${slurmReservation}`)
  return { item, beamtime }
}

/** A host by ssh: reachable with this key, and its engine of our version. `engine`: how it is started there. */
export function hostItems(target: SshTarget, engine: string, version: string): Promise<Item[]> {
  const name = `host ${target.host}`
  return looked(name, async () => {
    const { code, stdout, stderr } = await sshRunner(target).run([engine, '--version'])
    const there = stdout.trim().split('\n').at(-1) ?? ''
    if (code === 0 && there === version) return ok(name, `reachable, parcorana ${there} like here`)
    if (code === 0)
      return fail(name, `parcorana ${there}, but here it is ${version}`, 'install the same version on both')
    const why = stderr.trim().split('\n').at(-1) ?? `ended with ${code}`
    return fail(
      name,
      `reachable, but '${engine} --version' says: ${why}`,
      'install parcorana there, or give its path with --engine',
    )
  })
}
