// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The contract of the pair kernels: everything per element that the pair sums need, over one shard's memory.
 * `reference.ts` is the documentation, `assembly/` the fast version; both give the same bits.
 *
 * All addresses are byte offsets into the memory, all lengths and ring positions count values.
 *
 *     ring    [elements + 1][rowLength]   one row per element, by tick: tick k lies at k mod span
 *             | 0 ... span-1 | mirror of 0 ... mirror-1 | zeros |
 *             A window of up to `mirror` ticks is contiguous wherever it starts. The last row is the *presence* row:
 *             1 where an event is stored, else 0. A missing event is 0 in every row.
 *             Rows of store 'bit' are laid out by bitRing.ts.
 *     rows    [times][tiles * 16]         one row per event
 *     sums    [tiles][delays][16] float64 each of G2, IP, IF, lost; *narrow* ones are int32, and have no lost
 */
import type { DType, StoreDType } from '../units.js'
import './webassembly.js'

/** Elements in a tile of the sums. */
export const tileElements = 16

/** Zero values behind every ring row, so that kernels may read whole vectors. */
export const ringPad = 64

/** Every memory begins with this many bytes for the kernels' own data and scratch. */
export const scratchEnd = 12 * 65536

/** In the order that `assembly/index.ts` knows. */
const codes: readonly DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64']

/** The number of store 'bit', which only rings have. */
export const bitCode = codes.length

/** The number that kernels know a type by. */
export function dtypeCode(dtype: DType | StoreDType): number {
  return dtype === 'bit' ? bitCode : codes.indexOf(dtype)
}

/** The type of a number given by `dtypeCode`. */
export function dtypeOfCode(code: number): DType {
  return codes[code]
}

/** What `scan` returns, as bits. */
export const scanBits = { fraction: 1, beyondFloat32: 2, hole: 4 } as const

/**
 * Flags of a move. `full`: every moving tick is present. `productsOnly`, on all moves of a call or none, for integer rings
 * whose fixed ticks are all present: `moving` is left to `credit`, and `fixed` but for what `credit` cannot know, the fixed
 * values opposite to missing moving ticks, which are subtracted; with `full` nothing is, whatever is missing.
 */
export const moveFlags = { full: 1, productsOnly: 2 } as const

/** Where a ring lies. */
export interface RingPlace {
  /** dtypeCode of the stored values. */
  readonly store: number
  readonly at: number
  readonly rowLength: number
  readonly elements: number
  readonly span: number
  readonly mirror: number
}

/** Where rows lie; `stride` = values per row. */
export interface RowsPlace {
  readonly store: number
  readonly at: number
  readonly stride: number
}

/**
 * Where sums lie. Every pair has a *fixed* event, common to all pairs of a call, and a *moving* one: `fixed` and `moving`
 * receive their values (IF and IP when the fixed event is the later one, IP and IF when it is the earlier one).
 */
export interface SumsPlace {
  readonly delays: number
  /** Sums are int32: integers, and no sum will exceed 2^31 - 1. Rings only. */
  readonly narrow: boolean
  readonly G2: number
  readonly fixed: number
  readonly moving: number
  /** Pairs lost to holes; 0 = the data have no holes, do not look. */
  readonly lost: number
}

/** Per element: the sum of its values and the number of events in which it was a hole; float64[elements] each. */
export interface TotalsPlace {
  readonly values: number
  readonly holes: number
}

/** Float64 values of one bin and delay in `moments`: shifts of G2, IP, IF, one unused, nine moments of two parts each. */
export const momentsWidth = 22

/** Float64 values of one bin and delay behind `closeMoments`. */
export const closedMomentsWidth = 12

/**
 * What `moments` reads and writes: tiles [first, first + tiles) and delays [from, from + count) of the sums; int32 `binOf`
 * [tiles * 16], -1 = none; float64 `out` [bins][count][momentsWidth], after `openMoments`.
 */
export interface MomentsPlace {
  readonly first: number
  readonly tiles: number
  readonly from: number
  readonly count: number
  readonly binOf: number
  readonly out: number
  /** Values lie in 0..largest, or (0) anywhere: a hint that whole values allow. */
  readonly largest: number
  /** uint8[count]: 1 = what `credit` would add for this delay is missing in IP and IF. */
  readonly isOpen: number
  /**
   * int32 [windows][2] {ring position, place}, ever further behind `end`: place d = where the moving window of delay d begins,
   * with `heads` also count + d = the first tick that IF of delay d has; for delays that are not open any position.
   */
  readonly windows: number
  /** Room for int32 [windows][64]. */
  readonly scratch: number
}

/** What `addCells` reads and writes: tiles [first, first + tiles); int32 `cellOf` [tiles * 16], -1 = none; float64 `out` [cells][delays]. */
export interface CellsPlace {
  readonly first: number
  readonly tiles: number
  readonly cellOf: number
  readonly out: number
}

