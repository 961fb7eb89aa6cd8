// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Builds the kernels of src/kernels/assembly to dist/src/kernels/pairs.wasm. Options: docs of the AssemblyScript compiler.
import { mkdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const outFile = 'dist/src/kernels/pairs.wasm'
const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--use', 'abort=']
const memory = ['--importMemory', '--initialMemory', '1', '--maximumMemory', '65536']

mkdirSync(fileURLToPath(new URL('../dist/src/kernels', import.meta.url)), { recursive: true })
const args = ['src/kernels/assembly/index.ts', '--outFile', outFile, '--baseDir', root, ...options, ...memory]
const { error, stderr } = await asc.main(args)
if (error) {
  console.error(stderr.toString())
  process.exit(1)
}
