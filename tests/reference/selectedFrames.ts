// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `begin`, `end`, `stride`, `average` done by hand: which frames are summed into which event, by the plainest loops. */

export interface Wanted {
  readonly begin?: number
  readonly end?: number
  readonly stride?: number
  readonly average?: number
}

/** Frames of a file: values [frames x pixels], counters, and whether a filter lets each of them through. */
export interface Film {
  readonly pixels: number
  readonly values: ArrayLike<number>
  readonly counters: readonly number[]
  readonly passes: readonly boolean[]
}

export interface SelectedFilm {
  /** [events x pixels] */
  readonly values: number[]
  readonly counters: number[]
  /** Frames in events, left out by key of the config, and refused by the filter. */
  readonly frames: { readonly used: number; readonly left: Record<string, number>; readonly refused: number }
}

export function selectByHand(film: Film, { begin = 0, end = -1, stride = 1, average = 1 }: Wanted): SelectedFilm {
  const { counters, passes, pixels, values } = film
  const stop = end < 1 ? counters.length : Math.min(end, counters.length)
  const left: Record<string, number> = {}
  const leave = (key: string, frames = 1): void => {
    if (frames > 0) left[key] = (left[key] ?? 0) + frames
  }
  leave('begin', begin)
  leave('end', counters.length - stop)
  const events: { counter: number; frames: number[] }[] = []
  for (let i = begin; i < stop; i++) {
    const ticks = counters[i] - counters[begin]
    if (ticks % stride !== 0) {
      leave('stride')
      continue
    }
    const counter = stride * average === 1 ? counters[i] : Math.floor(ticks / (stride * average))
    const open = average === 1 ? undefined : events.find((event) => event.counter === counter)
    if (open?.frames.some((j) => counters[j] === counters[i])) leave('average')
    else if (open !== undefined) open.frames.push(i)
    else events.push({ counter, frames: [i] })
  }
  let refused = 0
  const whole = events.filter(({ frames }) => {
    const bad = frames.filter((i) => !passes[i]).length
    const complete = frames.length === average && bad === 0
    refused += bad
    if (!complete) leave('average', frames.length - bad)
    return complete
  })
  whole.sort((a, b) => Math.max(...a.frames) - Math.max(...b.frames))
  const sums = whole.flatMap(({ frames }) => {
    return Array.from({ length: pixels }, (_, p) => frames.reduce((sum, i) => sum + values[i * pixels + p], 0))
  })
  return {
    values: sums,
    counters: whole.map(({ counter }) => counter),
    frames: { used: whole.length * average, left, refused },
  }
}
