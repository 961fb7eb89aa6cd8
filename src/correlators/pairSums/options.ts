// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What PairSums are made from. */
import type { Trains } from '../../buffers/trains.js'
import type { Pairing } from '../../kernels/contract.js'
import type { KernelSet } from '../../kernels/pairKernels.js'
import type { PairSumsSize } from './plan.js'

export interface PairSumsOptions extends Omit<PairSumsSize, 'delays'> {
  /** Delays in ticks, >= 1, any order, repeats allowed. */
  readonly delays: Float64Array
  readonly pairing: Pairing
  /** The events come in trains; default and null: they do not. */
  readonly trains?: Trains | null | undefined
  /** Events in the largest block that will come, at most 65536; default 1024. The sums do not depend on it. */
  readonly blockEvents?: number
  /** Force the row path: needed for the event-level methods. Default false. */
  readonly rows?: boolean
  /** Default: what PARCORANA_KERNEL names. */
  readonly kernels?: KernelSet
}
