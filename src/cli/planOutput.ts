// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What `--dry-run` prints about a job: mapped paths, every program with its exact arguments, the script. */
import type { JobFiles } from '../launch/jobFiles.js'
import type { MappedArgument } from '../launch/pathMap.js'
import { shellLine } from '../launch/quote.js'
import type { TriggerPlan } from '../launch/trigger.js'
import { printRecord } from './jobOutput.js'

interface Plan {
  readonly script: string
  readonly files: JobFiles
  readonly command: readonly string[]
  readonly commands: readonly (readonly string[])[]
  readonly paths: readonly MappedArgument[]
}

export function printPlan(plan: Plan, json: boolean): void {
  if (json) return void printRecord('plan', plan)
  const mapped = plan.paths.flatMap(({ given, mapped, rule }) =>
    rule === null ? [] : [`  ${given} -> ${mapped} (${rule.from} -> ${rule.to})`],
  )
  const lines = [
    ...(mapped.length === 0 ? [] : ['paths:', ...mapped]),
    'commands:',
    ...plan.commands.map((argv) => `  ${shellLine(argv)}`),
    `script ${plan.files.script}:`,
    plan.script,
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

export function printTriggerPlan({ job, commands, paths }: TriggerPlan, json: boolean): void {
  printPlan({ script: job.script, files: job.files, command: job.command, commands, paths }, json)
}
