// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Linux is asked for pages of 2 MiB behind large memories, and for nothing else. */
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { growTo, openMemory } from '../../src/kernels/memory.js'

const need = { what: 'a test', advice: 'buy more' }
const MiB = 2 ** 20

/** MiB of this process that have been asked for as huge pages: mappings whose flags in /proc hold `hg`. */
function asked(): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
  const huge = mappings.filter((text) => /^VmFlags:.* hg/m.test(text))
  return huge.reduce((sum, text) => sum + Number(/^Size: +(\d+) kB/m.exec(text)?.[1]), 0) / 1024
}

it.runIf(existsSync('/sys/kernel/mm/transparent_hugepage'))(
  'large memories ask for huge pages, small ones do not',
  () => {
    const before = asked()
    const memories = [openMemory({ ...need, bytes: 8 * MiB })]
    expect(asked()).toBe(before)
    const large = openMemory({ ...need, bytes: 80 * MiB })
    memories.push(large)
    expect(asked()).toBe(before + 80)
    growTo(large, { ...need, bytes: 200 * MiB })
    expect(asked()).toBe(before + 200)
    const values = new Uint8Array(large.buffer)
    expect([values[0], values[199 * MiB]]).toEqual([0, 0])
    expect(memories.map(({ buffer }) => buffer.byteLength / MiB)).toEqual([8, 200])
  },
)
