// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A beamline on the loopback: `<root>/current` with metadata and raw data, which the "compute node" sees as `<core>`. */
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { cliPath } from '../support/cli.js'
import { put } from '../support/folder.js'

export interface Beamline {
  /** What `--root` gets. */
  readonly root: string
  /** `<root>/current`, a link to `core`. */
  readonly current: string
  readonly core: string
  readonly metadata: string
  /** An engine as it would be installed on the node. */
  readonly engine: string
}

export function makeBeamline(folder: string, name: string, online: object | null): Beamline {
  const core = join(folder, name, 'core', '11001234')
  const root = join(folder, name, 'disk')
  mkdirSync(join(core, 'raw'), { recursive: true })
  mkdirSync(root)
  const current = join(root, 'current')
  symlinkSync(core, current)
  const facts = { beamline: 'p10', beamtimeId: 11001234, corePath: core, title: 'gels' }
  const metadata = put(core, 'beamtime-metadata-11001234.json', { ...facts, ...(online && { onlineAnalysis: online }) })
  const engine = join(folder, name, 'parcorana')
  writeFileSync(engine, `#!/bin/sh\nexec '${process.execPath}' '${cliPath}' "$@"\n`, { mode: 0o755 })
  return { root, current, core, metadata, engine }
}

/** A script that notes its arguments, one a line in brackets, sleeps if told so, and ends with `code`. */
export function putScript(folder: string, name: string, code = 0, more = ''): string {
  const path = put(folder, name, `#!/bin/bash\nfor word in "$@"; do echo "[$word]"; done\n${more}\nexit ${code}\n`)
  return path
}
