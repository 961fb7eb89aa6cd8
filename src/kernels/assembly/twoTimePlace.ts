// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Areas of the memory of the two-time kernels, in bytes. Rows of frames lie above `rowsAt`, where their owner puts them.

/** Frames of a stretch. */
export const frames: usize = 512
/** Elements of a panel, at most: what is packed and multiplied at once. */
export const panel: usize = 512

const megabyte: usize = 1 << 20

/** float64 [frames][frames]: sums of a block. */
export const sumsAt: usize = 65536
/** What was staged of the past and of the future stretch: [frames][panel] of at most 8 bytes, or photons. */
export const pastAt: usize = sumsAt + 2 * megabyte
export const futureAt: usize = pastAt + 2 * megabyte
/** The same, packed. */
export const pastPacked: usize = futureAt + 2 * megabyte
export const futurePacked: usize = pastPacked + megabyte
export const rowsAt: usize = futurePacked + megabyte

/** Photons in a staging area: start uint32 [panel + 1], then frame and value uint16 [frames * panel]. */
export const framesOfPhotons: usize = 4096
export const valuesOfPhotons: usize = framesOfPhotons + megabyte / 2
