// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The door to checking a configuration: the schema is loaded only when one is resolved, never by ranks. */
import type { LoadedConfig, LoadOptions, Place } from './options.js'

export type { LoadedConfig, LoadOptions, Place }

/**
 * The default export of a config file, or an object given in a program, with overrides applied, checked and filled in.
 * Throws ConfigError, one sentence, for everything that is wrong with it.
 */
export async function resolveConfig(raw: unknown, place: Place, options: LoadOptions): Promise<LoadedConfig> {
  const { assemble } = await import('./assemble.js')
  return assemble(raw, place, options)
}
