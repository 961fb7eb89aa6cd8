// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The script and options of a triggered job. */
import { randomUUID } from 'node:crypto'
import type { JobAccess } from './access.js'
import type { PreparedJob } from './backend.js'
import type { Beamtime } from './beamtime.js'
import { type JobFiles, jobFiles, tokenFiles } from './jobFiles.js'
import type { MappedArgument } from './pathMap.js'
import { shellLine } from './quote.js'
import type { SlurmOptions } from './slurm/options.js'
import { fillTemplate, readTemplate } from './template.js'

export interface TriggeredJob extends PreparedJob {
  readonly command: readonly string[]
}

interface Request extends SlurmOptions {
  readonly records?: boolean | undefined
  readonly log?: string | undefined
  readonly folder: string
  /** Where the command runs. */
  readonly workFolder: string
  readonly token?: string | undefined
}

/** Reservation and partition of the beamtime unless given; one day; named after the beamtime. */
export function prepareTriggered(
  { beamline, id, online }: Beamtime,
  request: Request,
  { kind }: JobAccess,
  paths: readonly MappedArgument[],
): TriggeredJob {
  const command = paths.map(({ mapped }) => mapped)
  const jobName = request.jobName ?? ['parcorana', beamline, id].filter((part) => part !== null).join('_')
  const files: JobFiles =
    request.token === undefined
      ? jobFiles(request.folder, jobName, request.log)
      : tokenFiles(request.folder, jobName, request.token, request.log)
  const line = shellLine(command)
  const script = fillTemplate(readTemplate('plain'), {
    title: `job ${jobName}, triggered by parcorana`,
    status: files.status,
    folder: request.workFolder,
    records: files.records,
    command: request.records ? line : undefined,
    other: request.records ? undefined : line,
  })
  const { partition, reservation, time = '1-0' } = request
  const asked = { ...request, partition: partition ?? online?.slurmPartition ?? undefined }
  const options: SlurmOptions =
    kind === 'direct'
      ? { jobName }
      : {
          ...asked,
          jobName,
          time,
          reservation: reservation ?? online?.slurmReservation ?? undefined,
          output: files.log,
        }
  return { command, files, script, program: command[0] as string, options, token: request.token ?? randomUUID() }
}
