// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the WebAssembly module exports: each kernel of pairKernels.ts, chosen by the type codes given there.
import { eventsToRingOf, eventsToRowOf, scanOf, toRowOf, widenOf } from './values'
import { intoRing } from './toRing'
import { countAboveOneOf, scanIntegers } from './scan'
import { foldBytes } from './ringBytes'
import { foldWords } from './ringWords'
import { foldFloats, foldListOf } from './ringFloats'
import { foldRowsOf } from './rows'
import { creditOf } from './credit'
import { closeRecords, groupMoments, openRecords } from './moments'
import { beginSums } from './momentSums'
import { tailSums } from './tailSums'
import { beginTailBits } from './tailBits'
import { multiplySmall, relaxed } from './multiply'
import { movesMost, positions as positionsAt } from './scratch'
import { eventsToBits, toBits } from './toBits'
import { creditBits, foldBitRing, foldListOfBits, widenBits, tailSumsOfBits } from './ringBits'

export { addCells } from './cellSums'
export { openSums } from './sumWidth'
export { force } from './choice'
export { lastWay } from './ringBytes'
export { openBits } from './bitPlaces'
export { zeroBits } from './toBits'

const uint8: i32 = 0
const int8: i32 = 1
const uint16: i32 = 2
const int16: i32 = 3
const uint32: i32 = 4
const int32: i32 = 5
const float32: i32 = 6
/** bitCode of pairKernels.ts; `openBits` tells where such a ring lies. */
const bit: i32 = 8

/** 1 when this build has the relaxed product of bytes. */
export function isRelaxed(): i32 {
  return relaxed ? 1 : 0
}

/** Products of the fixed window with the window at `y`, all values up to `largest`, for the test at start: int32 at `out` and 64, 128, 192 bytes further on. */
export function relaxedProduct(y: usize, length: usize, largest: u32, out: usize): void {
  for (let m: usize = 0; m < 4; m++) store<u32>(positionsAt + 4 * m, <u32>y)
  multiplySmall(0, 4, length, largest, out)
}

export function countAboveOne(dtype: i32, at: usize, count: usize): u32 {
  if (dtype == uint8) return countAboveOneOf<u8>(at, count)
  if (dtype == int8) return countAboveOneOf<i8>(at, count)
  if (dtype == uint16) return countAboveOneOf<u16>(at, count)
  if (dtype == int16) return countAboveOneOf<i16>(at, count)
  if (dtype == uint32) return countAboveOneOf<u32>(at, count)
  if (dtype == int32) return countAboveOneOf<i32>(at, count)
  if (dtype == float32) return countAboveOneOf<f32>(at, count)
  return countAboveOneOf<f64>(at, count)
}

export function scan(dtype: i32, at: usize, count: usize, extremes: usize): u32 {
  if (dtype == uint8) return scanIntegers<u8>(at, count, extremes)
  if (dtype == int8) return scanIntegers<i8>(at, count, extremes)
  if (dtype == uint16) return scanIntegers<u16>(at, count, extremes)
  if (dtype == int16) return scanIntegers<i16>(at, count, extremes)
  if (dtype == uint32) return scanOf<u32>(at, count, extremes)
  if (dtype == int32) return scanOf<i32>(at, count, extremes)
  if (dtype == float32) return scanOf<f32>(at, count, extremes)
  return scanOf<f64>(at, count, extremes)
}

