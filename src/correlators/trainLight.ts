// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Mean intensity against pulse number: what the first pulses of a train do to detector and sample. */
import { pulseOf, type Trains } from '../buffers/trains.js'
import type { ResultGroup } from './resultGroup.js'

/** Per pulse of a train. */
export interface PulseIntensity {
  readonly trains: Trains
  /** Labels, ascending. */
  readonly colors: Int32Array
  /** Correlated events, [pulses]. */
  readonly events: Float64Array
  /** Mean value per element of a color, [pulses x colors]; NaN where no event came. */
  readonly intensity: Float64Array
}

export class TrainLight {
  readonly #trains: Trains
  readonly #colors: Int32Array
  readonly #elements: Float64Array
  readonly #events: Float64Array
  readonly #sums: Float64Array
  /** Events in which a color has a value. */
  readonly #seen: Float64Array

  /** `elements` of every color. */
  constructor(trains: Trains, colors: Int32Array, elements: Float64Array) {
    this.#trains = trains
    this.#colors = colors
    this.#elements = elements
    this.#events = new Float64Array(trains.pulses)
    this.#sums = new Float64Array(trains.pulses * colors.length)
    this.#seen = new Float64Array(trains.pulses * colors.length)
  }

  /** An event whose sum over the elements of color c is `sums[at + c]`, NaN = unknown. */
  add(counter: number, sums: Float64Array, at: number): void {
    const pulse = pulseOf(counter, this.#trains)
    const columns = this.#colors.length
    this.#events[pulse]++
    for (let c = 0; c < columns; c++) {
      if (Number.isNaN(sums[at + c])) continue
      this.#sums[pulse * columns + c] += sums[at + c]
      this.#seen[pulse * columns + c]++
    }
  }

  intensity(): PulseIntensity {
    const columns = this.#colors.length
    const intensity = this.#sums.map((sum, i) => sum / this.#seen[i] / this.#elements[i % columns])
    return { trains: this.#trains, colors: this.#colors, events: this.#events.slice(), intensity }
  }
}

/** The group `trains` of an update. */
export function writeTrainLight(group: ResultGroup, { trains, colors, events, intensity }: PulseIntensity): void {
  const own = group.group('trains')
  const { period, pulses } = trains
  own.attributes({ period, pulses, colors: [...colors], rule: 'counter = train * period + pulse' })
  own.dataset('pulse', Int32Array.from(events.keys()), {
    attributes: { long_name: 'number of the pulse in its train' },
  })
  own.dataset('events', BigInt64Array.from(events, BigInt), {
    attributes: { units: 'events', long_name: 'correlated events per pulse' },
  })
  own.dataset('intensity', intensity, {
    shape: [pulses, colors.length],
    attributes: { units: 'detector counts', long_name: 'mean over events and elements, per pulse and color' },
  })
}
