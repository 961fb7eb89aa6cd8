// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** sbatch's complaints as errors with the next step. */
import { type LaunchError, ReservationInvalid, SchedulerUnreachable, SubmissionRefused } from '../errors.js'
import type { Finished } from '../process.js'

interface Row {
  readonly words: RegExp
  readonly next: string
}

const rows: readonly Row[] = [
  { words: /Invalid partition/i, next: "'sinfo -s' lists the partitions; give one with --partition" },
  { words: /Invalid feature/i, next: '\'sinfo -o "%n %f"\' lists the features of the nodes; change --constraint' },
  {
    words: /Invalid account|account or partition combination/i,
    next: 'give the account you may charge with --account',
  },
  { words: /Invalid qos/i, next: "'sacctmgr show qos' lists them; change --qos" },
  { words: /time limit/i, next: '\'sinfo -o "%P %l"\' shows the limits; give a shorter --time' },
  { words: /Invalid generic resource|gres/i, next: '\'sinfo -o "%n %G"\' lists the resources; change --gres' },
  {
    words: /node configuration is not available|More processors requested/i,
    next: 'ask for fewer nodes, tasks or CPUs',
  },
  { words: /--mem specification|memory specification/i, next: 'give --mem as a size, such as 200G' },
  { words: /dependency/i, next: 'name a job that exists, such as --dependency afterok:1234' },
  {
    words: /Access.*denied|not permitted|Permission denied/i,
    next: 'ask the site for access, or use another partition',
  },
]

/** Why sbatch ended with something else than 0. `asked`: its argv, for the message. */
export function refusalOf(asked: string, reservation: string | undefined, { code, stderr }: Finished): LaunchError {
  const complaint = complaintOf(stderr)
  const details = { complaint, exitCode: code }
  if (/reservation/i.test(complaint)) {
    const next =
      "'scontrol show reservation' lists what exists; ask the beamline staff whether the reservation has begun"
    return new ReservationInvalid({ tried: asked, found: complaint, next }, { reservation, ...details })
  }
  if (code === 127 || unreachable.test(stderr)) return noScheduler(asked, { code, stderr })
  const next =
    rows.find(({ words }) => words.test(complaint))?.next ??
    "compare what it asks for (--dry-run shows the script) with what 'sinfo' lists"
  return new SubmissionRefused({ tried: asked, found: complaint, next }, details)
}

const unreachable =
  /Unable to contact slurm|slurm_load|configuration source|unable to status file|Connection refused|Zero Bytes|not found$/i

/** Slurm's programs are missing, or its controller does not answer. */
export function noScheduler(asked: string, { code, stderr }: Pick<Finished, 'code' | 'stderr'>): SchedulerUnreachable {
  const found = code === 127 ? "Slurm's programs are not here" : complaintOf(stderr)
  const next =
    'run this on a login node of the cluster, or reach one by ssh (submit --login user@host, trigger --method slurm-ssh)'
  return new SchedulerUnreachable({ tried: asked, found, next }, { exitCode: code })
}

/** `sbatch: error: Batch job submission failed: X` -> `X`. */
function complaintOf(stderr: string): string {
  const lines = stderr.trim().split('\n')
  const line = lines.findLast((each) => /failed:|error:|fatal:/.test(each)) ?? lines.at(-1) ?? ''
  return (
    line
      .replace(/^\w+: (error|fatal): /, '')
      .replace(/^Batch job submission failed: /, '')
      .trim() || 'no reason given'
  )
}
