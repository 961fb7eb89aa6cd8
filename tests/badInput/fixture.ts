// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A small good run, and the ways to spoil it. */
import { readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as h5wasm from 'h5wasm/node'
import { writeNpy, writeNpyInt64 } from '../../src/io/npy.js'
import { put } from '../support/folder.js'

export const events = 12
export const shape = [4, 3]
const pixels = 12

type Values = Record<string, unknown>
type WriteFiles = (folder: string) => void | Promise<void>

/** One row of the table: what is changed in the good run, and what the user must be told. */
export interface Row {
  readonly name: string
  readonly system?: Values
  readonly user?: Values
  /** Files of the row's folder, written after the good ones. */
  readonly files?: WriteFiles
  /** Text of the config file `file`, instead of the good run's. */
  readonly config?: { readonly file: string; readonly text: string }
  /** Instead of `-c <config>`. */
  readonly args?: readonly string[]
  /** What the sentence must hold. */
  readonly words: readonly (string | RegExp)[]
  readonly code: number
}

/** The files of a run that ends well. */
export function writeGoodFiles(folder: string): void {
  const frames = Uint8Array.from({ length: events * pixels }, (_, i) => (i * 7 + (i >> 3)) % 5)
  writeNpy(join(folder, 'frames.npy'), frames, [events, ...shape])
  writeNpyInt64(
    join(folder, 'counters.npy'),
    Array.from({ length: events }, (_, i) => i),
  )
  writeNpy(join(folder, 'ipm.npy'), new Float64Array(events).fill(1))
  writeNpy(join(folder, 'mask.npy'), new Uint8Array(pixels).fill(1), shape)
  writeNpy(join(folder, 'color.npy'), labels(), shape)
  writeNpy(join(folder, 'fine.npy'), labels(), shape)
}

/** Colors 1 and 2, half of the pixels each. */
export function labels(change: (values: Int32Array) => void = () => {}): Int32Array {
  const values = Int32Array.from({ length: pixels }, (_, i) => 1 + (i % 2))
  change(values)
  return values
}

/** The good run's configuration with a row's changes. */
export function goodConfig({ system = {}, user = {} }: Pick<Row, 'system' | 'user'> = {}): Values {
  return {
    systemParams: {
      dataset: { format: 'npy', path: 'frames.npy', counters: 'counters.npy', vars: { ipm: 'ipm.npy' } },
      maskNdarrayCoords: 'mask.npy',
      numWorkers: 1,
      times: 10,
      delays: [1, 2],
      h5output: 'out.h5',
      ...system,
    },
    userParams: { colorNdarrayCoords: 'color.npy', colorFineNdarrayCoords: 'fine.npy', ...user },
  }
}

/** The good run as the text of a TypeScript config with `userClass` as given (an expression). */
export function tsConfig(head: string, userClass: string): string {
  const config = JSON.stringify(goodConfig({ system: { userClass: '@' } })).replace('"@"', userClass)
  return `${head}\nexport default ${config}\n`
}

/** An `.npy` file for a row. */
export function npy(
  name: string,
  data: Parameters<typeof writeNpy>[1],
  extents: readonly number[] = [data.length],
): WriteFiles {
  return (folder) => writeNpy(join(folder, name), data, extents)
}

export function text(name: string, content: string): WriteFiles {
  return (folder) => void put(folder, name, content)
}

/** Cut `name` to `bytes` bytes. */
export function cut(name: string, bytes: number): WriteFiles {
  return (folder) => truncateSync(join(folder, name), bytes)
}

/** `frames.h5`: /entry/data/data, chunked and compressed with gzip; further datasets by name. */
export async function writeHdf5(folder: string, more: Readonly<Record<string, Float64Array>> = {}): Promise<string> {
  await h5wasm.ready
  const path = join(folder, 'frames.h5')
  const file = new h5wasm.File(path, 'w', { libver: ['earliest', 'latest'] })
  const data = Uint8Array.from({ length: events * pixels }, (_, i) => i % 5)
  const layout = { shape: [events, ...shape], chunks: [1, ...shape] }
  file.create_group('entry')
  file.create_group('entry/data')
  file.create_dataset({ name: 'entry/data/data', data, ...layout, compression: 1, compression_opts: [4] })
  for (const [name, values] of Object.entries(more)) file.create_dataset({ name, data: values })
  file.close()
  return path
}

/** `frames.h5` whose frames claim the compression filter `id`, which nobody has: the filter's record is patched. */
export async function writeForeignFilter(folder: string, id: number, name: string): Promise<void> {
  const path = await writeHdf5(folder)
  const bytes = readFileSync(path)
  const at = bytes.indexOf('deflate\0')
  if (at < 0) throw new Error('the file has no filter record of the old form, id and lengths before the name')
  bytes.writeUInt16LE(id, at - 8)
  bytes.write(name.padEnd(8, '\0'), at, 8, 'latin1')
  writeFileSync(path, bytes)
}
