// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which multi-tau kernels a process uses: the built WebAssembly, or the reference with PARCORANA_KERNEL=reference. */
import { readFileSync } from 'node:fs'
import { kernelModule, kernelPath } from './kernelModule.js'
import type { MultiTauKernelSet } from './multiTauKernels.js'
import { referenceMultiTau } from './multiTauReference.js'
import { wasmMultiTau } from './multiTauWasm.js'
import { sixteenAreExact } from './relaxed.js'

let loaded: WebAssembly.Module | null = null

/**
 * The reference for 'reference', else WebAssembly, with relaxed SIMD where this Node has it and its products are exact; without it
 * for 'dense'. The other names of pair kernels are theirs to check.
 */
export function loadMultiTau(name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): MultiTauKernelSet {
  if (name === 'reference') return referenceMultiTau
  if (name === 'dense') return wasmMultiTau(kernelModule('multiTau.wasm'))
  loaded ??= relaxedModule() ?? kernelModule('multiTau.wasm')
  return wasmMultiTau(loaded)
}

function relaxedModule(): WebAssembly.Module | null {
  const bytes = readFileSync(kernelPath('multiTauRelaxed.wasm'))
  if (!WebAssembly.validate(bytes)) return null
  const module = new WebAssembly.Module(bytes)
  return sixteenAreExact(module) ? module : null
}
