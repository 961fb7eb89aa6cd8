// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * `MultiTau`: delays from one tick to the whole run at a constant number per octave, with memory that does not grow with time.
 * `userParams: { delaysPerLevel: 4 }` (default; the delays of boost_corr) or `{ numBufs: 8 }` (those of scikit-beam); `times` and
 * `delays` are not needed. What a level is: `multiTauSums.ts`.
 */
import type { ElementSums, ElementSumsOptions, SumsPlan } from './elementSums.js'
import type { AlternativeSums, EventTime } from './alternative.js'
import { G2Common, type Params } from './g2Common.js'
import { EngineLight, type LightOptions, type LightSums } from './lightSums.js'
import { alternativeMultiTau } from './multiTau/alternative.js'
import { multiTauDelays, multiTauScheme } from './multiTau/delays.js'
import { LagMoments } from './multiTau/lagMoments.js'
import { planMultiTau } from './multiTau/plan.js'
import { MultiTauSums } from './multiTauSums.js'

export class MultiTau extends G2Common {
  /** Its delays follow from `userParams` and the length of the run. */
  static override readonly ownDelays: boolean = true
  static override readonly needsEvenClock: boolean = true

  /** Delays in ticks, ascending, for a run of `ticks`. Throws ConfigError for parameters that name no list. */
  static override delaysFor(userParams: Params, ticks: number): Float64Array {
    return multiTauDelays(multiTauScheme(userParams), ticks)
  }

  /** The engine of one worker's sums. */
  override openSums(options: ElementSumsOptions): ElementSums {
    return new MultiTauSums({ ...options, scheme: multiTauScheme(this.userParams) })
  }

  override openLight(options: LightOptions): LightSums {
    const { columns: elements, ...rest } = options
    const float64 = { storeDtype: 'float64', sourceDtype: 'float64' } as const
    return new EngineLight(this.openSums({ ...rest, ...float64, elements }), options, true)
  }

  override alternativeSums(events: readonly EventTime[], data: readonly Float64Array[]): AlternativeSums {
    const scheme = multiTauScheme(this.userParams)
    return alternativeMultiTau(scheme, events, data, this.mpiParams.delays, this.saturatedElements)
  }

  override openLags(delays: Float64Array): LagMoments {
    return new LagMoments(multiTauScheme(this.userParams), delays)
  }

  override planSums(options: ElementSumsOptions): SumsPlan {
    return planMultiTau({ ...options, scheme: multiTauScheme(this.userParams) })
  }
}
