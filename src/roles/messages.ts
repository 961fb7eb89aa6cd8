// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The entire protocol between ranks, one discriminated union. All fields survive structured clone and CBOR:
 * plain values and typed arrays only. Bulk data (blocks, gathered arrays) travels beside a message as a lease.
 *
 *   server -> master   offer, exhausted          which events a block holds, what was filtered
 *   server -> workers  block                     the masked values of the block (bulk: one slice per worker)
 *   master -> workers  order, update, end        what to do with which event, in order; publish; leave
 *   workers -> master  followed                  an order list is done, and how long it took
 *   master -> viewer   update, end               a result is due
 *   master -> server   stop                      read no further
 *   viewer -> workers  pull, labelSums, blockSums, ratioSums, twoTime, visibility, thaw   while sums are frozen: what the viewer wants; go on
 *   workers -> viewer  ready, share, light       results, reductions and per-event sums
 */
import type { TwoTimeFacts, TwoTimeRequest } from '../correlators/twoTime/part.js'
import type { Losses } from '../correlators/losses.js'
import type { DType } from '../units.js'
import type { Change } from './changes.js'

/** What happened to an event that the master saw. */
export const Fate = { stored: 0, late: 1, duplicate: 2 } as const

/** Identity of one event as the detector gives it; frame numbers live in `fiducials`. */
export interface LastEvent {
  readonly sec: number
  readonly nsec: number
  readonly fiducials: number
  readonly counter: number
}

/** `read = correlated + late + duplicate + sum(filtered)`; `lost` was never read or not decodable. */
export interface Accounting {
  readonly read: number
  readonly correlated: number
  readonly late: number
  readonly duplicate: number
  readonly filtered: Readonly<Record<string, number>>
  readonly lost: number
}

/** Milliseconds and calls per function, for the timing report. */
export interface Timing {
  readonly name: string
  readonly milliseconds: number
  readonly calls: number
}

/** A server's block, offered by ids: `index`, `counter` of every event that passed the filters, in file order. */
export interface Offer {
  readonly kind: 'offer'
  readonly server: number
  /** Running number of this server's blocks, from 0. */
  readonly block: number
  /** Position in the file of each event. */
  readonly index: Float64Array
  readonly counter: Float64Array
  /** sec, nsec, fiducials per event. */
  readonly id: Float64Array
  /** The monitors of the run, `[event * monitors + monitor]`. */
  readonly monitors: Float64Array
  /** Per filter, for every event it dropped: how many kept events of this block come before it. Ascending. */
  readonly filtered: Readonly<Record<string, Uint16Array>>
  readonly lost: number
  /** What calibration has changed on this server so far, this block included. */
  readonly changes: readonly Change[]
}

/** Header of the bulk that holds a block's values for one worker. */
export interface BlockHeader {
  readonly kind: 'block'
  readonly server: number
  readonly block: number
  readonly form: 'dense' | 'events'
  readonly events: number
  readonly dtype: DType
  /** Form 'events': photon events in each worker's slice, by worker. */
  readonly lengths: readonly number[]
}

/**
 * The master's decisions for a run of events, in delivery order. `finished` names, as (server, block), the blocks that no later
 * list needs.
 */
export interface Order {
  readonly kind: 'order'
  readonly server: Uint16Array
  readonly block: Int32Array
  /** Position of the event inside its block. */
  readonly position: Uint16Array
  readonly counter: Float64Array
  /** A `Fate` per event. */
  readonly fate: Uint8Array
  /** Buffer row that the event goes to; -1 unless stored. */
  readonly row: Int32Array
  /** Counter evicted to make room; NaN = none. */
  readonly evicted: Float64Array
  /** As in the offers, per event of this list. */
  readonly monitors: Float64Array
  readonly finished: readonly (readonly [server: number, block: number])[]
}

export interface Update {
  readonly kind: 'update'
  /** Running number of the update, from 0. */
  readonly number: number
  readonly final: boolean
  /** False when the run was interrupted before its last event. */
  readonly complete: boolean
  /** The event with the largest counter so far; null when no event was stored. */
  readonly lastEvent: LastEvent | null
  readonly accounting: Accounting
  /** What calibration has changed on the servers, in the blocks that have arrived. */
  readonly changes: readonly Change[]
}

/** An array that the viewer asks for: sums of `delays` delays from number `delay` on [delay][element], kept events `from <= k < to` [event][element], or per-element facts. */
export type PulledArray =
  | { readonly name: string; readonly delay: number; readonly delays: number }
  | { readonly from: number; readonly to: number }
  | 'saturated'
  | 'mean'

