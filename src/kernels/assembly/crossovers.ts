// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the ways of taking products cost per moving window, in nanoseconds on one machine, measured by bench/kernels.bench.mjs.
// Only their ratios matter, and no result depends on them.

/** Look up one photon. */
export const costLookUp: f64 = 0.5
/** Multiply one tick, with plain and with relaxed SIMD. */
export const costDense: f64 = 0.046
export const costRelaxed: f64 = 0.023
/** Bits: each window, one tick, one exception; and, once for all windows, one vector of the row. */
export const costBits: f64 = 5
export const costBit: f64 = 0.0135
export const costException: f64 = 1.5
export const costBitVector: f64 = 2
/** Once for all windows: a row of bits becomes uint8. */
export const costUnpack: f64 = 400

/** So few photons are looked up without a look at the row. */
export const fewPhotons: i64 = 10
