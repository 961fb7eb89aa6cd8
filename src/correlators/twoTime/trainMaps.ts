// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The two-time map of a run in trains, over pulse numbers and averaged over trains:
 *
 *     C(p1, p2) = sum over trains of <I(p1) I(p2)> / sum over trains of <I(p1)><I(p2)>,    <> = mean over the elements of the color
 *
 * Trains without one of the two pulses are left out of both sums. g2 is the ratio of the same sums along the lines of constant lag;
 * its error comes from up to 16 groups of trains, as a linearised ratio.
 */
import type { MapBlock } from './maps.js'

const groups = 16

/** <I(p1) I(p2)> and <I(p1)><I(p2)> of one train, [frames x frames] or per lag. */
interface Ratio {
  readonly above: Float64Array
  readonly below: Float64Array
}

const ratio = (length: number): Ratio => ({ above: new Float64Array(length), below: new Float64Array(length) })

/** One color. */
export class TrainAverage {
  readonly #frames: number
  readonly #trains: number
  readonly #map: Ratio
  /** [groups x frames] by lag. */
  readonly #lags: Ratio

  /** `frames` of a train, `trains` from the first to the last. */
  constructor(frames: number, trains: number) {
    this.#frames = frames
    this.#trains = trains
    this.#map = ratio(frames * frames)
    this.#lags = ratio(groups * frames)
  }

  /** A block of train number `train` whose rows begin at pulse frame `row` and columns at `column`; `means` per frame of the run, NaN without event. */
  add(block: MapBlock, train: number, row: number, column: number, means: Float64Array, elements: number): void {
    const { rows, columns, offset, stride, sums, pairs } = block
    if (sums === null) return
    const frames = this.#frames
    const group = Math.floor((train * groups) / this.#trains)
    for (let i = 0; i < rows; i++) {
      for (let j = Math.max(0, row + i - column); j < columns; j++) {
        const at = offset + i * stride + j
        const below = means[block.row + i] * means[block.column + j]
        const above = sums[at] / (pairs === null ? elements : pairs[at])
        if (Number.isNaN(below) || Number.isNaN(above)) continue
        this.#add(this.#map, (row + i) * frames + column + j, above, below)
        this.#add(this.#lags, group * frames + column + j - row - i, above, below)
      }
    }
  }

  /** [frames x frames], 0 below the diagonal, NaN where no train has both pulses. */
  map(): Float64Array {
    const frames = this.#frames
    const { above, below } = this.#map
    return above.map((sum, i) => (i % frames < Math.floor(i / frames) ? 0 : finite(sum / below[i])))
  }

  /** Per lag, NaN at lag 0. */
  g2(): { g2: Float64Array; error: Float64Array } {
    const g2 = new Float64Array(this.#frames).fill(Number.NaN)
    const error = g2.slice()
    for (let lag = 1; lag < this.#frames; lag++) {
      const own = Array.from({ length: groups }, (_, group) => group * this.#frames + lag)
      const parts = own.map((at) => [this.#lags.above[at], this.#lags.below[at]]).filter(([, below]) => below !== 0)
      const below = parts.reduce((sum, part) => sum + part[1], 0)
      g2[lag] = finite(parts.reduce((sum, part) => sum + part[0], 0) / below)
      const squares = parts.reduce((sum, part) => sum + (part[0] - g2[lag] * part[1]) ** 2, 0)
      if (parts.length > 1) error[lag] = finite(Math.sqrt((squares * parts.length) / (parts.length - 1)) / below)
    }
    return { g2, error }
  }

  /** g2 of pairs inside windows of pulse frames, [length x windows], length = frames / windows rounded down; NaN at lag 0. */
  windows(windows: number): Float64Array {
    const frames = this.#frames
    const length = Math.floor(frames / windows)
    const out = new Float64Array(length * windows).fill(Number.NaN)
    for (let window = 0; window < windows; window++) {
      for (let lag = 1; lag < length; lag++) {
        let [above, below] = [0, 0]
        for (let first = window * length; first + lag < (window + 1) * length; first++) {
          above += this.#map.above[first * frames + first + lag]
          below += this.#map.below[first * frames + first + lag]
        }
        out[lag * windows + window] = finite(above / below)
      }
    }
    return out
  }

  #add(to: Ratio, at: number, above: number, below: number): void {
    to.above[at] += above
    to.below[at] += below
  }
}

function finite(value: number): number {
  return Number.isFinite(value) ? value : Number.NaN
}
