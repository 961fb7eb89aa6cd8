// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ways to trigger an analysis, under our names and MENTO's. */
import { UsageError } from '../errors.js'

/** Slurm or a plain process; on this machine or on the reserved node through ssh. */
export const methods = ['slurm-ssh', 'ssh', 'slurm-local', 'local', 'slurm-rest'] as const
export type Method = (typeof methods)[number]

/** MENTO's names. */
export const TriggerMethod = {
  SLURM_REST_API: 'slurm-rest',
  REMOTE_SBATCH_SCRIPT: 'slurm-ssh',
  REMOTE_COMMAND: 'ssh',
  LOCAL_BASH_SCRIPT: 'local',
} as const satisfies Record<string, Method>
export type TriggerMethodName = keyof typeof TriggerMethod

/** A method by either name; not given = over Slurm on the reserved node. Throws UsageError. */
export function methodOf(name: string = TriggerMethod.REMOTE_SBATCH_SCRIPT): Method {
  const word = name.replace(/^TriggerMethod\./, '')
  const own = methods.find((method) => method === word)
  if (own !== undefined) return own
  if (word in TriggerMethod) return TriggerMethod[word as TriggerMethodName]
  const known = [...methods, ...Object.keys(TriggerMethod)].join(', ')
  throw new UsageError(`no trigger method '${name}'; known are ${known}`, { name })
}
