// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What is known about a run that goes on, put together from what it tells: plain values for the page and for programs. */
import type { Progress } from '../roles/plan.js'
import type { QualityRecord } from '../roles/quality/record.js'

/** What does not change while a run goes on. */
export interface LiveFacts {
  /** Name of the config file. */
  readonly name: string
  readonly host: string
  /** Names of the analyses; '' for the only one. */
  readonly analyses: readonly string[]
  /** False = `h5output: null`: there is nothing to draw from. */
  readonly writes: boolean
}

export interface LiveState extends LiveFacts {
  readonly phase: 'starting' | 'running' | 'ended'
  /** How it ended, in a sentence; null = it goes on. */
  readonly outcome: string | null
  /** UTC, ISO. */
  readonly startedAt: string
  readonly seconds: number
  /** Null before the first block of events. */
  readonly events: {
    readonly read: number
    /** After filters, to the workers. */
    readonly delivered: number
    readonly planned: number
    /** Read per second, over the last ten. */
    readonly perSecond: number
  } | null
  /** The last complete one; null before. */
  readonly update: {
    /** As in the records and the result: the first is 0. */
    readonly number: number
    /** Largest counter so far. */
    readonly counter: number | null
    /** UTC, ISO. */
    readonly at: string
    readonly ageSeconds: number
  } | null
  /** Of the last update, by name of the analysis. */
  readonly quality: Readonly<Record<string, QualityRecord>>
  readonly warnings: readonly string[]
  /** Where the result will be; null = not known yet, or nowhere. */
  readonly output: string | null
}

/** Milliseconds over which the rate is taken. */
const rateWindow = 10_000

export class LiveRun {
  readonly #facts: LiveFacts
  readonly #clock: () => number
  readonly #started: number
  readonly #warnings: string[] = []
  /** When how many events were read; the first is the last one before the window. */
  readonly #samples: { at: number; read: number }[]
  #events: Extract<Progress, { kind: 'events' }> | null = null
  #update: { readonly event: Extract<Progress, { kind: 'update' }>; readonly at: number } | null = null
  #output: string | null = null
  #outcome: string | null = null
  #seconds = 0

  /** `clock`: milliseconds since 1970. */
  constructor(facts: LiveFacts, clock: () => number = Date.now) {
    this.#facts = facts
    this.#clock = clock
    this.#started = clock()
    this.#samples = [{ at: this.#started, read: 0 }]
  }

  /** The result's final name. */
  writesTo(output: string | null): void {
    this.#output = output
  }

  hear(event: Progress): void {
    const at = this.#clock()
    if (event.kind === 'update') this.#update = { event, at }
    else {
      this.#events = event
      this.#samples.push({ at, read: event.read })
      this.#forget(at)
    }
  }

  warn(sentence: string): void {
    if (!this.#warnings.includes(sentence)) this.#warnings.push(sentence)
  }

  /** Of the last complete update; null before. */
  get updateNumber(): number | null {
    return this.#update?.event.number ?? null
  }

  get output(): string | null {
    return this.#output
  }

  get ended(): boolean {
    return this.#outcome !== null
  }

  end(outcome: string): void {
    this.#seconds = (this.#clock() - this.#started) / 1000
    this.#outcome = outcome
  }

  state(): LiveState {
    const now = this.#clock()
    const update = this.#update
    return {
      ...this.#facts,
      phase: this.ended ? 'ended' : this.#events === null ? 'starting' : 'running',
      outcome: this.#outcome,
      startedAt: new Date(this.#started).toISOString(),
      seconds: this.ended ? this.#seconds : (now - this.#started) / 1000,
      events: this.#eventsAt(now),
      update: update && {
        number: update.event.number,
        counter: update.event.counter,
        at: new Date(update.at).toISOString(),
        ageSeconds: (now - update.at) / 1000,
      },
      quality: update?.event.quality ?? {},
      warnings: [...this.#warnings],
      output: this.#output,
    }
  }

  #eventsAt(now: number): LiveState['events'] {
    if (this.#events === null) return null
    this.#forget(now)
    const { read, delivered, planned } = this.#events
    const [from] = this.#samples as [{ at: number; read: number }]
    const seconds = (now - from.at) / 1000
    return { read, delivered, planned, perSecond: seconds > 0 ? (read - from.read) / seconds : 0 }
  }

  #forget(now: number): void {
    while ((this.#samples[1]?.at ?? now) < now - rateWindow) this.#samples.shift()
  }
}
