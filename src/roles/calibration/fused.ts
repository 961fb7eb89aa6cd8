// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Calibration as the configuration asks for it, all steps at once in WebAssembly. */
import { InputError } from '../../errors.js'
import type { DenseFrames, FrameBlock } from '../../formats/format.js'
import { type CalibratedBlock, CalibrationKernel, type ResultType } from '../../kernels/calibration.js'
import { modesOf } from '../../kernels/calibrationReference.js'
import type { Change } from '../changes.js'
import type { Calibration } from '../keptEvents.js'
import type { CalibrationMaps } from './maps.js'
import { lldOf, type CalibrationSpec } from './spec.js'

/** Largest photon count of the integer types. */
const largest: Readonly<Partial<Record<ResultType, number>>> = { uint8: 255, uint16: 65_535 }

/**
 * Photons come out as uint8 until a count needs uint16 (from then on uint16), floats as float32. A block in which a used pixel has
 * no value (NaN) comes out as float32, so that it is a hole.
 */
export class FusedCalibration implements Calibration {
  readonly #kernel: CalibrationKernel
  readonly #spec: CalibrationSpec
  readonly #frameSize: number
  readonly #excluded: number
  #type: ResultType
  #lld = 0
  #values = 0
  #leftAlone = 0
  #lines = 0
  readonly #linesPerFrame: number

  /** `narrow` false: never uint8, for frames that are summed. */
  constructor(spec: CalibrationSpec, maps: CalibrationMaps, narrow: boolean) {
    const { pedestal, background, gain, commonMode, scale, excluded } = maps
    const { photonize } = spec
    this.#spec = spec
    this.#frameSize = pedestal.length
    this.#excluded = excluded
    this.#type = photonize === 'none' ? 'float32' : narrow ? 'uint8' : 'uint16'
    this.#linesPerFrame = commonMode === null ? 0 : modesOf(commonMode.lines)
    const options = { frameSize: pedestal.length, pedestal, background, gain, commonMode, scale, photonize }
    this.#kernel = new CalibrationKernel({ ...options, lld: lldOf(spec) })
  }

  apply(frames: FrameBlock): FrameBlock {
    if (frames.kind === 'events') throw photonEvents()
    const { events } = frames
    const { type, block } = this.#run(frames)
    this.#values += events * (this.#frameSize - this.#excluded)
    this.#lld += block.changed
    this.#leftAlone += block.leftAlone
    this.#lines += events * this.#linesPerFrame
    return { kind: 'dense', events, dtype: type, data: block.data }
  }

  get changes(): readonly Change[] {
    const lld = { name: 'lld', changed: this.#lld, of: this.#spec.lld === null ? 0 : this.#values } as const
    return [lld, { name: 'commonMode', changed: this.#leftAlone, of: this.#lines }]
  }

  #run({ data, dtype, events }: DenseFrames): { type: ResultType; block: CalibratedBlock } {
    for (;;) {
      const type = this.#type
      const block = this.#kernel.run(data, dtype, events, type)
      const hasHoles = type !== 'float32' && dtype.startsWith('float') && block.holes > events * this.#excluded
      if (hasHoles) return { type: 'float32', block: this.#kernel.run(data, dtype, events, 'float32') }
      if (block.largest <= (largest[type] ?? Number.POSITIVE_INFINITY)) return { type, block }
      if (type === 'uint16') throw tooMany()
      this.#type = 'uint16'
    }
  }
}

export function photonEvents(): InputError {
  return new InputError(
    'systemParams.calibration is for frames, but the dataset gives photon events, which the detector has calibrated: leave calibration out',
  )
}

function tooMany(): InputError {
  return new InputError('a pixel calibrates to more than 65,535 photons: check calibration.adusPerPhoton and gain')
}
