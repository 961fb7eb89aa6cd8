// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the configuration knows about one key: the single source of defaults, checks, `init`, docs and `check`. */
import * as z from 'zod'

export interface Field {
  readonly type: z.ZodType
  /** undefined = the key is required. */
  readonly default: unknown
  /** null = a pure number or no number at all. */
  readonly unit: string | null
  /** One sentence, without the unit. */
  readonly description: string
  /** Completes "..., but must be ". */
  readonly allowed: string
  /** How text from the environment or the command line is read; absent = the key cannot be given as text. */
  readonly text?: 'number' | 'boolean' | 'text' | 'list'
  /** True for a path of one file, which is made absolute. */
  readonly path?: boolean
  /** 'run' = must not differ the result, so it is stored under `/run` only. Default 'result'. */
  readonly stored?: 'result' | 'run'
}

export const wholeNumber = (least: number): z.ZodType => z.int().min(least)
export const positive: z.ZodType = z.number().positive()
export const text: z.ZodType = z.string().min(1)

/** `schema` or null. */
export const orNull = (schema: z.ZodType): z.ZodType => z.union([schema, z.null()])

/** One of `values`. */
export const oneOf = (...values: [string, ...string[]]): z.ZodType => z.enum(values)

/** `'a', 'b' or 'c'` */
export function either(...values: readonly string[]): string {
  const quoted = values.map((value) => `'${value}'`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
