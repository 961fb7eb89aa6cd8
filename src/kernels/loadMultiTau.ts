// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which multi-tau kernels a process uses: the built WebAssembly, or the reference with PARCORANA_KERNEL=reference. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RunError } from '../errors.js'
import type { MultiTauKernelSet } from './multiTauKernels.js'
import { referenceMultiTau } from './multiTauReference.js'
import { wasmMultiTau } from './multiTauWasm.js'

const file = 'multiTau.wasm'
let loaded: MultiTauKernelSet | null = null

/** The reference for 'reference', else WebAssembly: the names of pair kernels are theirs to check. */
export function loadMultiTau(name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): MultiTauKernelSet {
  if (name === 'reference') return referenceMultiTau
  loaded ??= wasmMultiTau(new WebAssembly.Module(readFileSync(wasmPath())))
  return loaded
}

/** Beside this file when built (dist/src/kernels), in dist/ when the sources run themselves. */
function wasmPath(): string {
  const paths = [`./${file}`, `../../dist/src/kernels/${file}`].map((relative) =>
    fileURLToPath(new URL(relative, import.meta.url)),
  )
  const path = paths.find((candidate) => existsSync(candidate))
  if (path === undefined) throw new RunError(`the kernels ${paths.join(' and ')} are missing; run npm run build:wasm`)
  return path
}
