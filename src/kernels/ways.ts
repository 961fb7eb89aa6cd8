// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * How products of integer rings are taken: 'wasm' chooses per element and block. Forced ways apply where they can give the
 * exact result and leave the rest to others: all but 'lookup' differ for bits and uint8 only, 'relaxed' needs counts up to
 * 127 and relaxed SIMD, 'bits' few counts above 1, 'pairs' few photons.
 */
export const ways = ['wasm', 'dense', 'relaxed', 'lookup', 'bits', 'pairs'] as const
export type Way = (typeof ways)[number]
