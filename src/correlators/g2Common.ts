// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * `G2Common`: the class that a physicist extends. The prefix of a callback says on which rank it runs; one instance exists per rank.
 * Every callback has a working default, so that a subclass overrides only what it changes. A subclass that leaves
 * `workerBeforeDataRemove` and `workerAfterDataInsert` alone keeps the block kernels.
 *
 * Shapes: n = elements of this worker, D = delays, detector = the full array (flat, C order).
 */
import { noneCounted, type ThresholdCounts } from '../kernels/thresholds.js'
import type { Trains } from '../buffers/trains.js'
import type { WorkerData } from '../buffers/workerData.js'
import type { TypedArray } from '../units.js'
import type { Pairing, SumName } from '../kernels/contract.js'
import type { ElementSums, ElementSumsOptions, SumsPlan } from './elementSums.js'
import { type LagMoments, type TrueLags, writeTrueLags } from './multiTau/lagMoments.js'
import { LightPairs } from './lightPairs.js'
import { EngineLight, type LightOptions, type LightSums } from './lightSums.js'
import { PairSums } from './pairSums.js'
import type { Curves, LastEventTime, LazyArrays, ResultGroup } from './resultGroup.js'
import { type AlternativeSums, alternativeSums, type EventTime } from './alternative.js'
import type { MapsPlan, TwoTimeMaps } from './twoTime/maps.js'
import { writeCurves, writeMeans } from './writeResult.js'
import { type PulseIntensity, writeTrainLight } from './trainLight.js'
import { adjustByThresholds } from './saturation.js'
import { type Losses, writeLosses } from './losses.js'
import { keptLabelTable } from './normalizations.js'
import type { CalibrationStep } from './calibrationStep.js'

/** Numbers per event that are correlated one by one faster than by the kernels, whose tiles have a fixed width. */
const lightColumnsMost = 8

export type Params = Readonly<Record<string, unknown>>

/** What the engine gives to every instance (ParCorAna: `mpiParams`). */
export interface RankInfo {
  readonly role: 'master' | 'server' | 'worker' | 'viewer' | 'testmode'
  readonly rank: number
  readonly isFirstWorker: boolean
  /** 1 = masked in; detector shape, flat. */
  readonly maskNdarrayCoords: Uint8Array
  readonly detectorShape: readonly number[]
  /** Delays of this analysis in ticks. */
  readonly delays: Float64Array
  /** Labels of this analysis per masked element; 0 = not used. */
  readonly color: Int32Array
  /** Fine labels per masked element; 0 = not used. */
  readonly fine: Int32Array
  /** Null = the events do not come in trains. */
  readonly trains: Trains | null
  /** Log lines go to stderr; workers other than the first are silent unless `allWorkers`. */
  logInfo(message: string, allWorkers?: boolean): void
  logDebug(message: string, allWorkers?: boolean): void
  logWarning(message: string, allWorkers?: boolean): void
  logError(message: string, allWorkers?: boolean): void
}

/** One detector read-out, as servers see it. */
export interface DetectorEvent {
  /** Position in the file, 0-based. */
  readonly index: number
  readonly counter: number
  readonly sec: number
  readonly nsec: number
  readonly fiducials: number
  /** A named variable of the dataset (`vars`); undefined when the event has none of that name. */
  get(name: string): number | undefined
}

/** What `workerCalc` returns: sums are pulled one delay at a time, so that nothing large is built unasked. */
export interface WorkerResult {
  /** Pairs per delay [D], equal on every worker. */
  readonly counts: ArrayLike<number>
  /** 1 = saturated, [n]. */
  readonly saturated: Uint8Array | Int8Array
  /** Write the sums of array `name` at delay number `delayIndex` into `out` [n]. */
  fill(name: string, delayIndex: number, out: Float64Array): void
}

/** The same with whole arrays: name -> D x n sums, row-major. */
export interface WholeWorkerResult {
  readonly counts: ArrayLike<number>
  readonly saturated: Uint8Array | Int8Array
  readonly arrays: Readonly<Record<string, TypedArray>>
  /** Pairs that each element lost to holes, D x n; not given = none. */
  readonly lost?: Float64Array
}

