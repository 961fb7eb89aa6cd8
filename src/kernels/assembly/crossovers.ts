// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the ways of taking products cost in nanoseconds on one machine, measured by bench/kernels.bench.mjs. Only their ratios
// matter, and no result depends on them.

/** Any moving window, and what it costs more: per photon looked up, per tick with plain SIMD, by twos.ts and with relaxed SIMD, per tick of bits. */
export const costWindow: f64 = 1.2
export const costLookUp: f64 = 0.5
export const costDense: f64 = 0.036
export const costTwos: f64 = 0.018
export const costRelaxed: f64 = 0.015
export const costBit: f64 = 0.009
/** An exception of the fixed window, per moving window. */
export const costException: f64 = 1.2
/** Two photons and their distance. */
export const costPair: f64 = 1.5
/** Once for a row, per value: find its photons, in bytes and in bits; pack it to bits; unpack it. */
export const costScanBytes: f64 = 0.04
export const costScanBits: f64 = 0.006
export const costPack: f64 = 0.15
export const costUnpack: f64 = 0.06
