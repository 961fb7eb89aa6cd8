// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What do this machine's memory and JavaScript give at best? Read, copy and triad, in WebAssembly and JavaScript. See bench/README.md.
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'
import { measure } from './measure.mjs'
import { Report } from './report.mjs'

const bytes = 64 * 1024 * 1024
const factor = 3

async function compiled() {
  const root = fileURLToPath(new URL('..', import.meta.url))
  const options = ['-O3', '--noAssert', '--runtime', 'stub', '--enable', 'simd', '--importMemory']
  let binary
  const writeFile = (_, contents) => {
    binary = contents
  }
  const files = ['bench/assembly/stream.ts', '--outFile', 'stream.wasm', '--baseDir', root]
  const { error, stderr } = await asc.main([...files, ...options], { writeFile })
  if (error) throw new Error(stderr.toString())
  return binary
}

function verify(name, holds) {
  if (!holds) throw new Error(`${name} computes something else`)
}

const report = new Report()
const memory = new WebAssembly.Memory({ initial: (3 * bytes) / 65536 + 1 })
const { instance } = await WebAssembly.instantiate(await compiled(), { env: { memory } })
const { read, copy, triad } = instance.exports
const [x, y, out] = [65536, 65536 + bytes, 65536 + 2 * bytes]
const words = (at) => new BigInt64Array(memory.buffer, at, bytes / 8)
const numbers = (at) => new Float64Array(memory.buffer, at, bytes / 8)
const gigabytes = bytes / 1e9

words(x).fill(5n)
verify('read', read(x, bytes) === (5n * BigInt(bytes)) / 8n)
report.add(
  'read, WebAssembly',
  measure(() => read(x, bytes), gigabytes, 'GB/s'),
)
const plain = numbers(x)
plain.fill(1)
report.add(
  'read, JavaScript',
  measure(
    () => {
      let sum = 0
      for (let i = 0; i < plain.length; i++) sum += plain[i]
      verify('sum', sum === plain.length)
    },
    gigabytes,
    'GB/s',
  ),
)
copy(out, x, bytes)
verify('copy', numbers(out)[bytes / 8 - 1] === 1)
report.add(
  'copy, WebAssembly',
  measure(() => copy(out, x, bytes), 2 * gigabytes, 'GB/s'),
)
report.add(
  'copy, TypedArray.set',
  measure(() => numbers(out).set(numbers(x)), 2 * gigabytes, 'GB/s'),
)
numbers(y).fill(2)
triad(out, x, y, factor, bytes)
verify(
  'triad',
  numbers(out).every((value) => value === 7),
)
report.add(
  'triad, WebAssembly',
  measure(() => triad(out, x, y, factor, bytes), 3 * gigabytes, 'GB/s'),
)
const [a, b, c] = [numbers(out), numbers(x), numbers(y)]
report.add(
  'triad, JavaScript',
  measure(
    () => {
      for (let i = 0; i < a.length; i++) a[i] = b[i] + factor * c[i]
    },
    3 * gigabytes,
    'GB/s',
  ),
)
report.end()
