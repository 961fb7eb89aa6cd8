// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Calibration step by step, one frame at a time: for steps of the user's own and for the independent calculation of `--test-alt`. */
import type { CalibrationStep } from '../../correlators/calibrationStep.js'
import type { FrameBlock } from '../../formats/format.js'
import { allocate, type DType } from '../../units.js'
import type { Change } from '../changes.js'
import type { Calibration } from '../keptEvents.js'
import { photonEvents } from './fused.js'
import type { StepCounts } from './steps.js'

export interface StepwiseOptions {
  readonly valuesPerFrame: number
  readonly photons: boolean
}

/**
 * Frames come out as float32; as uint16 where the last step is the engine's `photonize` and no used pixel is without a value.
 */
export class StepwiseCalibration implements Calibration {
  readonly #steps: readonly CalibrationStep[]
  readonly #counts: StepCounts
  readonly #used: Uint8Array
  readonly #valuesPerFrame: number
  readonly #photons: boolean
  #values = 0

  /** `used`: 1 = the pixel is correlated; `valuesPerFrame`: that an lld of the configuration looks at; `photons`: the last step gives whole numbers. */
  constructor(steps: readonly CalibrationStep[], counts: StepCounts, used: Uint8Array, options: StepwiseOptions) {
    this.#steps = steps
    this.#counts = counts
    this.#used = used
    this.#valuesPerFrame = options.valuesPerFrame
    this.#photons = options.photons
  }

  apply(frames: FrameBlock): FrameBlock {
    if (frames.kind === 'events') throw photonEvents()
    const { events } = frames
    const size = this.#used.length
    const data = Float32Array.from(frames.data.subarray(0, events * size))
    let whole = this.#photons
    for (let e = 0; e < events; e++) {
      const frame = data.subarray(e * size, (e + 1) * size)
      for (const step of this.#steps) step.apply(frame)
      whole &&= this.#isWhole(frame)
    }
    this.#values += events * this.#valuesPerFrame
    const dtype: DType = whole ? 'uint16' : 'float32'
    if (!whole) return { kind: 'dense', events, dtype, data }
    const counts = allocate(dtype, data.length)
    counts.set(data)
    return { kind: 'dense', events, dtype, data: counts }
  }

  get changes(): readonly Change[] {
    const lld = { name: 'lld', changed: this.#counts.lld, of: this.#values } as const
    return [lld, { name: 'commonMode', changed: this.#counts.leftAlone, of: this.#counts.lines }]
  }

  /** Every used pixel holds a photon count that uint16 can hold. */
  #isWhole(frame: Float32Array): boolean {
    for (let p = 0; p < frame.length; p++)
      if (this.#used[p] === 1 && !(frame[p] >= 0 && frame[p] <= 65_535)) return false
    return true
  }
}
