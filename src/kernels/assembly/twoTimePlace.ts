// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Areas of the memory of the two-time kernels, in bytes. Rows of frames lie above `rowsAt`, where their owner puts them.

/** Frames of a stretch. */
export const frames: usize = 512
/** Elements of a panel of doubles, at most; of other panels a quarter. */
const doublesMost: usize = 2048

const megabyte: usize = 1 << 20

/** Sums of one tile that wait for their partners, then the leaves of a tree: pairs uint32 [elements, merges]. */
export const waitingAt: usize = 16384
export const leavesAt: usize = 32768
/** float64 [frames][frames]: sums of a block. */
export const sumsAt: usize = 65536
/** What was staged of the past and of the future stretch: [frames][elements] of at most 8 bytes, or photons. */
export const pastAt: usize = sumsAt + 2 * megabyte
export const futureAt: usize = pastAt + 8 * frames * doublesMost
/** The same, packed. */
export const pastPacked: usize = futureAt + 8 * frames * doublesMost
export const futurePacked: usize = pastPacked + 8 * frames * doublesMost
export const rowsAt: usize = futurePacked + 8 * frames * doublesMost

/** Photons in a staging area: start uint32 [elements + 1], then frame and value uint16. */
export const framesOfPhotons: usize = 16384
export const valuesOfPhotons: usize = framesOfPhotons + 2 * frames * doublesMost
