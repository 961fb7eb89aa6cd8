// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which files of a watched folder have been triggered: one NDJSON line before each submission, one after it. A process that dies
 * in between leaves the first line alone; the next one asks whether that job exists before it submits it (`Trigger.recover`).
 */
import { createHash, randomUUID } from 'node:crypto'
import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { requireFolder, stateFolder } from '../folders.js'
import { lock } from './lock.js'

interface Line {
  readonly path: string
  readonly token: string
  readonly at: string
  /** Job id; absent = about to be submitted. Null = given up. */
  readonly id?: string | null
}

export class Journal {
  readonly path: string
  readonly #folder: string
  readonly #lines = new Map<string, Line>()

  /** The journal of watching `folder` for `pattern` with `command`: another command begins anew. */
  constructor(folder: string, pattern: string, command: readonly string[], state = stateFolder()) {
    const key = createHash('sha256')
      .update(JSON.stringify([folder, pattern, command]))
      .digest('hex')
      .slice(0, 16)
    this.path = join(state, 'watch', `${key}.ndjson`)
    this.#folder = folder
    requireFolder(dirname(this.path))
    this.#readAll()
  }

  /** Be the only process with this journal until the returned function is called. Throws UsageError where another one has it. */
  hold(): () => void {
    const release = lock(this.path.replace(/ndjson$/, 'lock'), this.#folder)
    // What the last holder has noted meanwhile.
    this.#readAll()
    return release
  }

  /** True when `path` needs nothing any more. */
  isDone(path: string): boolean {
    return this.#lines.get(path)?.id !== undefined
  }

  /** The token of a submission that was begun and not noted as done; null = none. */
  openToken(path: string): string | null {
    const line = this.#lines.get(path)
    return line !== undefined && line.id === undefined ? line.token : null
  }

  /** Note that `path` is about to be submitted; returns the token of that submission. */
  begin(path: string): string {
    const token = randomUUID()
    this.#write({ path, token, at: new Date().toISOString() })
    return token
  }

  done(path: string, token: string, id: string | null): void {
    this.#write({ path, token, at: new Date().toISOString(), id })
  }

  #write(line: Line): void {
    appendFileSync(this.path, `${JSON.stringify(line)}\n`, { flush: true } as object)
    this.#lines.set(line.path, line)
  }

  #readAll(): void {
    if (!existsSync(this.path)) return
    for (const text of readFileSync(this.path, 'utf8').split('\n')) this.#read(text)
  }

  /** The last line of a process that was killed may be cut off. */
  #read(text: string): void {
    try {
      const line = JSON.parse(text) as Line
      this.#lines.set(line.path, line)
    } catch {
      return
    }
  }
}
