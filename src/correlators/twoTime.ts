// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * `TwoTime`: the correlation of every frame with every other, per color: C(t1, t2) = <I(t1) I(t2)> / (<I(t1)><I(t2)>), and g2 from it with
 * errors and per window of age (`two_time` in the result). `userParams: { average: 1, ageWindows: 5 }`: `average` ticks are added up to a
 * frame. The curves of every class are there as well, at the delays of `MultiTau` but over plain pairs of events (not averaged), with
 * errors over elements. `times` and `delays` are not needed: no event is evicted.
 */
import type { ElementSums, ElementSumsOptions, SumsPlan } from './elementSums.js'
import type { EventTime } from './alternative.js'
import { G2Common, type Params, type PublishArguments, type WholeWorkerResult, type WorkerResult } from './g2Common.js'
import type { WorkerData } from '../buffers/workerData.js'
import { LightPairs } from './lightPairs.js'
import type { LightOptions, LightSums } from './lightSums.js'
import { multiTauDelays } from './multiTau/delays.js'
import type { ResultGroup } from './resultGroup.js'
import { alternativeTwoTime } from './twoTime/alternative.js'
import { alternativeTrainMaps } from './twoTime/alternativeTrains.js'
import type { MapsPlan } from './twoTime/maps.js'
import { planMaps, planTwoTime, twoTimeParams } from './twoTime/plan.js'
import { writeTwoTime } from './twoTime/writeMaps.js'
import { writeTrainMaps } from './twoTime/writeTrainMaps.js'
import { TwoTimeSums } from './twoTimeSums.js'

export class TwoTime extends G2Common {
  static override readonly ownDelays: boolean = true

  /** Those of `MultiTau` with four delays per level. */
  static override delaysFor(_userParams: Params, ticks: number): Float64Array {
    return multiTauDelays({ delaysPerLevel: 4 }, ticks)
  }

  /** All of them: late events find their frames. */
  static override ownTimes(events: number): number {
    return Math.max(1, events)
  }

  override openSums(options: ElementSumsOptions): ElementSums {
    return new TwoTimeSums({ ...options, average: twoTimeParams(this.userParams).average })
  }

  override openLight(options: LightOptions): LightSums {
    return new LightPairs(options, 'accumulator', true)
  }

  override planSums(options: ElementSumsOptions): SumsPlan {
    return planTwoTime(options, twoTimeParams(this.userParams).average)
  }

  override planMaps(colors: number, ticks: number): MapsPlan {
    return planMaps(colors, ticks, twoTimeParams(this.userParams).average)
  }

  override workerCalc(workerData: WorkerData): WorkerResult | WholeWorkerResult {
    if (this.sums instanceof TwoTimeSums) this.sums.remove(this.saturatedElements)
    return super.workerCalc(workerData)
  }

  override async viewerPublish(args: PublishArguments): Promise<void> {
    await super.viewerPublish(args)
    const { twoTime, group } = args
    const { ageWindows } = twoTimeParams(this.userParams)
    if (twoTime?.trains) await writeTrainMaps(group, twoTime, twoTime.trains, ageWindows)
    else if (twoTime) await writeTwoTime(group, twoTime, ageWindows)
  }

  override async calcAndPublishForTestAlt(
    sortedEventIds: readonly EventTime[],
    sortedData: readonly Float64Array[],
    h5GroupUser: ResultGroup,
  ): Promise<WholeWorkerResult> {
    const { color } = this.mpiParams
    const params = { ...twoTimeParams(this.userParams), color, saturated: this.saturatedElements }
    const { trains } = this.mpiParams
    if (trains === null) alternativeTwoTime(h5GroupUser, params, sortedEventIds, sortedData)
    else alternativeTrainMaps(h5GroupUser, params, trains, sortedEventIds, sortedData)
    return super.calcAndPublishForTestAlt(sortedEventIds, sortedData, h5GroupUser)
  }
}
