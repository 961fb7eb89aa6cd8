// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which way the products of a panel are taken. Every legal way gives the same bits, so that only time depends on the choice. */
import { type Stretch, stretchFrames } from './twoTimeKernels.js'

/** What PARCORANA_KERNEL may ask for: 'wasm' = the fastest that is legal. */
export type TwoTimeWay = 'wasm' | 'dense' | 'relaxed' | 'lookup' | 'bits'

/** Kinds of `assembly/twoTime.ts`. */
export const productKinds = { words: 0, bytes: 1, bits: 2, doubles: 3, scatter: 4, short: 5 } as const

/** Elements of a panel, at most: two packed panels fit the second cache. */
const panelMost = 512
const doublesMost = 128
/** A panel whose sums fit 16 bits must have so many elements to be worth it. */
const shortLeast = 128
/** A panel of 16 elements or more must fit 32 bits, or doubles serve. */
const panelLeast = 16
/** Nanoseconds per product of two values, per pair of photons and per photon that is packed: benches of one machine. */
const cost = { words: 0.035, short: 0.015, bits: 0.009, pair: 1.2, packed: 2 } as const

/** The kind for the elements from `first` on. */
export function kindOf(
  past: Stretch,
  future: Stretch,
  first: number,
  end: number,
  way: TwoTimeWay,
  relaxed: boolean,
): number {
  const { words, bits, doubles, scatter } = productKinds
  const photons = past.kind === 'photons' && future.kind === 'photons'
  const small = past.largest <= 127 && future.largest <= 127 && isBytes(past) && isBytes(future)
  const fitsWords = isWords(past) && isWords(future) && past.largest * future.largest * panelLeast < 2 ** 31
  if (!fitsWords) return photons ? scatter : doubles
  const ones = past.largest <= 1 && future.largest <= 1 && isBytes(past) && isBytes(future)
  if (way === 'dense') return words
  if (way === 'relaxed') return relaxed && small ? bytesKind(past, future) : words
  if (way === 'lookup') return photons ? scatter : words
  if (way === 'bits') return ones || photons ? bits : words
  const dense = relaxed && small ? bytesKind(past, future) : words
  if (ones && !photons) return bits
  return photons ? cheapest(past, future, first, end, dense) : dense
}

/** The kind of least cost for photons, which all kinds can take but doubles need not. */
function cheapest(past: Stretch, future: Stretch, first: number, end: number, dense: number): number {
  const elements = end - first
  const perElement = (stretch: Stretch): [number, number] => {
    if (stretch.kind === 'rows') return [stretchFrames, stretchFrames]
    const photons = (stretch.start[end] - stretch.start[first]) / elements
    return [photons, (photons * stretch.exceptions) / Math.max(1, stretch.frame.length)]
  }
  const [pastPhotons, pastExceptions] = perElement(past)
  const [futurePhotons, futureExceptions] = perElement(future)
  const products = past.frames * future.frames
  const packing = cost.packed * (pastPhotons + futurePhotons)
  const multiplying = packing + products * (dense === productKinds.short ? cost.short : cost.words)
  const more = pastExceptions * futurePhotons + pastPhotons * futureExceptions + pastPhotons + futurePhotons
  const bits = packing + products * cost.bits + cost.pair * more
  const pairs = cost.pair * pastPhotons * futurePhotons
  if (pairs <= Math.min(bits, multiplying)) return productKinds.scatter
  return bits <= multiplying ? productKinds.bits : dense
}

/** Sums of 16 bits where enough elements fit them. */
function bytesKind(past: Stretch, future: Stretch): number {
  return shortPanel(past, future) >= shortLeast ? productKinds.short : productKinds.bytes
}

/** A lane takes two products of 16 elements each. */
function shortPanel(past: Stretch, future: Stretch): number {
  return 16 * Math.floor(32767 / (2 * Math.max(1, past.largest * future.largest)))
}

/** Elements of a panel: sums of a panel of integers fit 32 bits. */
export function panelOf(kind: number, past: Stretch, future: Stretch): number {
  if (kind === productKinds.doubles) return doublesMost
  if (kind === productKinds.short) return Math.min(panelMost, shortPanel(past, future))
  if (kind === productKinds.scatter || kind === productKinds.bits) return panelMost
  return Math.min(panelMost, Math.floor((2 ** 31 - 1) / Math.max(1, past.largest * future.largest)))
}

function isBytes(stretch: Stretch): boolean {
  return stretch.kind === 'photons' || stretch.dtype === 'uint8'
}

/** int16 holds the values. */
function isWords(stretch: Stretch): boolean {
  if (stretch.kind === 'photons') return stretch.largest <= 32767
  return stretch.dtype === 'uint8' || stretch.dtype === 'int16'
}
