// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** An independent reader: a Python that has h5py and numpy. */
import { spawnSync } from 'node:child_process'
import { describe } from 'vitest'
import { missing } from './shared.js'

const candidates = [process.env.PARCORANA_PYTHON, 'python3', '/usr/bin/python3', 'python']
let found: string | null | undefined

/** The first python that can import h5py and numpy, or null; `PARCORANA_PYTHON` comes first. */
export function pythonWithH5py(): string | null {
  found ??=
    candidates.find(
      (name) => name !== undefined && spawnSync(name, ['-c', 'import h5py, numpy'], { stdio: 'ignore' }).status === 0,
    ) ?? null
  return found
}

/** Run `script` with `args` (sys.argv[1:]); h5py, json, sys and numpy as np are imported. Returns its stdout; throws on failure. */
export function runPython(script: string, ...args: readonly string[]): string {
  const python = pythonWithH5py()
  if (python === null) throw new Error('no python with h5py and numpy')
  const program = `import h5py, json, sys\nimport numpy as np\n${script}`
  const result = spawnSync(python, ['-c', program, ...args], { encoding: 'utf8', maxBuffer: 256 * 1024 * 1024 })
  if (result.status !== 0) throw new Error(`python failed: ${result.stderr}`)
  return result.stdout
}

/** What `script` prints as JSON. */
export function pythonJson<T>(script: string, ...args: readonly string[]): T {
  return JSON.parse(runPython(script, ...args)) as T
}

/** A group of tests that need h5py: skipped with a clear line where absent, failed under PARCORANA_REQUIRE_ALL=1. */
export function describeWithPython(name: string, body: () => void): void {
  if (pythonWithH5py() !== null) describe(name, body)
  else missing(name, 'no python with h5py and numpy')
}