function toRingFrom<S>(
  target: i32, staged: usize, stride: usize, events: usize, positions: usize,
  ring: usize, rowLength: usize, elements: usize, span: i32, mirror: i32, values: usize, holes: usize,
): void {
  if (target == bit) toBits<S>(staged, stride, events, positions, values)
  else if (target == uint8) intoRing<S, u8>(staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (target == uint16) intoRing<S, u16>(staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (target == int16) intoRing<S, i16>(staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (target == float32) intoRing<S, f32>(staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else intoRing<S, f64>(staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
}

export function toRing(
  source: i32, target: i32, staged: usize, stride: usize, events: usize, positions: usize,
  ring: usize, rowLength: usize, elements: usize, span: i32, mirror: i32, values: usize, holes: usize,
): void {
  if (source == uint8) toRingFrom<u8>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (source == int8) toRingFrom<i8>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (source == uint16) toRingFrom<u16>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (source == int16) toRingFrom<i16>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (source == uint32) toRingFrom<u32>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (source == int32) toRingFrom<i32>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else if (source == float32) toRingFrom<f32>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
  else toRingFrom<f64>(target, staged, stride, events, positions, ring, rowLength, elements, span, mirror, values, holes)
}

export function eventsToRing(
  target: i32, event: usize, element: usize, value: usize, count: usize, firstElement: usize, positions: usize,
  ring: usize, rowLength: usize, span: i32, mirror: i32, values: usize,
): void {
  if (target == bit) eventsToBits(event, element, value, count, firstElement, positions, values)
  else if (target == uint8) eventsToRingOf<u8>(event, element, value, count, firstElement, positions, ring, rowLength, span, mirror, values)
  else if (target == uint16 || target == int16) eventsToRingOf<u16>(event, element, value, count, firstElement, positions, ring, rowLength, span, mirror, values)
  else if (target == float32) eventsToRingOf<f32>(event, element, value, count, firstElement, positions, ring, rowLength, span, mirror, values)
  else eventsToRingOf<f64>(event, element, value, count, firstElement, positions, ring, rowLength, span, mirror, values)
}

function toRowFrom<S>(target: i32, staged: usize, count: usize, to: usize, values: usize, holes: usize): void {
  if (target == uint8) toRowOf<S, u8>(staged, count, to, values, holes)
  else if (target == uint16) toRowOf<S, u16>(staged, count, to, values, holes)
  else if (target == int16) toRowOf<S, i16>(staged, count, to, values, holes)
  else if (target == float32) toRowOf<S, f32>(staged, count, to, values, holes)
  else toRowOf<S, f64>(staged, count, to, values, holes)
}

export function toRow(source: i32, target: i32, staged: usize, count: usize, to: usize, values: usize, holes: usize): void {
  if (source == uint8) toRowFrom<u8>(target, staged, count, to, values, holes)
  else if (source == int8) toRowFrom<i8>(target, staged, count, to, values, holes)
  else if (source == uint16) toRowFrom<u16>(target, staged, count, to, values, holes)
  else if (source == int16) toRowFrom<i16>(target, staged, count, to, values, holes)
  else if (source == uint32) toRowFrom<u32>(target, staged, count, to, values, holes)
  else if (source == int32) toRowFrom<i32>(target, staged, count, to, values, holes)
  else if (source == float32) toRowFrom<f32>(target, staged, count, to, values, holes)
  else toRowFrom<f64>(target, staged, count, to, values, holes)
}

export function eventsToRow(target: i32, element: usize, value: usize, count: usize, firstElement: usize, to: usize, values: usize): void {
  if (target == uint8) eventsToRowOf<u8>(element, value, count, firstElement, to, values)
  else if (target == uint16 || target == int16) eventsToRowOf<u16>(element, value, count, firstElement, to, values)
  else if (target == float32) eventsToRowOf<f32>(element, value, count, firstElement, to, values)
  else eventsToRowOf<f64>(element, value, count, firstElement, to, values)
}

/** As many moves as there is scratch for. */
function foldPart(
  target: i32, ring: usize, rowLength: usize, elements: usize, span: usize, fixedPosition: usize, length: usize,
  moves: usize, count: usize, sign: f64, largest: f64, delays: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  if (target == bit) foldBitRing(fixedPosition, length, moves, count, sign, largest, delays, g2, fixed, moving)
  else if (target == uint8) foldBytes(ring, rowLength, elements, span, fixedPosition, length, moves, count, sign, largest, delays, g2, fixed, moving)
  else if (target == uint16) foldWords<u16>(ring, rowLength, elements, fixedPosition, length, moves, count, sign, largest, delays, g2, fixed, moving)
  else if (target == int16) foldWords<i16>(ring, rowLength, elements, fixedPosition, length, moves, count, sign, largest, delays, g2, fixed, moving)
  else if (target == float32) foldFloats<f32>(ring, rowLength, elements, fixedPosition, length, moves, count, delays, g2, fixed, moving, lost)
  else foldFloats<f64>(ring, rowLength, elements, fixedPosition, length, moves, count, delays, g2, fixed, moving, lost)
}

export function fold(
  target: i32, ring: usize, rowLength: usize, elements: usize, span: usize, fixedPosition: usize, length: usize,
  moves: usize, count: usize, sign: f64, largest: f64, delays: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  for (let first: usize = 0; first < count; first += movesMost) {
    const part = min(count - first, movesMost)
    foldPart(
      target, ring, rowLength, elements, span, fixedPosition, length, moves + 12 * first, part, sign, largest,
      delays, g2, fixed, moving, lost,
    )
  }
}

export function credit(
  target: i32, ring: usize, rowLength: usize, elements: usize, span: usize, moves: usize, count: usize, end: i32, sign: f64,
  delays: usize, fixed: usize, moving: usize, values: usize,
): void {
  if (target == bit) creditBits(moves, count, end, sign, delays, fixed, moving, values)
  else if (target == uint8) creditOf<u8>(ring, rowLength, elements, span, moves, count, end, sign, delays, fixed, moving, values)
  else if (target == uint16) creditOf<u16>(ring, rowLength, elements, span, moves, count, end, sign, delays, fixed, moving, values)
  else creditOf<i16>(ring, rowLength, elements, span, moves, count, end, sign, delays, fixed, moving, values)
}

/** Elements in a group of moments. */
const groupElements: usize = 64

export function moments(
  target: i32, ring: usize, rowLength: usize, elements: usize, span: usize, opened: bool, heads: bool, list: usize, windows: usize,
  isOpen: usize, end: i32, values: usize, largest: f64, delays: usize, g2: usize, ip: usize, iff: usize, first: usize, tiles: usize,
  from: usize, count: usize, binOf: usize, out: usize,
): void {
  const number = heads ? 2 * count : count
  const short = opened && target == bit && beginTailBits(list, number, end)
  if (!opened) memory.fill(isOpen, 0, count)
  beginSums(delays, g2, ip, iff, from, count, isOpen, heads, windows, out)
  for (let tile: usize = 0; tile < tiles; tile += groupElements >> 4) {
    const element = 16 * (first + tile)
    const lanes = min(elements - element, min(16 * (tiles - tile), groupElements))
    if (opened) {
      if (target == bit) tailSumsOfBits(element, lanes, short, list, number, end, windows)
      else if (target == uint8) tailSums<u8>(ring + element * rowLength, rowLength, span, lanes, list, number, end, windows)
      else if (target == uint16) tailSums<u16>(ring + 2 * element * rowLength, rowLength, span, lanes, list, number, end, windows)
      else tailSums<i16>(ring + 2 * element * rowLength, rowLength, span, lanes, list, number, end, windows)
    }
    groupMoments(first + tile, min(tiles - tile, groupElements >> 4), binOf + 64 * tile, values, largest)
  }
}

export function openMoments(at: usize, records: usize): void {
  openRecords(at, records)
}

export function closeMoments(at: usize, records: usize): void {
  closeRecords(at, records)
}

export function foldList(
  target: i32, ring: usize, rowLength: usize, elements: usize, pairs: usize, count: usize, delayIndex: usize, sign: f64,
  delays: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  if (target == bit) foldListOfBits(pairs, count, delayIndex, sign, delays, g2, fixed, moving)
  else if (target == uint8) foldListOf<u8>(ring, rowLength, elements, pairs, count, delayIndex, sign, delays, g2, fixed, moving, lost)
  else if (target == uint16) foldListOf<u16>(ring, rowLength, elements, pairs, count, delayIndex, sign, delays, g2, fixed, moving, lost)
  else if (target == int16) foldListOf<i16>(ring, rowLength, elements, pairs, count, delayIndex, sign, delays, g2, fixed, moving, lost)
  else if (target == float32) foldListOf<f32>(ring, rowLength, elements, pairs, count, delayIndex, sign, delays, g2, fixed, moving, lost)
  else foldListOf<f64>(ring, rowLength, elements, pairs, count, delayIndex, sign, delays, g2, fixed, moving, lost)
}

export function foldRows(
  target: i32, rows: usize, stride: usize, row: usize, tiles: usize, partners: usize, count: usize, sign: f64,
  delays: usize, g2: usize, fixed: usize, moving: usize, lost: usize,
): void {
  if (target == uint8) foldRowsOf<u8>(rows, stride, row, tiles, partners, count, sign, delays, g2, fixed, moving, lost)
  else if (target == uint16) foldRowsOf<u16>(rows, stride, row, tiles, partners, count, sign, delays, g2, fixed, moving, lost)
  else if (target == int16) foldRowsOf<i16>(rows, stride, row, tiles, partners, count, sign, delays, g2, fixed, moving, lost)
  else if (target == float32) foldRowsOf<f32>(rows, stride, row, tiles, partners, count, sign, delays, g2, fixed, moving, lost)
  else foldRowsOf<f64>(rows, stride, row, tiles, partners, count, sign, delays, g2, fixed, moving, lost)
}

/** Zero `bytes` at `at` and every `rowBytes` further on, `rows` times. */
export function zeroRows(at: usize, rowBytes: usize, rows: usize, bytes: usize): void {
  for (let row: usize = 0; row < rows; row++) memory.fill(at + row * rowBytes, 0, bytes)
}

export function widen(from: i32, to: i32, at: usize, count: usize): void {
  if (from == bit) widenBits(at, count)
  else if (from == int32) widenOf<i32, f64>(at, count)
  else if (from == uint8) {
    if (to == uint16 || to == int16) widenOf<u8, u16>(at, count)
    else if (to == float32) widenOf<u8, f32>(at, count)
    else widenOf<u8, f64>(at, count)
  } else if (from == uint16) {
    if (to == float32) widenOf<u16, f32>(at, count)
    else if (to != int16) widenOf<u16, f64>(at, count)
  } else if (from == int16) {
    if (to == float32) widenOf<i16, f32>(at, count)
    else widenOf<i16, f64>(at, count)
  } else widenOf<f32, f64>(at, count)
}
