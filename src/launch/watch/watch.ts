// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Finished files of a folder, each once: fs.watch (inotify) for haste, polling for network file systems that tell nothing. */
import { type FSWatcher, watch } from 'node:fs'
import { patternOf } from './pattern.js'
import { scanFolder } from './scan.js'

export interface WatchOptions {
  readonly pattern: string
  /** A file is finished when it has not changed for so long; default 2 s. */
  readonly settleSeconds?: number | undefined
  /** Between two looks at the folder; default 5 s. */
  readonly pollSeconds?: number | undefined
  /** End when everything that is there is finished. */
  readonly once?: boolean | undefined
  readonly signal?: AbortSignal | undefined
  /** Names that are not wanted (again). */
  isDone(path: string): boolean
}

/** Yields the relative path of every file or folder that matches and has settled; never the same twice. */
export async function* finishedFiles(folder: string, options: WatchOptions): AsyncGenerator<string> {
  const { settleSeconds = 2, pollSeconds = 5, once = false, signal } = options
  const pattern = patternOf(options.pattern)
  const seen = new Map<string, { signature: string; since: number }>()
  const given = new Set<string>()
  const bell = new Bell(folder, signal)
  try {
    while (!signal?.aborted) {
      const now = performance.now()
      let next = now + pollSeconds * 1000
      let unfinished = 0
      for (const [path, signature] of [...scanFolder(folder, pattern)].sort()) {
        if (given.has(path) || options.isDone(path)) continue
        const last = seen.get(path)
        const since = last?.signature === signature ? last.since : now
        seen.set(path, { signature, since })
        const ready = since + settleSeconds * 1000
        if (now >= ready) {
          given.add(path)
          seen.delete(path)
          yield path
          if (signal?.aborted) return
        } else {
          unfinished++
          next = Math.min(next, ready)
        }
      }
      if (once && unfinished === 0) return
      // A bell while files settle must not make the looks denser than needed: one look each 50 ms at most.
      await bell.wait(Math.max(50, next - performance.now()))
    }
  } finally {
    bell.close()
  }
}

/** Wakes a waiter when the folder changes, or the time is over. */
class Bell {
  #watcher: FSWatcher | null = null
  #ring: () => void = () => {}
  #rung = false
  readonly #signal: AbortSignal | undefined

  constructor(folder: string, signal?: AbortSignal) {
    this.#signal = signal
    try {
      // Where the system cannot watch (or has no handles left), polling alone does it.
      this.#watcher = watch(folder, () => this.#wake()).on('error', () => this.close())
    } catch {
      this.#watcher = null
    }
  }

  async wait(milliseconds: number): Promise<void> {
    const quiet = 50
    let wake = (): void => {}
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, this.#rung ? quiet : milliseconds)
      wake = () => {
        clearTimeout(timer)
        setTimeout(resolve, this.#signal?.aborted ? 0 : quiet)
      }
      this.#ring = wake
      this.#signal?.addEventListener('abort', wake, { once: true })
    })
    this.#signal?.removeEventListener('abort', wake)
    this.#ring = () => {}
    this.#rung = false
  }

  close(): void {
    this.#watcher?.close()
  }

  #wake(): void {
    this.#rung = true
    this.#ring()
  }
}