/** Photons per exposure of the elements of one worker: equal on all workers but for `photons`. */
export interface ExposureFacts {
  /** Exposures looked at, of 1, 2, 4, ... ticks. */
  readonly counts: Float64Array
  /** False when some value was no number of photons. */
  readonly photons: boolean
}

/** Sums over exposures number `from <= l < to`: per cell of the jackknife, or the histograms per color. */
export interface VisibilityRequest {
  readonly kind: 'visibility'
  readonly analysis: number
  readonly of: 'cells' | 'histogram'
  readonly from: number
  readonly to: number
}

export interface ReadyAnalysis {
  /** Pairs per delay. */
  readonly counts: Float64Array
  readonly names: readonly string[]
  /** Elements that became saturated since the last update. */
  readonly newlySaturated: number
  /** Slots of this worker per normalisation label and per color, to size the requests. */
  readonly slots: number
  /** True when some element has holes, so that pairs differ between elements. */
  readonly hasLost: boolean
  /** True when sums over cells can be had from their light. */
  readonly followsCells: boolean
  /** Of this worker's elements, per color. */
  readonly losses: Losses
  /** Events kept as they are. */
  readonly samples: number
  /** Frames of a two-time analysis; null for others. */
  readonly twoTime: TwoTimeFacts | null
  /** Null = nobody asked for photons per exposure. */
  readonly visibility: ExposureFacts | null
  /** True when the means of the first and the last part of the run can be had. */
  readonly hasTenths: boolean
}

/** Worker to viewer at an update. */
export interface Ready {
  readonly kind: 'ready'
  readonly analyses: readonly ReadyAnalysis[]
  /** What the thresholds of all analyses have changed in this worker's values so far. */
  readonly changes: readonly Change[]
}

export interface Light {
  readonly kind: 'light'
  readonly analysis: number
  readonly counter: Float64Array
  readonly evicted: Float64Array
  readonly row: Int32Array
  /** The monitors of the run, `[event * monitors + monitor]`. */
  readonly monitors: Float64Array
  /** Elements without value per event and color; null = none. */
  readonly holes: Float64Array | null
  /** Tree place of every node, as in correlators/light. */
  readonly level: Int32Array
  readonly index: Int32Array
}

export type Message =
  | Offer
  | BlockHeader
  | Order
  | Update
  | { readonly kind: 'exhausted'; readonly server: number; readonly timings: readonly Timing[] }
  | { readonly kind: 'stop'; readonly reason: string }
  | { readonly kind: 'end' }
  /** Worker to master, per order list: time without waiting for blocks. */
  | { readonly kind: 'followed'; readonly milliseconds: number }
  | Ready
  /** Viewer to workers: gather one array, float64 per element. */
  | { readonly kind: 'pull'; readonly analysis: number; readonly array: PulledArray }
  /** Viewer to workers: means over the first, then over the last part of the run, of the elements `only`, ascending; null = of all. */
  | { readonly kind: 'tenths'; readonly analysis: number; readonly only: Int32Array | null }
  /** Viewer to workers: sums of G2, IP, IF and pairs per normalisation label for the delays `from <= d < to`; `hasLost`: some worker's element has a hole. */
  | {
      readonly kind: 'labelSums'
      readonly analysis: number
      readonly from: number
      readonly to: number
      readonly hasLost: boolean
    }
  /** Viewer to workers: as labelSums, per cell of the jackknife; `ofLight`: IP and IF from the light of the cells. */
  | {
      readonly kind: 'blockSums'
      readonly ofLight: boolean
      readonly analysis: number
      readonly from: number
      readonly to: number
      readonly hasLost: boolean
    }
  /** Viewer to workers: sums per color of the ratio to `means` [label rows x (to - from) x 2], the <IP> and <IF> of every label. */
  | {
      readonly kind: 'ratioSums'
      readonly analysis: number
      readonly from: number
      readonly to: number
      readonly hasLost: boolean
      readonly means: Float64Array
    }
  | VisibilityRequest
  /** Viewer to workers: a block of two-time sums, as nodes of the tree over tiles. */
  | { readonly kind: 'twoTime'; readonly analysis: number; readonly request: TwoTimeRequest }
  /** Viewer to workers: nothing more is needed of this update. */
  | { readonly kind: 'thaw' }
  /** Worker to viewer: the bulk is this worker's share of what was asked for; `labels` name the slots of a reduction, or (level, index) of every node. */
  | { readonly kind: 'share'; readonly labels: Int32Array | null }
  /** Worker to viewer, per order list: the bulk holds the nodes' per-event sums per color (see correlators/light). */
  | Light
  /** Any rank to the viewer at the end. */
  | { readonly kind: 'report'; readonly role: string; readonly timings: readonly Timing[] }
  /** For transports' own tests. */
  | { readonly kind: 'ping'; readonly value: number; readonly data?: Float64Array }
