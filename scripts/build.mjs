// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Builds dist/ from nothing: TypeScript, then the WebAssembly kernels beside their loaders. Runs at `npm ci` (prepare).
import { spawnSync } from 'node:child_process'
import { existsSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const require = createRequire(import.meta.url)

/** Run a Node script in the repository root; end with its exit code when it fails. */
function node(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' })
  if (status !== 0) process.exit(status ?? 1)
}

rmSync(`${root}/dist`, { recursive: true, force: true })
node(require.resolve('typescript/bin/tsc'), '-p', 'tsconfig.json')
const wasm = fileURLToPath(new URL('build-wasm.mjs', import.meta.url))
if (existsSync(wasm)) node(wasm)