/** Delays and windows of `moments`, at most. */
export const momentDelaysMost = 768

/** The ring that `credit` would look at, and the position behind its last tick, where all fixed windows begin. With `heads` IF of open delays is 0, and lacks all values from the position given on. */
export interface OpenCredits {
  readonly ring: RingPlace
  readonly end: number
  readonly heads: boolean
}

export interface PairKernels {
  /** How many of `count` whole values, none below 0, exceed 1: what they need room for in a ring of bits. */
  countAboveOne(dtype: number, at: number, count: number): number

  /** Finite extremes of `count` values to float64[2] at `extremes` (+Infinity, -Infinity when there are none), where there is room for four; returns scanBits. */
  scan(dtype: number, at: number, count: number, extremes: number): number

  /**
   * Event e = 0..events-1 lies at `staged` + e * stride values of `dtype`; it goes to ring position int32 `positions`[e],
   * and into the totals in the order of e. Non-finite values become NaN. The presence row is the caller's. A position that
   * is given holds no event yet.
   */
  toRing(
    dtype: number,
    staged: number,
    stride: number,
    events: number,
    positions: number,
    ring: RingPlace,
    totals: TotalsPlace,
  ): void

  /** Photon events: `count` of uint16 event, uint32 element (of the worker), uint16 value; `positions`[event] = -1 skips. */
  eventsToRing(
    event: number,
    element: number,
    value: number,
    count: number,
    firstElement: number,
    positions: number,
    ring: RingPlace,
    totals: TotalsPlace,
  ): void

  /** One event of `count` values of `dtype` to row `row`. */
  toRow(dtype: number, staged: number, count: number, row: number, rows: RowsPlace, totals: TotalsPlace): void

  /** One event given by `count` photon events (element, value) to row `row`, which is zeroed first. */
  eventsToRow(
    element: number,
    value: number,
    count: number,
    firstElement: number,
    row: number,
    rows: RowsPlace,
    totals: TotalsPlace,
  ): void

  /**
   * For every element and each of `count` moves int32 {delay index, moving position, flags of moveFlags}: add
   * (`sign` 1) or subtract (-1) the pairs of tick `fixedPosition` + k with moving position + k, k = 0..length-1, where both
   * are present. Float values in the order of k. `largest` = largest |value| in an integer ring, or more. `length` <= 8064.
   */
  fold(
    ring: RingPlace,
    fixedPosition: number,
    length: number,
    moves: number,
    count: number,
    sign: number,
    largest: number,
    sums: SumsPlace,
  ): void

  /**
   * For every element of an integer ring and each of `count` moves int32 {delay index, moving position, fixed position}: add
   * `sign` times what the element collected in all ticks before these positions to `moving` and `fixed`. That is its total
   * less the window from the position up to `end`, the position behind the last tick, around the ring. A negative moving
   * position leaves `moving` as it is. The sum of a row stays below 2^31, and a row has at most 262,080 bytes.
   */
  credit(
    ring: RingPlace,
    moves: number,
    count: number,
    end: number,
    sign: number,
    sums: SumsPlace,
    totals: TotalsPlace,
  ): void

  /** First and second moments of G2, IP and IF over bins of elements; `open` null = no delay has open credits; `moving` 0 = all IP are 0. No element has a hole. */
  moments(sums: SumsPlace, place: MomentsPlace, open: OpenCredits | null, totals: TotalsPlace): void

  /** Float64 [records][momentsWidth] at `at` as `moments` wants them at the start. */
  openMoments(at: number, records: number): void

  /** To [records][closedMomentsWidth]: the three shifts, then the nine moments, both parts of each added. */
  closeMoments(at: number, records: number): void

  /** Add G2 of tiles to cells of elements. The bits of whole numbers do not depend on the order of additions. */
  addCells(sums: SumsPlace, place: CellsPlace): void

  /** As `fold` for `count` single pairs int32 {fixed position, moving position} of one delay; all are present. */
  foldList(ring: RingPlace, pairs: number, count: number, delayIndex: number, sign: number, sums: SumsPlace): void

  /** Zero `length` contiguous values from `position` in every ring row, the presence row included. Ring positions only: no mirror is kept. */
  zeroRing(ring: RingPlace, position: number, length: number): void

  /** Pairs of fixed row `row` with `count` moving rows int32 {delay index, row, 1 = the fixed event is the earlier one}; `sums` as for a later fixed event. */
  foldRows(
    rows: RowsPlace,
    row: number,
    tiles: number,
    partners: number,
    count: number,
    sign: number,
    sums: SumsPlace,
  ): void

  /** Convert `count` values in place to a type that is not narrower; of bits, a multiple of 16 to uint8 0 and 1; of int32, to float64. */
  widen(from: number, to: number, at: number, count: number): void
}

/** Bind kernels to one memory. */
export interface KernelSet {
  readonly name: string
  open(memory: WebAssembly.Memory): PairKernels
}
