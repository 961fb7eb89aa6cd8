// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Sums of a block from photons alone: every pair of photons of an element is added where it belongs.
import { frames, framesOfPhotons, sumsAt, valuesOfPhotons } from './twoTimePlace'

@inline
function frameOf(photons: usize, k: usize): usize {
  return <usize>load<u16>(photons + framesOfPhotons + 2 * k)
}

@inline
function valueOf(photons: usize, k: usize): f64 {
  return <f64>load<u16>(photons + valuesOfPhotons + 2 * k)
}

@inline
function addTo(t1: usize, t2: usize, product: f64): void {
  const at = sumsAt + 8 * (t1 * frames + t2)
  store<f64>(at, load<f64>(at) + product)
}

/** `same`: a stretch with itself, whose photons are in the order of frames. */
export function scatter(past: usize, future: usize, count: usize, same: bool): void {
  for (let e: usize = 0; e < count; e++) {
    const begin = <usize>load<u32>(future + 4 * e)
    const end = <usize>load<u32>(future + 4 * e, 4)
    const last = <usize>load<u32>(past + 4 * e, 4)
    for (let i = <usize>load<u32>(past + 4 * e); i < last; i++) {
      const value = valueOf(past, i)
      const t1 = frameOf(past, i)
      for (let j = same ? i : begin; j < end; j++) addTo(t1, frameOf(future, j), value * valueOf(future, j))
    }
  }
}

/** What bits leave out of the pairs with a value above 1: x y - 1. */
export function scatterExceptions(past: usize, future: usize, count: usize, same: bool): void {
  for (let e: usize = 0; e < count; e++) {
    const begin = <usize>load<u32>(future + 4 * e)
    const end = <usize>load<u32>(future + 4 * e, 4)
    const last = <usize>load<u32>(past + 4 * e, 4)
    for (let i = <usize>load<u32>(past + 4 * e); i < last; i++) {
      const value = valueOf(past, i)
      if (value == 1) continue
      const t1 = frameOf(past, i)
      for (let j = same ? i : begin; j < end; j++) addTo(t1, frameOf(future, j), value * valueOf(future, j) - 1)
    }
    const first = <usize>load<u32>(past + 4 * e)
    for (let j = begin; j < end; j++) {
      const value = valueOf(future, j)
      if (value == 1) continue
      const t2 = frameOf(future, j)
      const until = same ? j : last
      for (let i = first; i < until; i++) {
        if (valueOf(past, i) == 1) addTo(frameOf(past, i), t2, value - 1)
      }
    }
  }
}
