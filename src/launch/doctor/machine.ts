// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** This machine: Node, WebAssembly, MPI. */
import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { hasRelaxed } from '../../kernels/load.js'
import { execute } from '../process.js'
import { type Item, ok, warn } from './item.js'

export function nodeItem(version = process.versions.node): Item {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  const found = `v${version}`
  if (major < 20 || (major === 20 && minor < 19))
    return warn('node', found, 'install Node 24; 20.19 is the oldest that works')
  return major < 24 ? warn('node', found, 'works; Node 24 has faster kernels (relaxed SIMD)') : ok('node', found)
}

/** Loads the kernels, which is their own test: SIMD is a must, relaxed SIMD is used where it is exact. */
export function wasmItem(relaxed = hasRelaxed()): Item {
  if (relaxed) return ok('wasm', 'SIMD; relaxed SIMD passes its self-test: its products are exact here')
  const next = 'results are the same, some kernels slower; Node 24 has it'
  return warn('wasm', 'SIMD; relaxed SIMD is absent or failed its self-test', next)
}

/** File names of MPI libraries, as their ABIs are known. */
const libraries: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['Open MPI', /^libmpi\.so\.(40|80)$/],
  ['MPICH', /^libmpich\.so\.12$|^libmpi\.so\.12$/],
  ['MPI-5 standard ABI', /^libmpi_abi\.so\.\d$/],
]

/** The loader's cache and LD_LIBRARY_PATH are searched; nothing is loaded. */
export async function mpiItem(env: NodeJS.ProcessEnv = process.env): Promise<Item> {
  const files = [...(await cachedLibraries()), ...pathLibraries(env.LD_LIBRARY_PATH ?? '')]
  const found = libraries.flatMap(([name, pattern]) => {
    const file = files.find((path) => pattern.test(basename(path)))
    return file === undefined ? [] : [`${name} (${file})`]
  })
  if (found.length === 0)
    return warn('mpi', 'no MPI library', "for more than one host load the site's MPI module; threads need none")
  const versions = await launcherVersion()
  const next = 'load the same module for mpiexec, or start ranks by srun'
  if (versions === null) return warn('mpi', `${found.join(', ')}; no mpiexec in PATH`, next)
  return ok('mpi', `${found.join(', ')}; ${versions}`)
}

async function cachedLibraries(): Promise<string[]> {
  for (const ldconfig of ['ldconfig', '/sbin/ldconfig']) {
    const { code, stdout } = await execute([ldconfig, '-p'])
    if (code === 0) return stdout.split('\n').flatMap((line) => line.split(' => ')[1]?.trim() ?? [])
  }
  return []
}

function pathLibraries(path: string): string[] {
  const folders = path.split(':').filter((folder) => folder !== '' && existsSync(folder))
  return folders.flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)))
}

/** `mpiexec (OpenRTE) 4.1.4`, or `HYDRA build details: ... Version: 4.0.2` as `mpiexec (MPICH) 4.0.2`. */
async function launcherVersion(): Promise<string | null> {
  const { code, stdout } = await execute(['mpiexec', '--version'])
  if (code !== 0) return null
  const hydra = /Version:\s+([\d.]+)/.exec(stdout)?.[1]
  return hydra === undefined ? (stdout.split('\n')[0]?.trim() ?? 'unknown') : `mpiexec (MPICH) ${hydra}`
}
