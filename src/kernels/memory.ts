// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Memories of kernels: they grow page by page, and say in one sentence whose they are when there is no more. */
import { RunError } from '../errors.js'
import { bytesText } from '../units.js'
import { askForHugePages } from './hugePages.js'
import './webassembly.js'

export const pageBytes = 65536
/** A module addresses 4 GiB. */
export const pagesMax = 65536

export interface MemoryNeed {
  /** Size of the whole memory. */
  readonly bytes: number
  /** Whose memory it is, as the sentence begins: "photons of one block". */
  readonly what: string
  /** What the user can change: "set a smaller systemParams.blockSize". */
  readonly advice: string
}

/** A memory of `need.bytes`. Throws RunError beyond 4 GiB or when the machine has no more. */
export function openMemory(need: MemoryNeed): WebAssembly.Memory {
  const initial = Math.ceil(need.bytes / pageBytes)
  const memory = attempt(need, () => new WebAssembly.Memory({ initial, maximum: pagesMax }))
  askForHugePages(memory.buffer)
  return memory
}

/** At least `need.bytes`; all views are detached when it grows. Throws RunError beyond 4 GiB or when the machine has no more. */
export function growTo(memory: WebAssembly.Memory, need: MemoryNeed): void {
  const missing = Math.ceil((need.bytes - memory.buffer.byteLength) / pageBytes)
  if (missing <= 0) return
  attempt(need, () => memory.grow(missing))
  askForHugePages(memory.buffer)
}

function attempt<T>({ bytes, what, advice }: MemoryNeed, allocate: () => T): T {
  try {
    return allocate()
  } catch (cause) {
    throw new RunError(`${what} cannot get ${bytesText(bytes)} of memory; ${advice}`, { bytes }, { cause })
  }
}