export interface PublishArguments {
  /** Pairs per delay [D]. */
  readonly counts: Float64Array
  readonly lastEvent: LastEventTime
  readonly curves: Curves
  /** 1 = saturated, detector shape. */
  readonly saturated: Uint8Array
  readonly arrays: LazyArrays
  /** True when the config asks for per-pixel arrays at this update (`h5arrays`). */
  readonly wantArrays: boolean
  /** By cause, for every label of the colors. */
  readonly losses: Losses
  /** Mean intensity against pulse number; null where events do not come in trains. */
  readonly pulses: PulseIntensity | null
  /** Mean and deviation of the lags behind each delay, where a delay stands for several; null = each is one lag. */
  readonly lags: TrueLags | null
  /** Two-time maps, for classes that have them, where they are due; null otherwise. */
  readonly twoTime: TwoTimeMaps | null
  /** Group of this update in the result file. */
  readonly group: ResultGroup
}

export class G2Common {
  /** True for a class that makes its own delays from its parameters and the length of the run; `times` is not needed then. */
  static readonly ownDelays: boolean = false

  /** True for a class that adds up neighbouring ticks: it refuses counters with more gaps than events. */
  static readonly needsEvenClock: boolean = false

  /** The delays of such a class, in ticks, ascending, for a run over `ticks` ticks. */
  static delaysFor(_userParams: Params, _ticks: number): Float64Array {
    return new Float64Array(0)
  }

  /** Events of the buffer that a run over `events` events needs for such a class: by default the last one. */
  static ownTimes(_events: number): number {
    return 1
  }

  readonly userParams: Params
  readonly systemParams: Params
  readonly mpiParams: RankInfo
  readonly testAlternate: boolean
  /** This worker's sums; null on other ranks and in the alternative test. */
  sums: ElementSums | null = null
  /** 1 = this element reached `saturatedValue` once, [n]. */
  saturatedElements: Uint8Array = new Uint8Array(0)
  /** Worker: events in which an element was left out because it was saturated, [n]; empty where saturation costs the pixel. */
  saturatedEvents: Uint32Array = new Uint32Array(0)
  /** Worker: what `saturatedValue` and `notzero` have done to values so far. */
  readonly thresholdCounts: ThresholdCounts = noneCounted()

  constructor(userParams: Params, systemParams: Params, mpiParams: RankInfo, testAlternate = false) {
    this.userParams = userParams
    this.systemParams = systemParams
    this.mpiParams = mpiParams
    this.testAlternate = testAlternate
  }

  /** When pairs are folded; see the three built-in classes. */
  get pairing(): Pairing {
    return 'accumulator'
  }

  /** Worker: the engine of its sums. A class that overrides a per-event callback gets rows, so that the callback sees every event. */
  openSums(options: ElementSumsOptions): ElementSums {
    return new PairSums({ ...options, pairing: this.pairing, rows: needsRows(this) })
  }

  /** Viewer: sums of a few numbers per event over the same pairs as `openSums` takes. */
  openLight(options: LightOptions): LightSums {
    const { pairing } = this
    const { columns: elements, ...rest } = options
    if (elements <= lightColumnsMost) return new LightPairs(options, pairing)
    const float64 = { storeDtype: 'float64', sourceDtype: 'float64' } as const
    return new EngineLight(new PairSums({ ...rest, ...float64, elements, pairing }), options, pairing === 'accumulator')
  }

  /** What `openSums` will need. */
  planSums(options: ElementSumsOptions): SumsPlan {
    return PairSums.plan({ ...options, delays: options.delays.length })
  }

  /** Viewer: follows which lags lie behind the delays, where a delay stands for several; null = each is one lag. */
  openLags(_delays: Float64Array): LagMoments | null {
    return null
  }

  /** Two-time maps of `colors` colors that a run over `ticks` ticks will give; null = none. */
  planMaps(_colors: number, _ticks: number): MapsPlan | null {
    return null
  }

  /** Names of the arrays that `workerCalc` gives. */
  fwArrayNames(): string[] {
    return ['G2', 'IP', 'IF']
  }

  /** Server, once before the first event. */
  serverInit(): void | Promise<void> {}

  /** Server, before the array is read: false drops the event (counted as filtered by `serverEventOk`). */
  serverEventOk(_event: DetectorEvent): boolean | Promise<boolean> {
    return true
  }

  /**
   * Server, once before the first event: the steps that turn raw frames into calibrated ones, as the configuration asks for them. Give them
   * back with steps left out, replaced or added; each works on one frame of float32. Without an override all steps run at once and faster.
   */
  serverCalibration(steps: readonly CalibrationStep[]): readonly CalibrationStep[] {
    return steps
  }

  /** Server: the full detector array (flat, the source's dtype; may be changed in place) or another of the same length; null drops the event. */
  serverFinalDataArray(array: TypedArray, _event: DetectorEvent): TypedArray | null | Promise<TypedArray | null> {
    return array
  }

