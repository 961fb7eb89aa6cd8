// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The contract of the multi-tau kernels: a stretch of ticks of one shard's elements goes through all levels.
 * `multiTauReference.ts` is the documentation, `assembly/multiTau.ts` the fast version; both give the same bits.
 *
 * A sample of level l is the sum S of the values in 2^l ticks, N the number of these ticks that hold an event and n the same
 * without the holes of the element. For the samples i < j = i + lag of a level, in the order of j:
 *
 *     G2 += S_i S_j     IP += S_i n_j     IF += S_j n_i     lost += N_i N_j - n_i n_j
 *
 * Sums of integers are exact in any order. A shard of integers, which have no holes, keeps instead of IP and IF what these lack:
 *
 *     IP = 2^l (T - the last `lag` samples) - lackP     lackP += S_i (2^l - n_j)
 *     IF = 2^l T - lackF                                lackF += S_j (2^l - n_i)
 *
 * with T the sum of all samples of the level, which is that of all values without those that still wait below. Samples before the
 * first have S = n = 0, so lackF begins with the first samples; lackP is not even written while no event is missing.
 *
 * All addresses are byte offsets into the shard's memory. Elements lie in tiles of 16.
 *
 *     sums    [tiles][delays][16] float64 each of G2, IP or lackP, IF or lackF, lost
 *     state   [tiles][levels][history + 1][16] float64 or int32: the last samples of a level, then the one that waits for its partner
 *     staged  [tiles][stretchTicks][16] values of a type, uint8 [tiles][stretchTicks / 4][16][4], or photons; a tick without an event is 0
 */
import { bytesOf, type DType } from '../units.js'
import './webassembly.js'

/** Ticks of a full stretch: a power of two, so that its levels have no sample that waits. */
export const stretchTicks = 512

/** Where the parts of one shard lie. */
export interface MultiTauPlace {
  /** Elements in use; memory is laid out for whole tiles. */
  readonly elements: number
  readonly levels: number
  /** Samples kept of every level: the largest lag, even. */
  readonly history: number
  readonly delays: number
  /** Arguments of a call, at least `planBytes`. */
  readonly plan: number
  /** At least `scratchBytes(history)`. */
  readonly scratch: number
  readonly G2: number
  /** Where `lost` is 0: lackP, lackF. */
  readonly IP: number
  readonly IF: number
  /** 0 = a shard of integers. */
  readonly lost: number
  /** float64 [elements]: sums of values, numbers of holes. */
  readonly values: number
  readonly holes: number
  readonly state: number
  /** Of a sample in `state`: 8, or 4 where all samples of a shard of integers fit int32. */
  readonly stateBytes: number
  /** As `state`, float64, for n; 0 = a shard of integers. */
  readonly stateN: number
  /** Two float64 per element of whole tiles, for `read`. */
  readonly totals: number
}

/** Photons of one block: `count` each of uint32 element (of the worker), uint16 event, uint16 value; `ticks`[event], int32, is the tick in the stretch or -1. */
export interface PhotonList {
  readonly element: number
  readonly event: number
  readonly value: number
  readonly count: number
  readonly ticks: number
}

/** Where the samples of the first level come from. */
export type StretchSource =
  | { readonly kind: 'dense'; readonly dtype: DType; readonly at: number }
  | { readonly kind: 'photons'; readonly firstElement: number; readonly lists: readonly PhotonList[] }
  /** The one sample of the level below that waits. */
  | { readonly kind: 'waiting' }

/** Rows [count][stride] of `elements` values from a whole tile on; `uint16` values may be staged as `uint8`, what is larger is lost. */
export interface Rows {
  readonly dtype: DType
  readonly at: number
  readonly stride: number
  readonly count: number
  readonly elements: number
}

export interface LevelWork {
  /** New samples. */
  readonly count: number
  /** A sample waits for its partner. */
  readonly waiting: boolean
  /** N of the history, then of the new samples: [history + count]. */
  readonly presence: Float64Array
  /** Pairs [lag, delay index], lags descending. */
  readonly lags: readonly (readonly [number, number])[]
}

/** A stretch of ticks on its way through the levels from `start` up; `levels[l]` is the work of level l. */
export interface Stretch {
  readonly start: number
  readonly source: StretchSource
  /** Staged tick with which it begins; a multiple of 8 where levels are compact. */
  readonly first: number
  readonly levels: readonly (LevelWork | null)[]
  /** Levels below this take the compact integer form, l > 0 only where begin and length are multiples of 2^l ticks, so that no sample of these levels waits; 0 in shards of floats. */
  readonly compact: number
  /** Elements can be holes: keep n per element. */
  readonly holes: boolean
  /** Where levels are compact: no value so far is larger or negative; Infinity where that is not known. */
  readonly largest: number
}

export interface MultiTauKernels {
  /** Largest |value| of `count` integers. */
  largest(dtype: DType, at: number, count: number): number
  /** Copy rows of values to ticks of staged tiles, from the first element's tick `to` on; returns their largest |value|, for floats 1 when one is not finite, else 0. */
  stage(rows: Rows, dtype: DType, to: number): number
  /** Make `count` staged ticks of all tiles 0. */
  clear(dtype: DType, to: number, count: number): void
  /** Add a stretch to sums, values and holes, and keep the state. */
  fold(stretch: Stretch): void
  /** Bring the state of a level into the compact form, or back. */
  compact(level: number, compact: boolean): void
  /** IP or IF of a delay of a shard of integers without compact levels: float64 of `tiles` tiles from `tile` on, to `at`. */
  read(name: 'IP' | 'IF', delay: DelayPlace, tile: number, tiles: number, at: number): void
  /** IP and IF of all delays at once, to the bit as `read` gives them: float64 [tiles][delays][16] to `IP` and to `IF`. */
  settle(delays: readonly DelayPlace[], tile: number, tiles: number, IP: number, IF: number): void
}

/** A delay's place in the list and in its level, and which levels have a sample that waits, as bits. */
export interface DelayPlace {
  readonly index: number
  readonly level: number
  readonly lag: number
  readonly waits: number
}

/** Bind kernels to one memory. */
export interface MultiTauKernelSet {
  readonly name: string
  /** Levels that can take the compact form when no value is larger than `largest`. */
  compactLevels(largest: number, history: number): number
  open(memory: WebAssembly.Memory, place: MultiTauPlace): MultiTauKernels
}

export const tileElements = 16

/** Bytes from the first value of a staged tile to that of an element's tick. */
export function stagedOffset(dtype: DType, element: number, tick: number): number {
  if (dtype !== 'uint8') return (tick * tileElements + element) * bytesOf(dtype)
  return (tick - (tick % 4)) * tileElements + 4 * element + (tick % 4)
}

/** Room for the arguments of a call: levels, presence, deficits, lags, photon lists. */
export const planBytes = (history: number): number => 65536 + 32 * (16 + 48) * (history + 16)
/** Samples as float64 rows, twice with n, the compact rows, and a sample that waits. */
export const scratchBytes = (history: number): number => 131072 + 4 * 128 * (history + stretchTicks + 4) + 128
