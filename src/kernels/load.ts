// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which pair kernels a process uses: the built WebAssembly, or what PARCORANA_KERNEL names. No result depends on it. */
import { readFileSync } from 'node:fs'
import { ConfigError } from '../errors.js'
import { kernelModule, kernelPath } from './kernelModule.js'
import type { KernelSet } from './pairKernels.js'
import { referenceKernels } from './reference.js'
import { relaxedIsExact } from './relaxed.js'
import { wasmKernels } from './wasm.js'
import { ways } from './ways.js'

/** Names that `loadKernels` knows. */
export const kernelNames: readonly string[] = ['reference', ...ways]

let loaded: { readonly module: WebAssembly.Module; readonly relaxed: boolean } | null = null

/**
 * The kernels named by PARCORANA_KERNEL: 'reference', 'wasm' (default: the fastest way for every element and block), or one
 * way for all: 'dense', 'relaxed', 'lookup', 'bits', 'pairs'; 'tfjs' (of two-time products) is 'wasm' here. Throws ConfigError for
 * another name.
 */
export function loadKernels(name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): KernelSet {
  if (name === 'reference') return referenceKernels
  const way = ways.find((known) => known === (name === 'tfjs' ? 'wasm' : name || 'wasm'))
  if (way === undefined) {
    throw new ConfigError(
      `PARCORANA_KERNEL is ${name}; set it to wasm or reference, dense, relaxed, lookup, bits, pairs or tfjs, or unset it`,
      { kernel: name },
    )
  }
  loaded ??= relaxedModule() ?? { module: kernelModule('pairs.wasm'), relaxed: false }
  return wasmKernels(loaded.module, way)
}

/** True when this Node has relaxed SIMD and its products are exact. */
export function hasRelaxed(): boolean {
  loadKernels('wasm')
  return loaded?.relaxed === true
}

function relaxedModule(): { module: WebAssembly.Module; relaxed: boolean } | null {
  const bytes = readFileSync(kernelPath('pairsRelaxed.wasm'))
  if (!WebAssembly.validate(bytes)) return null
  const module = new WebAssembly.Module(bytes)
  return relaxedIsExact(module) ? { module, relaxed: true } : null
}
