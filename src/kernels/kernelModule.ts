// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The built WebAssembly modules, each compiled once per thread. */
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { RunError } from '../errors.js'
import './webassembly.js'

const modules = new Map<string, WebAssembly.Module>()

/** The module of a file that `npm run build:wasm` makes. Throws RunError when it is missing. */
export function kernelModule(file: string): WebAssembly.Module {
  const known = modules.get(file)
  if (known !== undefined) return known
  const module = new WebAssembly.Module(readFileSync(kernelPath(file)))
  modules.set(file, module)
  return module
}

/** Beside this file when built (dist/src/kernels), in dist/ when the sources run themselves. */
export function kernelPath(file: string): string {
  const candidates = [`./${file}`, `../../dist/src/kernels/${file}`]
  const paths = candidates.map((relative) => fileURLToPath(new URL(relative, import.meta.url)))
  const path = paths.find((candidate) => existsSync(candidate))
  if (path === undefined) throw new RunError(`the kernels ${paths.join(' and ')} are missing; run npm run build:wasm`)
  return path
}
