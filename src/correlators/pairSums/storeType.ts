// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which type the buffer of a worker has: fixed, or the narrowest that holds all values seen so far. */
import { ConfigError } from '../../errors.js'
import { scanBits } from '../../kernels/pairKernels.js'
import { holds, joinRanges, narrowestOf, noValues, type ValueRange } from '../../kernels/values.js'
import type { RowDType, StoreDType } from '../../units.js'

/** From such a part of counts above 1 on, 'auto' takes no bits: uint8 is as fast then. */
const aboveOneMost = 1 / 64

export class StoreType {
  /** The type that the buffer has now; the owner sets it once the buffer is widened. */
  current: StoreDType
  readonly #auto: boolean
  #seen: ValueRange = noValues

  constructor(wanted: 'auto' | StoreDType, narrow: StoreDType) {
    this.#auto = wanted === 'auto'
    this.current = narrow
  }

  /** True once a value was not finite. */
  get holes(): boolean {
    return (this.#seen.bits & scanBits.hole) !== 0
  }

  /** Largest finite |value|. */
  get largest(): number {
    return Math.max(-this.#seen.min, this.#seen.max, 0)
  }

  /** Values of `range` are about to be stored; returns the type they need. Throws ConfigError when a fixed type cannot hold them. */
  see(range: ValueRange): StoreDType {
    this.#seen = joinRanges(this.#seen, range)
    if (!this.#auto && !holds(this.current, range)) throw cannotHold(this.current, range)
    if (!this.#auto) return this.current
    const needed = narrowestOf(this.#seen)
    return this.current === 'bit' && needed === 'uint8' ? 'bit' : needed
  }

  /** The largest part of counts above 1 that a ring of bits is to take. */
  get aboveOneMost(): number {
    return this.#auto ? aboveOneMost : 1
  }

  /** The values are stored event by event from now on. */
  leaveBits(): RowDType {
    if (this.current === 'bit') this.current = 'uint8'
    return this.current
  }
}

function cannotHold(store: StoreDType, seen: ValueRange): ConfigError {
  const holes = (seen.bits & scanBits.hole) !== 0 ? ' and holes (NaN)' : ''
  const fraction = (seen.bits & scanBits.fraction) !== 0 ? ' with fractions' : ''
  return new ConfigError(
    `workerStoreDtype ${store} cannot hold values from ${seen.min} to ${seen.max}${fraction}${holes}; set it to 'auto' or ${narrowestOf(seen)}`,
    { store, min: seen.min, max: seen.max },
  )
}
