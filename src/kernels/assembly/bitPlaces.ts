// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where the parts of a ring of bits lie (see bitRing.ts), and the exceptions of its elements.

/** Places in one chunk. */
const perChunk: usize = 7

let rows: usize = 0
export let rowBytes: usize = 0
export let presence: usize = 0
/** A row as uint8, for one element at a time. */
export let workRow: usize = 0
let control: usize = 0
let lists: usize = 0
let chunks: usize = 0
export let ringSpan: usize = 0
export let ringMirror: usize = 0
export let ringElements: usize = 0

/** Calls on a ring of bits follow. */
export function openBits(at: usize, rowLength: usize, elements: usize, span: usize, mirror: usize): void {
  rows = at
  rowBytes = rowLength >> 3
  presence = at + elements * rowBytes
  workRow = presence + rowLength
  control = workRow + rowLength + 128
  lists = control + 64
  chunks = lists + elements * 32
  ringSpan = span
  ringMirror = mirror
  ringElements = elements
}

@inline
export function rowOf(element: usize): usize {
  return rows + element * rowBytes
}

/** The first chunk of an element. */
@inline
export function listOf(element: usize): usize {
  return lists + (element << 5)
}

/** The chunk behind another; 0 = none. */
@inline
export function chunkBehind(chunk: usize): usize {
  const next = load<u32>(chunk)
  return next == 0 ? 0 : chunks + (<usize>(next - 1) << 5)
}

/** True when an element has no exceptions. */
@inline
export function isPlain(list: usize): bool {
  return !v128.any_true(v128.or(v128.load(list), v128.load(list, 16)))
}

/** The number of an unused chunk. */
function takeChunk(): u32 {
  const used = load<u32>(control)
  const free = load<u32>(control, 8)
  if (free == 0) {
    store<u32>(control, used + 1)
    return used
  }
  const first = load<u32>(control, 4)
  store<u32>(control, load<u32>(chunks + (<usize>first << 5)), 4)
  store<u32>(control, free - 1, 8)
  return first
}

/** A value above 1 at a position below the span. */
export function addException(element: usize, position: usize, value: u32): void {
  const list = listOf(element)
  let at = list + 4
  while (at < list + 32 && load<u32>(at) != 0) at += 4
  if (at == list + 32) {
    const number = takeChunk()
    memory.copy(chunks + (<usize>number << 5), list, 32)
    memory.fill(list, 0, 32)
    store<u32>(list, number + 1)
    at = list + 4
  }
  store<u32>(at, (<u32>position << 8) + value - 1)
}

/** Forget the exceptions of one chunk at [from, to); returns how many remain. */
function clearChunk(chunk: usize, from: u32, to: u32): u32 {
  let left: u32 = 0
  for (let i: usize = 1; i <= perChunk; i++) {
    const position = load<u32>(chunk + 4 * i) >> 8
    if (position >= from && position < to) store<u32>(chunk + 4 * i, 0)
    if (load<u32>(chunk + 4 * i) != 0) left++
  }
  return left
}

/** Forget the exceptions at [from, to), and free chunks that become empty. */
export function dropExceptions(list: usize, from: u32, to: u32): void {
  if (isPlain(list)) return
  clearChunk(list, from, to)
  let before = list
  while (load<u32>(before) != 0) {
    const number = load<u32>(before) - 1
    const chunk = chunks + (<usize>number << 5)
    if (clearChunk(chunk, from, to) > 0) before = chunk
    else {
      store<u32>(before, load<u32>(chunk))
      store<u32>(chunk, load<u32>(control, 4))
      store<u32>(control, number, 4)
      store<u32>(control, load<u32>(control, 8) + 1, 8)
    }
  }
}

/** List {position, e} of an element's exceptions at `to`; returns their number, or one more than `most`. */
export function copyExceptions(list: usize, to: usize, most: usize): usize {
  let count: usize = 0
  for (let chunk = list; chunk != 0; chunk = chunkBehind(chunk)) {
    for (let i: usize = 1; i <= perChunk; i++) {
      const exception = load<u32>(chunk + 4 * i)
      if (exception == 0) continue
      if (count == most) return most + 1
      store<u32>(to + 8 * count, exception >> 8)
      store<u32>(to + 8 * count, exception & 255, 4)
      count++
    }
  }
  return count
}

/** The value at a position below the span. */
export function valueAt(row: usize, list: usize, position: usize): u32 {
  if (((load<u8>(row + (position >> 3)) >> <u8>(position & 7)) & 1) == 0) return 0
  for (let chunk = list; chunk != 0; chunk = chunkBehind(chunk)) {
    for (let i: usize = 1; i <= perChunk; i++) {
      const exception = load<u32>(chunk + 4 * i)
      if (exception != 0 && <usize>(exception >> 8) == position) return 1 + (exception & 255)
    }
  }
  return 1
}
