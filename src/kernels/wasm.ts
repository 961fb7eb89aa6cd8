// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The pair kernels in WebAssembly: one instance per memory, the places unpacked into plain numbers. */
import type { KernelSet, PairKernels } from './pairKernels.js'

export function wasmKernels(_module: WebAssembly.Module): KernelSet {
  return { name: 'wasm', open: (): PairKernels => { throw new Error('not built') } }
}
