// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where one way of taking products becomes cheaper than another; measured by bench/kernels.mjs. No result depends on them.

/** Up to so many photons in a block looking them up beats bits. */
export const bitsFrom: usize = 16
/** Above this mean the exceptions of bits cost more than they save. */
export const bitsMean: f64 = 0.15
/** Occupancy below which looking up beats the dense product of bytes, and the relaxed one. */
export const lookUpDense: f64 = 0.1
export const lookUpRelaxed: f64 = 0.03
