// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Stand-ins for the engine's classes, and config files in a temporary folder that has no node_modules. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll } from 'vitest'
import { registerEngineModule } from '../../src/config/engineModule.js'
import { makeDelayList } from '../../src/config/helpers/delayList.js'
import { type LoadedConfig, type LoadOptions, resolveConfig } from '../../src/config/resolve.js'
import { defineConfig } from '../../src/config/types.js'
import { classRegistry } from '../../src/config/userClass.js'

export class G2Common {}
export class G2AtEnd extends G2Common {}
export class G2IncrementalAccumulator extends G2Common {}
export class MultiTau extends G2Common {
  static readonly ownDelays = true
}

export const classes = classRegistry({ G2AtEnd, G2atEnd: G2AtEnd, G2IncrementalAccumulator, MultiTau }, G2Common)

registerEngineModule(async () => ({
  G2Common,
  G2AtEnd,
  G2IncrementalAccumulator,
  MultiTau,
  defineConfig,
  makeDelayList,
}))

/** A fresh folder outside the repository, removed after the file's tests. */
export function temporaryFolder(): { folder: string; write(name: string, text: string): string } {
  const folder = mkdtempSync(join(tmpdir(), 'parcorana-config-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const write = (name: string, text: string): string => {
    const path = join(folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, text)
    return path
  }
  return { folder, write }
}

/** Resolve an object as if it were the default export of /base/config.ts. */
export function resolved(raw: unknown, options: Partial<LoadOptions> = {}): Promise<LoadedConfig> {
  return resolveConfig(raw, { configPath: '/base/config.ts', baseDir: '/base' }, { classes, cwd: '/here', ...options })
}

/** The same with `dataset` filled in. */
export function withSystem(system: Record<string, unknown>, user: Record<string, unknown> = {}): Promise<LoadedConfig> {
  return resolved({ systemParams: { dataset: 'npy:in.npy', ...system }, userParams: user })
}
