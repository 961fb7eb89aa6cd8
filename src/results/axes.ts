// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Scales and ticks of a plot. */

export interface Tick {
  readonly value: number
  /** Null = a minor tick without label. */
  readonly label: { readonly text: string; readonly exponent?: number } | null
}

export interface Scale {
  readonly from: number
  readonly to: number
  readonly ticks: readonly Tick[]
  /** Position 0..1 between `from` and `to`; outside of it for values outside. */
  at(value: number): number
}

/** Logarithmic, a little wider than `values` (all > 0). */
export function logScale(values: readonly number[]): Scale {
  const [low, high] = [Math.min(...values), Math.max(...values)]
  const from = low / 1.25
  const to = high * 1.25
  const span = Math.log(to / from)
  const ticks: Tick[] = []
  for (let decade = Math.floor(Math.log10(from)); decade <= Math.log10(to); decade++) {
    for (let digit = 1; digit <= 9; digit++) {
      const value = digit * 10 ** decade
      if (value < from || value > to) continue
      ticks.push({ value, label: digit === 1 ? decadeLabel(decade) : null })
    }
  }
  const decades = ticks.filter((tick) => tick.label !== null).length
  return { from, to, ticks: decades >= 2 ? ticks : ticks.map(finer), at: (value) => Math.log(value / from) / span }
}

/** Less than two decades: 2 and 5 are labelled as well. */
function finer(tick: Tick): Tick {
  const power = Math.floor(Math.log10(tick.value) + 1e-9)
  const digit = Math.round(tick.value / 10 ** power)
  if (digit !== 2 && digit !== 5) return tick
  const label = decadeLabel(power)
  const small = label.exponent !== undefined
  return { ...tick, label: small ? { ...label, text: `${digit}·10` } : { text: plain(tick.value) } }
}

function decadeLabel(decade: number): { text: string; exponent?: number } {
  return decade >= -2 && decade <= 3 ? { text: plain(10 ** decade) } : { text: '10', exponent: decade }
}

/**
 * Linear with round ticks, for g2: wide enough for nearly all `values`, so that a few wild points do not flatten the rest.
 * Speckles give 1 to 2; unless most values lie elsewhere, those outside 0.2..3 do not widen the scale.
 */
export function robustScale(values: readonly number[]): Scale {
  const all = values.filter((value) => Number.isFinite(value)).sort((a, b) => a - b)
  const likely = all.filter((value) => value > 0.2 && value < 3)
  const finite = likely.length * 2 >= all.length ? likely : all
  const dropped = Math.floor(0.02 * finite.length)
  const [first, last] = [finite[dropped] ?? 1, finite.at(-1 - dropped) ?? 1]
  const reach = Math.max(last - first, 1e-6 * Math.abs(first), 1e-12)
  const low = Math.max(finite[0] ?? 0, first - reach)
  const high = Math.min(finite.at(-1) ?? 2, last + reach)
  const margin = Math.max(0.06 * (high - low), 1e-9 + 1e-6 * Math.abs(high))
  const [from, to] = [low - margin, high + margin]
  const step = roundStep((to - from) / 9)
  const ticks: Tick[] = []
  for (let i = Math.ceil(from / step); i * step <= to; i++)
    ticks.push({ value: i * step, label: { text: plain(i * step) } })
  return { from, to, ticks, at: (value) => (value - from) / (to - from) }
}

/** 1, 2 or 5 times a power of ten, at least `step`. */
function roundStep(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step))
  return power * ([1, 2, 5].find((factor) => factor * power >= step) ?? 10)
}

function plain(value: number): string {
  return String(Number(value.toPrecision(6)))
}
