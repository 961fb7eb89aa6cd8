// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Builds the kernels of src/kernels/assembly to dist/src/kernels/*.wasm. Options: docs of the AssemblyScript compiler.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
/** Entry file, module, and features beyond SIMD: one source gives a plain build and one with relaxed SIMD. */
const modules = [
  ['index.ts', 'pairs.wasm', []],
  ['index.ts', 'pairsRelaxed.wasm', ['--enable', 'relaxed-simd']],
  ['multiTau.ts', 'multiTau.wasm', []],
  ['multiTau.ts', 'multiTauRelaxed.wasm', ['--enable', 'relaxed-simd']],
  ['rowSums.ts', 'rowSums.wasm', []],
  ['addRows.ts', 'addRows.wasm', []],
  ['calibrate.ts', 'calibrate.wasm', []],
  ['photons.ts', 'photons.wasm', []],
  ['maskGather.ts', 'maskGather.wasm', []],
  ['narrow.ts', 'narrow.wasm', []],
  ['photonSort.ts', 'photonSort.wasm', []],
  ['exposures.ts', 'exposures.wasm', []],
  ['twoTime.ts', 'twoTime.wasm', []],
  ['twoTime.ts', 'twoTimeRelaxed.wasm', ['--enable', 'relaxed-simd']],
]
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=']
const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536']

mkdirSync(fileURLToPath(new URL('../dist/src/kernels', import.meta.url)), { recursive: true })
for (const [entry, module, features] of modules) {
  const files = [`src/kernels/assembly/${entry}`, '--outFile', `dist/src/kernels/${module}`, '--baseDir', root]
  const { error, stderr } = await asc.main([...files, ...options, ...memory, ...features])
  if (error) {
    console.error(stderr.toString())
    process.exit(1)
  }
}
