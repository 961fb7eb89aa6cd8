// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One submitted job: its state, log, end and result, by whatever way it was started. */
import { backendOf } from './access.js'
import { type Backend, readThere } from './backend.js'
import { type JobEvent, type FollowOptions, followJob } from './follow.js'
import { type LivePage, livePageOf } from './livePage.js'
import { type JobRecord, JobStore } from './records.js'
import { shellScript } from './runner.js'
import { exitCodeOf, isOver, type JobStatus } from './state.js'

export interface JobResult {
  readonly id: string
  readonly state: string
  /** 0 for success only. */
  readonly exitCode: number
  readonly log: string
  /** Path of the result file there; null = the command names none. */
  readonly result: string | null
  /** Why it failed, where the engine said so. */
  readonly error: string | null
}

export class Job {
  readonly #store: JobStore
  readonly #backend: Backend
  #record: JobRecord

  constructor(record: JobRecord, store = new JobStore(), backend = backendOf(record.access)) {
    this.#record = record
    this.#store = store
    this.#backend = backend
  }

  /** The job `id` that was submitted from this account. Throws JobUnknown. */
  static find(id: string, store = new JobStore()): Job {
    return new Job(store.find(id), store)
  }

  get id(): string {
    return this.#record.id
  }

  get record(): JobRecord {
    return this.#record
  }

  /** Over ssh every look costs a connection. */
  get isRemote(): boolean {
    return this.#record.access.ssh !== null
  }

  /** Ask once and note what is new. A job that is over is not asked for again. */
  async status(): Promise<JobStatus> {
    this.#record = this.#store.latest(this.#record)
    const last = this.#record.states.at(-1)
    if (last !== undefined && isOver(last.state)) {
      return { ...last, exitCode: this.#record.exitCode, host: this.#record.host }
    }
    const status = await this.#backend.status(this.#record)
    const facts = isOver(status.state) ? await this.#end() : {}
    this.#note(status, facts)
    return status
  }

  /** Every change of state until the end. */
  async *states(options: FollowOptions = {}): AsyncGenerator<JobStatus> {
    for await (const event of followJob(this, { ...options, log: false }))
      if (event.kind === 'state') yield event.status
  }

  /** States, lines of the log and warnings, until the end. */
  follow(options: FollowOptions = {}): AsyncGenerator<JobEvent> {
    return followJob(this, options)
  }

  /** Wait for the end. Rejects with QueuedTooLong only where `queuedSecondsMax` is given. */
  async result(options: FollowOptions = {}): Promise<JobResult> {
    let status: JobStatus | undefined
    for await (const next of this.states(options)) status = next
    const { id, files, result, error } = this.#record
    const { state } = status as JobStatus
    return { id, state, exitCode: exitCodeOf(status as JobStatus), log: files.log, result, error }
  }

  /** End it: SIGTERM, so that a run writes what it has. */
  async cancel(): Promise<void> {
    this.#record = { ...this.#record, cancelled: true }
    this.#store.save(this.#record)
    await this.#backend.cancel(this.#record)
  }

  /** The log from byte `offset` on, at most 1 MB; whole lines only unless `last`. Returns the text and the next offset. */
  async log(offset = 0, last = true): Promise<{ text: string; next: number }> {
    const command = shellScript(
      'tail -c +"$1" -- "$2" 2>/dev/null | head -c 1000000',
      String(offset + 1),
      this.#record.files.log,
    )
    const { stdout } = await this.#backend.runner.run(command)
    const text = last ? stdout : stdout.slice(0, stdout.lastIndexOf('\n') + 1)
    return { text, next: offset + Buffer.byteLength(text) }
  }

  /** The live page that the run has opened; null = none, or not yet. The last record counts: a job may have been queued again. */
  async livePage(): Promise<LivePage | null> {
    const text = `grep -F '"event":"live"' -- "$1" 2>/dev/null | tail -n 1`
    const { stdout } = await this.#backend.runner.run(shellScript(text, this.#record.files.records))
    return livePageOf(stdout)
  }

  #note(status: JobStatus, facts: Partial<JobRecord>): void {
    const { states } = this.#record
    const last = states.at(-1)
    const { state, reason, host, exitCode } = status
    if (last?.state === state && last.reason === reason) return
    const seen = [...states, { state, reason, at: new Date().toISOString() }]
    this.#record = { ...this.#record, states: seen, host: host ?? this.#record.host, exitCode, ...facts }
    this.#store.save(this.#record)
  }

  /** What the engine's last record says. */
  async #end(): Promise<Partial<JobRecord>> {
    const text = await readThere(this.#backend.runner, this.#record.files.records)
    const line = text.trimEnd().split('\n').at(-1) ?? ''
    try {
      const { output, message } = JSON.parse(line) as { output?: string | null; message?: string }
      return { result: output ?? this.#record.result, error: message ?? null }
    } catch {
      return {}
    }
  }
}