  /** Worker, once; `numElementsWorker` may be 0. */
  workerInit(numElementsWorker: number): void | Promise<void> {
    this.saturatedElements = new Uint8Array(numElementsWorker)
  }

  /** Worker, stored events only, before storing: change `data` [n] in place. Default: mark saturated elements, raise values below `notzero`. */
  workerAdjustData(data: TypedArray): void {
    adjustByThresholds(this, data)
  }

  /** Worker, buffer full: just before the event with the smallest counter `tm` (buffer row `xInd`) is removed. */
  workerBeforeDataRemove(tm: number, _xInd: number, _workerData: WorkerData): void {
    if (this.sums instanceof PairSums) this.sums.beforeRemove(tm)
  }

  /** Worker, after the event `tm` was stored in row `xInd`. Default: add its pairs to G2, IP, IF. */
  workerAfterDataInsert(tm: number, _xInd: number, _workerData: WorkerData): void {
    if (this.sums instanceof PairSums) this.sums.afterInsert(tm)
  }

  /** Worker, at an update: sums, pairs and saturated elements at this event. */
  workerCalc(_workerData: WorkerData): WorkerResult | WholeWorkerResult {
    const sums = this.sums
    if (sums === null) throw new Error('workerCalc() was called on a rank that has no sums')
    sums.calc()
    const result: WorkerResult = {
      counts: sums.counts,
      saturated: this.saturatedElements,
      fill: (name, delayIndex, out) => sums.fill(name as SumName, delayIndex, out),
    }
    ofEngine.add(result)
    return result
  }

  /** Viewer, once before the first update. `maskNdarrayCoords`: 1 = masked in, detector shape. */
  viewerInit(_maskNdarrayCoords: Uint8Array, _group: ResultGroup): void | Promise<void> {}

  /** Viewer, at every update. Default: write curves, errors, counts, saturated map and (if wanted) the per-pixel means. */
  async viewerPublish(args: PublishArguments): Promise<void> {
    if (this.userParams.print_delay_curves === true) this.logCurves(args)
    writeCurves(args.group, args, this.mpiParams.detectorShape)
    writeLosses(args.group, keptLabelTable(this.mpiParams.color).labels, args.losses)
    if (args.lags !== null) writeTrueLags(args.group, args.lags)
    if (args.pulses !== null) writeTrainLight(args.group, args.pulses)
    if (args.wantArrays) await writeMeans(args.group, args, this.mpiParams.detectorShape)
  }

  /**
   * `--test-alt` only: an independent calculation from all events, sorted by counter, nothing evicted. `sortedData[i]` [masked elements].
   * Returns sums per delay; the engine writes them in the result's layout.
   */
  calcAndPublishForTestAlt(
    sortedEventIds: readonly EventTime[],
    sortedData: readonly Float64Array[],
    _h5GroupUser: ResultGroup,
  ): WholeWorkerResult | Promise<WholeWorkerResult> {
    return this.alternativeSums(sortedEventIds, sortedData)
  }

  /** `--test-alt` only: the pairs of this class over any numbers per event, NaN = none: `data[event]` [numbers]. */
  alternativeSums(events: readonly EventTime[], data: readonly Float64Array[]): AlternativeSums {
    const times = Number(this.systemParams.times)
    const from = this.pairing === 'accumulator' ? 0 : Math.max(0, data.length - times)
    return alternativeSums(events, data, this.mpiParams.delays, from, this.saturatedElements)
  }

  private logCurves({ curves, lastEvent }: PublishArguments): void {
    const delays = curves.delays.length
    curves.colors.forEach((color, c) => {
      const head = Array.from(curves.g2.subarray(c * delays, c * delays + Math.min(10, delays)), (g2) => g2.toFixed(6))
      this.mpiParams.logInfo(`evt=${lastEvent.counter} color=${color} delayCurve=${head.join(' ')}`)
    })
  }
}

/** True when the class of `instance` (or one between it and G2Common) has its own `method`. */
export function overrides(instance: G2Common, method: keyof G2Common): boolean {
  return instance[method] !== G2Common.prototype[method]
}

/** Results that the default `workerCalc` gave. */
const ofEngine = new WeakSet<object>()

/** True for what the default `workerCalc` returned, also through a class that calls `super`: its numbers are the engine's sums. */
export function isOfEngine(result: WorkerResult): boolean {
  return ofEngine.has(result)
}

/** True when the class overrides a per-event callback and so leaves the block kernels. */
export function needsRows(instance: G2Common): boolean {
  return overrides(instance, 'workerBeforeDataRemove') || overrides(instance, 'workerAfterDataInsert')
}
