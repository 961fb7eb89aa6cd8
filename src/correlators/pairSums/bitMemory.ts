// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What is done now and then with a shard's ring of bits: room for more exceptions, other sizes, bytes instead of bits. */
import { BitRing, bitPlaces, bitRingBytes } from '../../kernels/bitRing.js'
import { bitCode, dtypeCode, type RingPlace } from '../../kernels/pairKernels.js'
import type { TypedArray } from '../../units.js'
import type { Shard } from './shard.js'

export function bitsOf(shard: Shard, place: RingPlace): BitRing {
  return new BitRing(shard.memory, place)
}

/** Reads the values at a position of all elements; of a copy of the `copied` bytes of the ring where these are not 0. */
export function readerOfBits(
  shard: Shard,
  place: RingPlace,
  copied: number,
): (position: number, out: TypedArray) => void {
  const { at, elements } = place
  const bits =
    copied === 0 ? bitsOf(shard, place) : new BitRing(shard.memory.slice(at, at + copied), { ...place, at: 0 })
  return (position, out) => {
    for (let element = 0; element < elements; element++) out[element] = bits.get(element, position)
  }
}

/** Room for `chunks` chunks of exceptions in all. */
export function addChunks(shard: Shard, place: RingPlace, chunks: number): void {
  shard.ensureBuffer(bitRingBytes(place.elements, place.rowLength, chunks))
  bitsOf(shard, place).chunks = chunks
}

/** A ring of bits that holds no event yet to zeros: only what it keeps about itself is not. */
export function clearEmpty(shard: Shard, place: RingPlace): void {
  const { presence, lists } = bitPlaces(place)
  shard.view('uint8', presence, lists - presence).fill(0)
}

/** A ring of uint8 with rows of the same length in a buffer of `bytes`. */
export function bitsToBytes(shard: Shard, place: RingPlace, bytes: number): void {
  const { at, elements, rowLength, span, mirror } = place
  const bits = bitsOf(shard, place)
  const presence = bits.presence.slice()
  const exceptions: number[] = []
  for (let element = 0; element < elements; element++) {
    for (const [position, e] of bits.exceptionsOf(element)) exceptions.push(element * rowLength + position, e)
  }
  shard.ensureBuffer(bytes)
  shard.kernels.widen(bitCode, dtypeCode('uint8'), at, elements * rowLength)
  const ring = shard.view('uint8', at, (elements + 1) * rowLength)
  for (let i = 0; i < exceptions.length; i += 2) {
    const [to, e] = [exceptions[i], exceptions[i + 1]]
    ring[to] += e
    if (to % rowLength < mirror) ring[to + span] += e
  }
  ring.set(presence, elements * rowLength)
}

/** Rare: value by value, from a copy, to `place` in a buffer of `bytes`; `live` = runs [old position, new position, length]. */
export function relayoutBits(
  shard: Shard,
  from: RingPlace,
  place: RingPlace,
  bytes: number,
  live: readonly (readonly [number, number, number])[],
): void {
  const { chunks } = bitsOf(shard, from)
  const copy = shard.memory.slice(from.at, from.at + bitRingBytes(from.elements, from.rowLength, chunks))
  const old = new BitRing(copy, { ...from, at: 0 })
  shard.ensureBuffer(bytes)
  shard.view('uint8', place.at, bytes).fill(0)
  const bits = bitsOf(shard, place)
  bits.chunks = chunks
  for (let element = 0; element < place.elements; element++) {
    const row = old.row(element)
    for (const [start, to, length] of live) {
      for (let k = 0; k < length; k++) bits.put(element, to + k, row[start + k])
    }
  }
  for (const [start, to, length] of live) bits.presence.set(old.presence.subarray(start, start + length), to)
  bits.presence.copyWithin(place.span, 0, place.mirror)
}
