// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a correlator hands to the world: curves, lazily gathered arrays, and the group of the result file to write into. */
import type { TypedArray } from '../units.js'
import type { NoVisibility, VisibilityFacts } from './visibility/facts.js'

export type AttributeValue = string | number | readonly number[] | readonly string[]
export type Attributes = Readonly<Record<string, AttributeValue>>

/** A value that a result file can hold; arrays of strings become 1-D string datasets. */
export type DatasetValue = TypedArray | BigInt64Array | number | bigint | string | readonly string[]

export interface DatasetOptions {
  /** Default: 1-D of the array's length; `[]` for a scalar. */
  readonly shape?: readonly number[]
  /** `units`, `long_name` and what else a reader should know. */
  readonly attributes?: Attributes
  /** Deflate-compress (chunked); default true for arrays of more than 65,536 bytes. */
  readonly compress?: boolean
  /** This very array never changes: a file that has it already, with the same attributes, gets another name for it. Default false. */
  readonly constant?: boolean
}

/** A two-dimensional dataset that is written part by part; what is never written is 0. */
export interface Grid {
  /** Write `values` [rows x columns] to the place of their first value. */
  write(row: number, column: number, rows: number, columns: number, values: Float64Array): void
}

/** A group of the result file, without any HDF5 detail: what `viewerInit` and `viewerPublish` may write into. */
export interface ResultGroup {
  /** Absolute path inside the file, for messages. */
  readonly path: string
  /** Create (or open) a sub-group. */
  group(name: string): ResultGroup
  /** Write a dataset; replaces one of the same name. `name` may hold slashes. */
  dataset(name: string, value: DatasetValue, options?: DatasetOptions): void
  /** Create a float64 dataset of `shape` [rows, columns] to be written part by part; replaces one of the same name. */
  grid(
    name: string,
    shape: readonly [rows: number, columns: number],
    options?: Pick<DatasetOptions, 'attributes'>,
  ): Grid
  attributes(attributes: Attributes): void
}

/** Names of the g2 definitions (design: section g2). */
export type NormalizationName = 'finecolor' | 'static' | 'ring' | 'instantaneous'

/** g2 per color and delay at one update. `C` colors, `D` delays; row-major `[color * D + delay]`. */
export interface Curves {
  readonly normalization: NormalizationName
  /** How `error` was estimated, in words for the file: e.g. "standard error over elements of G2/(IP IF)". */
  readonly errorMethod: string
  /** Colors still alive, ascending. */
  readonly colors: Int32Array
  /** Elements that contribute, per color. */
  readonly elements: Int32Array
  readonly delays: Float64Array
  /** NaN where undefined (no pairs, or zero intensity). */
  readonly g2: Float64Array
  readonly error: Float64Array
  /** The same as `errorMethod` for every color; not given = they have that one. */
  readonly errorMethods?: readonly string[]
  /** Covariance of g2 between delays, `[(color * D + delay) * D + other delay]`; null or not given = none. */
  readonly covariance?: Float64Array | null
  /** Speckle size; null or not given = not looked at. */
  readonly speckle?: SpeckleFacts | null
  /** Photons per exposure; null or not given = nobody asked. */
  readonly visibility?: VisibilityFacts | NoVisibility | null
  /** What the beam did; not given where events were not looked at one by one. */
  readonly beam?: BeamFacts
}

/** From the spatial autocorrelation of pairs of events one after the other. */
export interface SpeckleFacts {
  /** Edges of a speckle in pixels: along columns (rows covered), along rows (columns covered), `[2 * color + axis]`; NaN = not seen. */
  readonly size: Float64Array
  /** The same of all colors together. */
  readonly all: Float64Array
  /** Autocorrelation of all colors together, minus 1: [axis][shift in pixels]. */
  readonly correlation: Float64Array
  /** Pairs of events. */
  readonly pairs: number
}

/** Beam intensity during the pairs of every delay. x = any intensity per event: its autocorrelation is <x(t) x(t+d)> / (<x(t)> <x(t+d)>). */
export interface BeamFacts {
  /** `'none'`, `'frameMean'` or `'monitor:<var>'`. */
  readonly frameNorm: string
  /** What `g2` was divided by, [D]; null = nothing. */
  readonly factor: Float64Array | null
  /** g_I0: autocorrelation of the intensity of every color, `[color * D + delay]`; NaN where undefined. */
  readonly intensity: Float64Array
  /** Null = the alternative calculation, which makes none. */
  readonly report: BeamReport | null
}

export interface BeamReport {
  /** Standard deviation of the frame's intensity from event to event, relative, without photon noise. */
  readonly variation: number
  /** What `ring` and `instantaneous` have too much per color, because the intensity has a slope inside it: <I>^2 of its parts over the square of their mean, minus 1. */
  readonly slopeOffset: Float64Array
  /** What `slopeOffset` was taken over. */
  readonly slopeParts: string
  /** Sentences for the user. */
  readonly warnings: readonly string[]
}

/** Arrays of one update, gathered one delay at a time while the sums are frozen. `delay` is the delay itself, in ticks. */
export interface LazyArrays {
  readonly names: readonly string[]
  /** Sums over pairs as gathered, in full detector shape; 0 outside the mask. */
  get(name: string, delay: number): Promise<Float64Array>
  /** The same divided by the number of pairs (0 where there are none). */
  mean(name: string, delay: number): Promise<Float64Array>
  /** Let the workers go on; later calls throw. The engine calls it after `viewerPublish` at the latest. */
  release(): void
}

/** The largest counter so far and the identity of its event. */
export interface LastEventTime {
  readonly sec: number
  readonly nsec: number
  readonly fiducials: number
  readonly counter: number
}
