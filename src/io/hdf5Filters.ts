// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which HDF5 compression filters can be decoded. HDF5 itself may return uninitialised memory where a decoder is absent,
 * so every dataset is checked before it is read.
 */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { InputError } from '../errors.js'

/** Filters compiled into the library, by their registered number. */
const builtIn = new Map([
  [1, 'gzip'],
  [2, 'shuffle'],
  [3, 'fletcher32'],
  [5, 'nbit'],
  [6, 'scaleoffset'],
])

/** Filters that need a plug-in: registered number -> name and the plug-in's file. */
const pluggable = new Map<number, readonly [name: string, file: string]>([
  [307, ['bzip2', 'libH5Zbz2.so']],
  [32000, ['lzf', 'libH5Zlzf.so']],
  [32001, ['blosc', 'libH5Zblosc.so']],
  [32004, ['lz4', 'libH5Zlz4.so']],
  [32008, ['bitshuffle', 'libH5Zbshuf.so']],
  [32013, ['zfp', 'libH5Zzfp.so']],
  [32015, ['zstd', 'libH5Zzstd.so']],
  [32019, ['jpeg', 'libH5Zjpeg.so']],
  [32022, ['bitgroom', 'libH5Zbitgroom.so']],
  [32023, ['bitround', 'libH5Zbitround.so']],
  [32026, ['blosc2', 'libH5Zblosc2.so']],
])

/** The plug-in folder of the installed package. The host's own HDF5 plug-ins are native libraries and of no use here. */
export function pluginFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('h5wasm-plugins/package.json')), 'plugins')
}

/** True when data behind filter `id` can be decoded here. */
export function canDecode(id: number): boolean {
  if (builtIn.has(id)) return true
  const plugin = pluggable.get(id)
  return plugin !== undefined && existsSync(join(pluginFolder(), plugin[1]))
}

/** Throws InputError that names the first filter of `filters` which cannot be decoded. */
export function requireDecoders(filters: readonly { id: number; name: string }[], dataset: string, file: string): void {
  const missing = filters.find((filter) => !canDecode(filter.id))
  if (missing === undefined) return
  const name = pluggable.get(missing.id)?.[0] ?? (missing.id === 4 ? 'szip' : missing.name || 'unnamed')
  throw new InputError(
    `dataset ${dataset} of ${file} is compressed with filter '${name}' (id ${missing.id}), which cannot be decoded here: rewrite it with gzip, for example h5repack -f GZIP=4`,
    { file, dataset, filter: name, id: missing.id },
  )
}
