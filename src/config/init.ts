// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Texts made from the schema: a commented first configuration, and tables of all keys for the documentation. */
import * as z from 'zod'
import type { Field } from './schema/field.js'
import { calibrationFields } from './schema/calibration.js'
import { qualityFields } from './schema/quality.js'
import { holesFields } from './schema/holes.js'
import { systemFields } from './schema/system.js'
import { timingFields } from './schema/timing.js'
import { experimentFields, userFields } from './schema/user.js'

type Fields = Readonly<Record<string, Field>>

/** What stands for a key in the written file where its default is not the best text. */
const written: Readonly<Record<string, string>> = {
  dataset: "{ format: 'synthetic', shape: [64, 64], events: 2000, seed: 1 }",
  delays: "makeDelayList({ start: 1, stop: 25_000, num: 100, spacing: 'log', logbase: Math.E })",
  times: '50_000',
  userClass: 'G2IncrementalAccumulator',
}

/** To give `h5arrays` is to allow more than 1 GB, so the written file leaves that to its reader. */
const commentedOut: ReadonlySet<string> = new Set(['h5arrays'])

const head = `// A parcorana configuration with every key at its default: delete what you do not change.
// Run it: parcorana -c <this file>. What it will need and give: parcorana check -c <this file>.
// Paths are relative to this file.
import { defineConfig, G2IncrementalAccumulator, makeDelayList } from 'parcorana'

export default defineConfig({
`

/** The keys of systemParams that have keys of their own, in the order in which they are written. */
const sections = {
  calibration: calibrationFields,
  timing: timingFields,
  holes: holesFields,
  quality: qualityFields,
  experiment: experimentFields,
}
const sectionNames = Object.keys(sections) as (keyof typeof sections)[]

/**
 * TypeScript text of a configuration that names every key with its sentence, unit and default. It runs as it is, on synthetic
 * frames; everything but `dataset` resolves to the defaults.
 */
export function initialConfig(): string {
  const engine = Object.entries(systemFields).filter(([key]) => !(key in sections))
  return [
    head,
    '  systemParams: {\n',
    keys(Object.fromEntries(engine), 4),
    ...sectionNames.map(
      (name) => `    // ${comment(systemFields[name])}\n    ${name}: {\n${keys(sections[name], 6)}    },\n`,
    ),
    '  },\n\n  // What the class reads; a class of your own may have further keys.\n  userParams: {\n',
    keys(userFields, 4),
    '  },\n})\n',
  ].join('')
}

function keys(fields: Fields, indent: number): string {
  const space = ' '.repeat(indent)
  return Object.entries(fields)
    .map(([key, field]) => {
      const value = written[key] ?? literal(field.default)
      const off = commentedOut.has(key) ? '// ' : ''
      return `${space}// ${comment(field)}\n${space}${off}${key}: ${value},\n`
    })
    .join('')
}

function comment({ description, unit, allowed }: Field): string {
  return `${description}.${unit === null ? '' : ` Unit: ${unit}.`} Allowed: ${allowed}.`
}

function literal(value: unknown): string {
  return typeof value === 'string' ? `'${value}'` : JSON.stringify(value)
}

/** Markdown tables of all keys: name, default, unit, sentence. */
export function keyTables(): string {
  return [
    table('systemParams', systemFields),
    ...sectionNames.map((name) => table(`systemParams.${name}`, sections[name])),
    table('userParams', userFields),
  ].join('\n')
}

function table(title: string, fields: Fields): string {
  const rows = Object.entries(fields).map(([key, field]) => {
    const value = field.default === undefined ? 'required' : `\`${written[key] ?? literal(field.default)}\``
    const cells = [`\`${key}\``, value, field.unit ?? '', `${field.description}. Allowed: ${field.allowed}.`]
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  })
  return [`### ${title}`, '', '| key | default | unit | meaning |', '|---|---|---|---|', ...rows, ''].join('\n')
}

/** JSON schema (draft 2020-12) of a configuration written as .json. */
export function configJsonSchema(): Record<string, unknown> {
  const system = part({
    ...systemFields,
    ...Object.fromEntries(
      sectionNames.map((name) => [name, { ...systemFields[name], type: z.strictObject(shape(sections[name])) }]),
    ),
  })
  const user = z.looseObject(shape(userFields))
  const analysis = z.strictObject({
    name: z.string(),
    userClass: z.string().optional(),
    delays: (systemFields.delays.type as z.ZodType).optional(),
    userParams: user.optional(),
  })
  const root = z.strictObject({
    systemParams: system,
    userParams: user.optional(),
    analyses: z.array(analysis).optional(),
  })
  return z.toJSONSchema(root, { unrepresentable: 'any' }) as Record<string, unknown>
}

function part(fields: Fields): z.ZodType {
  return z.strictObject(shape({ ...fields, userClass: { ...systemFields.userClass, type: z.string() } }))
}

function shape(fields: Fields): Record<string, z.ZodType> {
  return Object.fromEntries(
    Object.entries(fields).map(([key, field]) => {
      const described = field.type.meta({ description: comment(field), default: field.default })
      return [key, field.default === undefined ? described : described.optional()]
    }),
  )
}
