// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where kernels keep what lives for one call: behind the first page of every memory, up to `scratchEnd` of pairKernels.ts.

/** The fixed window of one element. Every window has room for the most ticks of a block, 8064, and a vector of zeros, 16 bits each. */
export const fixedWindow: usize = 65536
/** The fixed window of the presence row. */
export const fixedPresence: usize = fixedWindow + 16384
/** float64 results of up to `batch` moves. */
export const batch: usize = 64
export const products: usize = fixedPresence + 16384
export const movingSums: usize = products + 512
/** Where what is read for its own sake is written. */
export const touched: usize = products + 1536
/** int32 sums of the columns of a tile. */
export const columnTotals: usize = products + 2048
/** A tile of which only a part is filled, before and after it is transposed. */
export const partIn: usize = columnTotals + 512
export const partOut: usize = partIn + 256
/** uint32 k of the missing fixed ticks, at most `missingMost`. */
export const missingMost: usize = 512
export const missingFixed: usize = products + 4096
/** uint32 ring positions without an event, ascending, at most `holesMost`. */
export const holesMost: usize = 4096
export const holePositions: usize = missingFixed + 4096
/** uint32 pairs {k or position, value} of the fixed window's photons, and of the exceptions. */
export const photons: usize = holePositions + 16384
export const exceptionsMost: usize = 64
export const fixedExceptions: usize = photons + 65536
export const movingExceptions: usize = fixedExceptions + 1024
/** Of a group of elements while moments are taken, in the place of photons: its bins, values and windows. */
export const binMasks: usize = photons + 40960
export const groupValues: usize = binMasks + 4096
/** Eight copies of the fixed window as bits, shifted by 0..7. */
export const shifted: usize = fixedExceptions + 4096
/** int32 sums of all vectors before each vector of a row, for rows of up to `vectorsMost` vectors. */
export const vectorsMost: usize = 16384
export const prefix: usize = shifted + 12288
/** A row as bits, 2 bytes per vector, and a word of zeros. */
export const bitRow: usize = prefix + 4 * vectorsMost + 64
/** Most moves in a call. */
export const movesMost: usize = 1024
/** uint32 per move and three more: position of its window. */
export const positions: usize = bitRow + 2 * vectorsMost + 64
/** uint32 {first, last} per move: where the holes of its window lie in the list. */
export const holesOfMoves: usize = positions + 4 * movesMost + 64
/** int32 [moves][16] products of a tile, and three moves more. */
export const tileProducts: usize = holesOfMoves + 8 * movesMost
/** The halves of the fixed window's vectors, 16 bits each. */
export const lowHalves: usize = tileProducts + 64 * movesMost + 256
export const highHalves: usize = lowHalves + 16384
/** uint32 pairs {position, value} of a row's photons. */
export const rowPhotonsMost: usize = 4096
export const rowPhotons: usize = highHalves + 16384
/** uint16 per distance around the ring: one more than the move of that distance, 0 = none; for rings of up to `distancesMost` values. */
export const distancesMost: usize = 131072
export const moveOf: usize = rowPhotons + 8 * rowPhotonsMost
/** What one element and block have, for choice.ts. */
export const work: usize = moveOf + 2 * distancesMost
/** uint16 per move: one more than another move of the same distance, 0 = none. */
export const sameDistance: usize = work + 64
/** 128 bytes that are never written. */
export const zeros: usize = sameDistance + 2 * movesMost + 64
