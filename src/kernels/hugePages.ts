// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Large memories ask Linux for pages of 2 MiB (madvise with MADV_HUGEPAGE): fewer first touches, and fewer misses of address
 * translation where sums of many delays are visited tile by tile. It is advice: elsewhere, or where an administrator has
 * switched it off, pages stay small and nothing else differs.
 */
import { createRequire } from 'node:module'

/** Below it there is less to gain than the call costs to load. */
const bytesLeast = 64 * 2 ** 20
/** MADV_HUGEPAGE of sys/mman.h. */
const hugePage = 14

type Advise = (address: Uint8Array, bytes: number, advice: number) => number
let advise: Advise | null = null

export function askForHugePages(buffer: ArrayBuffer): void {
  if (buffer.byteLength < bytesLeast) return
  advise ??= open()
  advise(new Uint8Array(buffer), buffer.byteLength, hugePage)
}

function open(): Advise {
  if (process.platform !== 'linux') return () => 0
  try {
    const koffi = createRequire(import.meta.url)('koffi') as typeof import('koffi')
    return koffi.load(null).func('int madvise(void *, size_t, int)')
  } catch {
    return () => 0
  }
}
