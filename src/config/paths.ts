// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Makes the path-valued keys of a part of the configuration absolute. */
import { isAbsolute, resolve } from 'node:path'
import type { Field } from './schema/field.js'

/** A copy of `values`; `base(key)` is the folder that a relative path of that key counts from. */
export function pathsOf(
  values: Readonly<Record<string, unknown>>,
  fields: Readonly<Record<string, Field>>,
  base: (key: string) => string,
): Record<string, unknown> {
  const fixed = { ...values }
  for (const [key, field] of Object.entries(fields)) {
    const value = fixed[key]
    if (field.path === true && typeof value === 'string' && !isAbsolute(value)) fixed[key] = resolve(base(key), value)
  }
  return fixed
}
