// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which multi-tau kernels a process uses: the built WebAssembly, or the reference with PARCORANA_KERNEL=reference. */
import { kernelModule } from './kernelModule.js'
import type { MultiTauKernelSet } from './multiTauKernels.js'
import { referenceMultiTau } from './multiTauReference.js'
import { wasmMultiTau } from './multiTauWasm.js'

/** The reference for 'reference', else WebAssembly: the names of pair kernels are theirs to check. */
export function loadMultiTau(name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): MultiTauKernelSet {
  return name === 'reference' ? referenceMultiTau : wasmMultiTau(kernelModule('multiTau.wasm'))
}
