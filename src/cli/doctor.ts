// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { CommandModule } from 'yargs'
import { examine } from '../driver/doctor.js'
import { itemText } from '../launch/doctor/item.js'
import { handled } from './exit.js'
import { printRecord } from './jobOutput.js'
import { parseTarget } from './sshTarget.js'
import { textOption } from './usage.js'
import { version } from './version.js'

interface Arguments {
  config?: string | undefined
  partition?: string | undefined
  reservation?: string | undefined
  hosts?: string | undefined
  key?: string | undefined
  knownHosts?: string | undefined
  engine?: string | undefined
  root?: string | undefined
  json?: boolean | undefined
}

/** `parcorana doctor`: one line per item; exit code 1 when something that is needed does not work. */
export const doctorCommand: CommandModule<object, Arguments> = {
  command: 'doctor',
  describe: 'look at Node, kernels, MPI, Slurm, hosts, memory and disk before they are needed',
  builder: (yargs) =>
    yargs
      .option('config', { alias: 'c', ...textOption('also its plan against memory and disk, and its hosts') })
      .option('partition', { alias: 'p', ...textOption('a partition that must exist') })
      .option('reservation', textOption('a reservation that must be active'))
      .option('hosts', textOption('hosts that must be reachable: [user@]host[:port],...'))
      .option('key', textOption('private ssh key for them'))
      .option('known-hosts', textOption('file with the keys of known hosts (our own)'))
      .option('engine', { ...textOption('how parcorana is started there'), default: 'parcorana' })
      .option('root', textOption('folder with current/ and commissioning/ of the beamline (/gpfs)'))
      .option('json', { type: 'boolean', describe: 'one record a line' }) as never,
  handler: handled(doctor),
}

async function doctor({
  config,
  partition,
  reservation,
  hosts,
  key,
  knownHosts,
  engine,
  root,
  json,
}: Arguments): Promise<void> {
  const targets = (hosts?.split(',') ?? []).map((text) => ({
    ...parseTarget(text, '--hosts'),
    keyPath: key,
    knownHosts,
  }))
  const items = await examine({
    ...{ config: config ?? null, partition: partition ?? null, reservation: reservation ?? null, root: root ?? null },
    ...{ hosts: targets, engine: engine ?? 'parcorana', version: version() },
  })
  for (const item of items) {
    if (json) printRecord('item', item)
    else process.stdout.write(`${itemText(item)}\n`)
  }
  const failed = items.filter(({ state }) => state === 'fail').length
  process.exitCode = failed > 0 ? 1 : 0
  if (json) printRecord('done', { failed, warned: items.filter(({ state }) => state === 'warn').length })
}
