// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Job scripts from template files (`configs/jobs/*.sh`, or a user's own). `{{name}}` stands for a value, quoted for its place:
 * behind `#SBATCH`, `#PBS` and `#BSUB` as their schedulers read it, elsewhere as a word of the shell.
 * `{{{name}}}` is text of the shell itself. A line with a value that was not given is left out.
 */
import { existsSync, readFileSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError } from '../errors.js'
import { directiveValue, shellWord } from './quote.js'

export type TemplateValues = Readonly<Record<string, string | number | undefined>>

/** The text of a template: the name of one of ours ('slurm', 'pbs', 'lsf', 'plain') or a path. Throws ConfigError. */
export function readTemplate(name: string): string {
  const path = /^[a-z]+$/.test(name) ? ownTemplate(name) : name
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat?.isFile() !== true) {
    const found = stat === undefined ? 'does not exist' : 'is no file'
    throw new ConfigError(`the job template ${path} ${found}; give the path of a file, or leave it out`, { path })
  }
  return readFileSync(path, 'utf8')
}

function ownTemplate(name: string): string {
  const places = ['../../../configs/jobs/', '../../configs/jobs/'].map((place) => new URL(place, import.meta.url))
  const folder = places.find((place) => existsSync(place)) ?? (places[0] as URL)
  return fileURLToPath(new URL(`${name}.sh`, folder))
}

/** Fill `template`. Throws ConfigError for a name that has no value here. */
export function fillTemplate(template: string, values: TemplateValues): string {
  return template
    .split('\n')
    .filter((line) => namesIn(line).every((name) => isGiven(givenValue(values, name, line))))
    .map((line) =>
      line.replace(pattern, (_, raw, name) => filled(line, givenValue(values, raw ?? name, line), raw !== undefined)),
    )
    .join('\n')
}

const pattern = /\{\{\{(\w+)\}\}\}|\{\{(\w+)\}\}/g

function namesIn(line: string): string[] {
  return [...line.matchAll(pattern)].map(([, raw, name]) => (raw ?? name) as string)
}

function givenValue(values: TemplateValues, name: string, line: string): string | number | undefined {
  if (name in values) return values[name]
  const known = Object.keys(values).join(', ')
  throw new ConfigError(`the job template says {{${name}}} in '${line.trim()}'; known names are ${known}`, { name })
}

function isGiven(value: string | number | undefined): boolean {
  return value !== undefined && value !== ''
}

function filled(line: string, value: string | number | undefined, raw: boolean): string {
  const text = String(value)
  if (raw) return text
  if (/^#(SBATCH|PBS|BSUB)/.test(line)) return directiveValue(text)
  return line.startsWith('#') ? text.replaceAll('\n', ' ') : shellWord(text)
}
