// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * HDF5 files through h5wasm, loaded on first use. A thin layer: `file` and `module` are h5wasm's own objects. What h5wasm
 * leaves out is added: errors as sentences and, in hdf5Read.ts, the filter check, numeric types and reads in blocks.
 * Each thread loads its own copy of the library; its memory is limited to 2 GiB, so large data are read and written in blocks.
 */
import { closeSync, existsSync, openSync, readSync, statSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import type { File, Group } from 'h5wasm/node'
import { InputError, RunError, messageOf } from '../errors.js'
import { bytesText } from '../units.js'
import { pluginFolder } from './hdf5Filters.js'

type Library = typeof import('h5wasm/node')
export type Hdf5Module = Awaited<Library['ready']>

/** `r` read, `w` create or truncate, `a` read and write an existing file, `x` create and fail when it exists. */
export type Hdf5Mode = 'r' | 'w' | 'a' | 'x'

/** An open file. Close it: HDF5 keeps unwritten data in memory until then. */
export interface Hdf5File {
  readonly path: string
  readonly file: File
  readonly module: Hdf5Module
  /** Whatever lies at `path`, without looking whether it is there: for its attributes. */
  object(path: string): Group
  flush(): void
  /** Closing twice is harmless. */
  close(): void
}

let loading: Promise<{ library: Library; module: Hdf5Module }> | null = null

async function load(): Promise<{ library: Library; module: Hdf5Module }> {
  const library = await import('h5wasm/node')
  const module = await library.ready
  module.activate_throwing_error_handler()
  for (let i = module.get_plugin_search_paths().length; i > 0; i--) module.remove_plugin_search_path(0)
  module.insert_plugin_search_path(pluginFolder(), 0)
  return { library, module }
}

/** Open `path`; throws InputError (reading) or RunError (writing) with one sentence. */
export async function openHdf5(path: string, mode: Hdf5Mode = 'r'): Promise<Hdf5File> {
  const absolute = resolve(path)
  if (mode === 'r' || mode === 'a') requireHdf5(absolute)
  else requireFolder(absolute)
  loading ??= load()
  const { library, module } = await loading
  const file = openFile(library, absolute, mode)
  let open = true
  return {
    path: absolute,
    file,
    module,
    object: (place) => new library.Group(file.file_id, place),
    flush: () => file.flush(),
    close: () => {
      if (open) file.close()
      open = false
    },
  }
}

function openFile(library: Library, path: string, mode: Hdf5Mode): File {
  try {
    return new library.File(path, mode)
  } catch (error) {
    const reason = hdf5Reason(error)
    if (mode === 'r') {
      throw new InputError(
        `${path} cannot be opened as HDF5 (${reason}): copy or write it again`,
        { path },
        { cause: error },
      )
    }
    throw new RunError(
      `${path} cannot be opened for writing (${reason}): check permissions, free space and other writers`,
      { path, mode },
      { cause: error },
    )
  }
}

/** The innermost reason in an error of the HDF5 library, which carries a stack of many lines. */
export function hdf5Reason(error: unknown): string {
  const lines = messageOf(error).split('\n')
  const frames = lines.filter((line) => /^\s*#\d+:/.test(line))
  const innermost = frames.at(-1) ?? lines[0] ?? 'unknown reason'
  return innermost.replace(/^.*\bin \w+\(\): /, '').trim()
}

function requireFolder(path: string): void {
  const folder = dirname(path)
  if (!existsSync(folder))
    throw new RunError(`the folder ${folder} does not exist: create it before writing ${path}`, { folder, path })
}

function requireHdf5(path: string): void {
  const stat = statSync(path, { throwIfNoEntry: false })
  if (stat === undefined) throw new InputError(`${path} does not exist: check the path`, { path })
  if (stat.isDirectory()) throw new InputError(`${path} is a folder: give the HDF5 file itself`, { path })
  if (!hasSignature(path, stat.size)) {
    throw new InputError(
      `${path} is not an HDF5 file (${bytesText(stat.size)}, no HDF5 signature): check the path and the format`,
      { path, bytes: stat.size },
    )
  }
}

/** The signature is at byte 0 or, behind a user block, at 512, 1024, 2048, ... */
function hasSignature(path: string, bytes: number): boolean {
  const expected = '\x89HDF\r\n\x1a\n'
  const fd = openSync(path, 'r')
  try {
    const found = Buffer.alloc(8)
    for (let at = 0; at + 8 <= bytes; at = at === 0 ? 512 : at * 2) {
      readSync(fd, found, 0, 8, at)
      if (found.toString('latin1') === expected) return true
    }
    return false
  } finally {
    closeSync(fd)
  }
}
