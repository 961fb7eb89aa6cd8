// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The running engine's own module, for `import ... from 'parcorana'` in a user's file. The package entry registers itself once
 * per thread, so a class in any folder extends the very G2Common that this engine runs, also where there is no node_modules.
 */
const key = Symbol.for('parcorana.engineModule')

type Namespace = Readonly<Record<string, unknown>>
const slot = globalThis as { [key]?: Namespace }

/** Make `namespace` what user files get from `'parcorana'`. Called by the package entry and by rank entries. */
export function registerEngineModule(namespace: Namespace): void {
  slot[key] = namespace
}

/** The registered namespace; throws when no entry registered one (a defect of the engine, not of the user). */
export function engineModule(): Namespace {
  const namespace = slot[key]
  if (namespace === undefined) throw new Error('no engine module is registered in this thread')
  return namespace
}
