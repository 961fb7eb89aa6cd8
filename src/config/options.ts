// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What loading a configuration takes and gives. */
import type { ResolvedConfig } from './resolved.js'
import type { ClassRegistry } from './userClass.js'

export interface LoadOptions {
  /** From the command line: by key of systemParams, `userParams.<key>` or `experiment.<key>`; text is parsed. */
  readonly overrides?: Readonly<Record<string, unknown>>
  /** Default: no environment. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Folder that relative paths in `overrides` and `env` count from; default the current one. */
  readonly cwd?: string
  readonly classes: ClassRegistry
}

export interface LoadedConfig {
  readonly resolved: ResolvedConfig
  /** Sentences for the log: overrides and translations. */
  readonly notes: readonly string[]
}

/** Where a configuration comes from. */
export interface Place {
  /** null = an object given in a program. */
  readonly configPath: string | null
  /** Folder that its relative paths count from. */
  readonly baseDir: string
}
