// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Builds the kernels of src/kernels/assembly to dist/src/kernels: a plain build and one with relaxed SIMD from one source. Options: docs of the AssemblyScript compiler.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=']
const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536']
const builds = { 'pairs.wasm': [], 'pairsRelaxed.wasm': ['--enable', 'relaxed-simd'] }

mkdirSync(fileURLToPath(new URL('../dist/src/kernels', import.meta.url)), { recursive: true })
for (const [file, features] of Object.entries(builds)) {
  const outFile = `dist/src/kernels/${file}`
  const args = ['src/kernels/assembly/index.ts', '--outFile', outFile, '--baseDir', root, ...options, ...memory, ...features]
  const { error, stderr } = await asc.main(args)
  if (error) {
    console.error(stderr.toString())
    process.exit(1)
  }
}
