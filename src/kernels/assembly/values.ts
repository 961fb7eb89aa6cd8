// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Values on their way from the staging area into ring and rows. S = type of the source, T = type of the store.

/** Bits of scanBits in pairKernels.ts. */
const fraction: u32 = 1
const beyondFloat32: u32 = 2
const hole: u32 = 4

@inline
function isFinite64(value: f64): bool {
  return value - value == 0
}

/** A value as T; floats are whole or fit where T is an integer. */
@inline
function storeAs<S, T>(at: usize, value: S): void {
  if (isFloat<S>() && isInteger<T>()) store<T>(at, <T>(<i32>value))
  else store<T>(at, <T>value)
}

export function scanOf<S>(at: usize, count: usize, extremes: usize): u32 {
  let min: f64 = Infinity
  let max: f64 = -Infinity
  let bits: u32 = 0
  for (let i: usize = 0; i < count; i++) {
    const value = <f64>load<S>(at + i * sizeof<S>())
    if (isFloat<S>()) {
      if (!isFinite64(value)) {
        bits |= hole
        continue
      }
      if (Math.trunc(value) != value) bits |= fraction
    }
    if (sizeof<S>() > 4 || (sizeof<S>() == 4 && isInteger<S>())) {
      if (<f64>(<f32>value) != value) bits |= beyondFloat32
    }
    if (value < min) min = value
    if (value > max) max = value
  }
  store<f64>(extremes, min)
  store<f64>(extremes + 8, max)
  return bits
}

/** Element by element, so that a ring row is written while it is in the cache. */
export function toRingOf<S, T>(
  staged: usize, stride: usize, events: usize, positions: usize,
  ring: usize, rowLength: usize, elements: usize, span: i32, mirror: i32, values: usize, holes: usize,
): void {
  for (let element: usize = 0; element < elements; element++) {
    const row = ring + element * rowLength * sizeof<T>()
    let from = staged + element * sizeof<S>()
    let sum = load<f64>(values + 8 * element)
    let missing: f64 = 0
    for (let event: usize = 0; event < events; event++) {
      const position = load<i32>(positions + 4 * event)
      const value = load<S>(from)
      from += stride * sizeof<S>()
      const to = row + <usize>position * sizeof<T>()
      if (isFloat<S>() && !isFinite64(<f64>value)) {
        store<T>(to, <T>NaN)
        missing += 1
      } else {
        storeAs<S, T>(to, value)
        sum += <f64>value
      }
      if (position < mirror) store<T>(to + <usize>span * sizeof<T>(), load<T>(to))
    }
    store<f64>(values + 8 * element, sum)
    if (isFloat<S>()) store<f64>(holes + 8 * element, load<f64>(holes + 8 * element) + missing)
  }
}

export function eventsToRingOf<T>(
  event: usize, element: usize, value: usize, count: usize, firstElement: usize, positions: usize,
  ring: usize, rowLength: usize, span: i32, mirror: i32, values: usize,
): void {
  for (let i: usize = 0; i < count; i++) {
    const position = load<i32>(positions + 4 * <usize>load<u16>(event + 2 * i))
    if (position < 0) continue
    const own = <usize>load<u32>(element + 4 * i) - firstElement
    const photons = load<u16>(value + 2 * i)
    const to = ring + (own * rowLength + <usize>position) * sizeof<T>()
    store<T>(to, <T>photons)
    if (position < mirror) store<T>(to + <usize>span * sizeof<T>(), <T>photons)
    store<f64>(values + 8 * own, load<f64>(values + 8 * own) + <f64>photons)
  }
}

export function toRowOf<S, T>(staged: usize, count: usize, to: usize, values: usize, holes: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const value = load<S>(staged + i * sizeof<S>())
    if (isFloat<S>() && !isFinite64(<f64>value)) {
      store<T>(to + i * sizeof<T>(), <T>NaN)
      store<f64>(holes + 8 * i, load<f64>(holes + 8 * i) + 1)
    } else {
      storeAs<S, T>(to + i * sizeof<T>(), value)
      store<f64>(values + 8 * i, load<f64>(values + 8 * i) + <f64>value)
    }
  }
}

export function eventsToRowOf<T>(element: usize, value: usize, count: usize, firstElement: usize, to: usize, values: usize): void {
  for (let i: usize = 0; i < count; i++) {
    const own = <usize>load<u32>(element + 4 * i) - firstElement
    const photons = load<u16>(value + 2 * i)
    store<T>(to + own * sizeof<T>(), <T>photons)
    store<f64>(values + 8 * own, load<f64>(values + 8 * own) + <f64>photons)
  }
}

/** In place, from the end: a wide value never covers a narrow one that is still to be read. */
export function widenOf<S, T>(at: usize, count: usize): void {
  for (let i = count; i > 0; i--) {
    store<T>(at + (i - 1) * sizeof<T>(), <T>load<S>(at + (i - 1) * sizeof<S>()))
  }
}
