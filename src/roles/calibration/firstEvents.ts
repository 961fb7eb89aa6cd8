// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * ParCorAna's look at the first three events: the spread of the used pixels before and after calibration. Its thresholds: raw below
 * 1e-3, calibrated below 10 ADU, or the two more than 99 % apart. Photon counts are compared in ADU too, but may have little spread.
 */
import type { FrameBlock } from '../../formats/format.js'
import type { TypedArray } from '../../units.js'
import type { Change } from '../changes.js'
import type { Calibration } from '../keptEvents.js'
import type { Log } from '../plan.js'

const eventsChecked = 3
const leastRaw = 1e-3
const leastCalibrated = 10
const mostApart = 0.99

export interface FirstEventsOptions {
  /** 1 = the pixel is used. */
  readonly mask: Uint8Array
  /** null = the result is in ADU already. */
  readonly adusPerPhoton: number | null
}

/** Passes frames on to `inner` and logs the spread of the first ones. */
export class FirstEventsCheck implements Calibration {
  readonly #inner: Calibration
  readonly #options: FirstEventsOptions
  readonly #log: Log
  #seen = 0

  constructor(inner: Calibration, options: FirstEventsOptions, log: Log) {
    this.#inner = inner
    this.#options = options
    this.#log = log
  }

  apply(frames: FrameBlock): FrameBlock {
    const events = frames.kind === 'events' ? 0 : Math.min(frames.events, eventsChecked - this.#seen)
    const before = this.#spreads(frames, events)
    const calibrated = this.#inner.apply(frames)
    const after = this.#spreads(calibrated, events)
    for (let e = 0; e < events; e++) this.#report(this.#seen++, before[e], after[e])
    return calibrated
  }

  get changes(): readonly Change[] {
    return this.#inner.changes
  }

  #spreads(frames: FrameBlock, events: number): number[] {
    const { mask } = this.#options
    if (frames.kind === 'events') return []
    return Array.from({ length: events }, (_, e) =>
      spreadOf(frames.data.subarray(e * mask.length, (e + 1) * mask.length), mask),
    )
  }

  #report(event: number, raw: number, result: number): void {
    const { adusPerPhoton } = this.#options
    const calibrated = result * (adusPerPhoton ?? 1)
    const spreads = `${number(raw)} raw, ${number(calibrated)} ADU calibrated`
    this.#log.info(`event ${event}: spread (standard deviation over the used pixels) ${spreads}`)
    const trouble = troubleOf(raw, calibrated, adusPerPhoton === null ? leastCalibrated : Number.MIN_VALUE)
    if (trouble === null) return
    this.#log.warning(`event ${event}: spread ${spreads}: ${trouble}; check systemParams.calibration`)
  }
}

function troubleOf(raw: number, calibrated: number, least: number): string | null {
  if (!(raw >= leastRaw)) return `the raw frame is flat (below ${leastRaw})`
  if (!(calibrated >= least)) return least < 1 ? 'the calibrated frame is flat' : `calibrated below ${least} ADU`
  return Math.abs(calibrated - raw) > mostApart * raw ? 'calibration changes the spread by more than 99 %' : null
}

function spreadOf(frame: TypedArray, mask: Uint8Array): number {
  let [count, sum, squares] = [0, 0, 0]
  const origin = frame[mask.indexOf(1)]
  for (let p = 0; p < mask.length; p++) {
    const value = frame[p] - origin
    if (mask[p] !== 1 || Number.isNaN(value)) continue
    count++
    sum += value
    squares += value * value
  }
  return Math.sqrt(Math.max(0, squares - (sum * sum) / count) / count)
}

function number(value: number): string {
  return String(Number(value.toPrecision(4)))
}
