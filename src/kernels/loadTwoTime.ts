// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which two-time kernels a process uses: the built WebAssembly, or what PARCORANA_KERNEL names. No result depends on it. */
import { readFileSync } from 'node:fs'
import { type MapKernels, referenceMaps, wasmMaps } from './mapKernels.js'
import { kernelModule, kernelPath } from './kernelModule.js'
import { sixteenAreExact } from './relaxed.js'
import { requireTensorFlow, tensorFlowTwoTime } from './tensorFlow.js'
import type { TwoTimeKernels } from './twoTimeKernels.js'
import { referenceTwoTime } from './twoTimeReference.js'
import { wasmTwoTime } from './twoTimeWasm.js'
import type { TwoTimeWay } from './twoTimeWays.js'

const ways: readonly TwoTimeWay[] = ['wasm', 'dense', 'relaxed', 'lookup', 'bits']

let loaded: { readonly module: WebAssembly.Module; readonly relaxed: boolean } | null = null

/** Kernels with a memory of their own. Names of pair kernels that mean nothing here are theirs to check. */
export function loadTwoTime(name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): TwoTimeKernels {
  if (name === 'reference') return referenceTwoTime
  const { module, relaxed } = load()
  if (name === 'tfjs') return tensorFlowTwoTime(requireTensorFlow(), wasmTwoTime(module, relaxed, 'wasm'))
  return wasmTwoTime(module, relaxed, ways.find((way) => way === name) ?? 'wasm')
}

/** Kernels of maps with room for `length` values. */
export function loadMaps(length: number, name: string = process.env.PARCORANA_KERNEL ?? 'wasm'): MapKernels {
  return name === 'reference' ? referenceMaps : wasmMaps(load().module, length)
}

function load(): { readonly module: WebAssembly.Module; readonly relaxed: boolean } {
  loaded ??= relaxedModule() ?? { module: kernelModule('twoTime.wasm'), relaxed: false }
  return loaded
}

/** Null where this Node has no relaxed SIMD, or its products are not exact. */
function relaxedModule(): { module: WebAssembly.Module; relaxed: boolean } | null {
  const bytes = readFileSync(kernelPath('twoTimeRelaxed.wasm'))
  if (!WebAssembly.validate(bytes)) return null
  const module = new WebAssembly.Module(bytes)
  return sixteenAreExact(module) ? { module, relaxed: true } : null
}
