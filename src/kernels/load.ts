// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which pair kernels a process uses: the built WebAssembly, or the reference with PARCORANA_KERNEL=reference. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ConfigError, RunError } from '../errors.js'
import type { KernelSet } from './pairKernels.js'
import { referenceKernels } from './reference.js'
import { wasmKernels } from './wasm.js'

const file = 'pairs.wasm'
let loaded: KernelSet | null = null

/** The kernels named by PARCORANA_KERNEL: 'wasm' (default) or 'reference'. Throws ConfigError for another name. */
export function loadKernels(name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): KernelSet {
  if (name === 'reference') return referenceKernels
  if (name !== 'wasm' && name !== '') {
    throw new ConfigError(`PARCORANA_KERNEL is ${name}; set it to wasm or reference, or unset it`, { kernel: name })
  }
  loaded ??= wasmKernels(new WebAssembly.Module(readFileSync(wasmPath())))
  return loaded
}

/** Beside this file when built (dist/src/kernels), in dist/ when the sources run themselves. */
function wasmPath(): string {
  const candidates = [`./${file}`, `../../dist/src/kernels/${file}`]
  const paths = candidates.map((relative) => fileURLToPath(new URL(relative, import.meta.url)))
  const path = paths.find((candidate) => existsSync(candidate))
  if (path === undefined) throw new RunError(`the kernels ${paths.join(' and ')} are missing; run npm run build:wasm`)
  return path
}
