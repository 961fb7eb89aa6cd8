// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the ways of taking products cost in nanoseconds on one machine, measured by bench/kernels.mjs. Only their ratios
// matter, and no result depends on them.

/** Any moving window, and what it costs more: per photon looked up, per tick with plain and with relaxed SIMD, per tick of bits. */
export const costWindow: f64 = 1.2
export const costLookUp: f64 = 0.4
export const costDense: f64 = 0.038
export const costRelaxed: f64 = 0.015
export const costBit: f64 = 0.0105
/** An exception, per moving window and photon. */
export const costException: f64 = 1
/** Two photons and their distance. */
export const costPair: f64 = 1.2
/** Once for a row, per value: find its photons, in bytes and in bits; pack it to bits; unpack it. */
export const costScanBytes: f64 = 0.025
export const costScanBits: f64 = 0.006
export const costPack: f64 = 0.12
export const costUnpack: f64 = 0.06
