// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Where a stretch of ticks is cut, so that compact levels can take most of it: they need lengths without a sample that waits. */

/** Even cuts leave no sample waiting in the lowest levels, which do nearly all of the work. */
const evenTicks = 8
/** Ticks that are worth bringing the levels' state into the compact form. */
const ticksLeast = 64

/** Ends of what is folded in one go between two ticks: what lies before the first and after the last even cut goes apart. */
export function evenCuts(from: number, to: number): number[] {
  const first = evenTicks * Math.ceil(from / evenTicks)
  const last = evenTicks * Math.floor(to / evenTicks)
  if (last - first < ticksLeast) return [to]
  return [...(first > from ? [first] : []), last, ...(to > last ? [to] : [])]
}

/** Levels of `most` that begin at `tick` and end `count` ticks later without a sample that waits. */
export function evenLevels(most: number, tick: number, count: number): number {
  if (count < ticksLeast) return 0
  let levels = most
  while (tick % 2 ** levels !== 0 || count % 2 ** levels !== 0) levels--
  return levels
}
