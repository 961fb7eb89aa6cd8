// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The running engine's own module, for `import ... from 'parcorana'` in a user's file: a class in any folder extends the very
 * G2Common that this engine runs, also where there is no node_modules. Loaded only when a user's file is.
 */
const key = Symbol.for('parcorana.engineModule')

type Namespace = Readonly<Record<string, unknown>>
const slot = globalThis as { [key]?: () => Promise<Namespace> }

/** Make what `load` gives what user files get from `'parcorana'`, in this thread. */
export function registerEngineModule(load: () => Promise<Namespace>): void {
  slot[key] = load
}

/** The namespace; throws when nothing was registered (a defect of the engine, not of the user). */
export function engineModule(): Promise<Namespace> {
  const load = slot[key]
  if (load === undefined) throw new Error('no engine module is registered in this thread')
  return load()
}
