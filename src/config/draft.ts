// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A configuration while it is being put together. */
import type { ValueSource } from './resolved.js'
import type { ClassRegistry } from './userClass.js'

type Values = Record<string, unknown>

/** The three parts of a configuration while it is being put together; `sources` by full key. */
export interface Draft {
  readonly system: Values
  readonly user: Values
  readonly experiment: Values
  readonly sources: Record<string, ValueSource>
  readonly notes: string[]
}

/** What is known when the analyses are resolved. */
export interface AnalysesInput {
  readonly draft: Draft
  /** Checked systemParams. */
  readonly values: Values
  /** The config's `analyses`, unchecked; undefined = one analysis. */
  readonly analyses: unknown
  readonly place: { readonly configPath: string | null; readonly baseDir: string }
  /** Folder that a relative path of this key counts from. */
  readonly base: (key: string) => string
  readonly classes: ClassRegistry
}
