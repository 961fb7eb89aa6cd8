// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

const samples = 7
const sampleMicroseconds = 60_000

/** CPU microseconds of this process so far, all threads. */
function cpu() {
  const { user, system } = process.cpuUsage()
  return user + system
}

/** Rates of `run`, which does `work` units: median and extremes of 7 samples of at least 60 ms of CPU time, after a first run. */
export function measure(run, work, unit) {
  run()
  const rates = Array.from({ length: samples }, () => {
    const start = cpu()
    let runs = 0
    let spent = 0
    for (; spent < sampleMicroseconds; runs++) {
      run()
      spent = cpu() - start
    }
    return (work * runs) / (spent / 1e6)
  })
  return summary(rates, unit)
}

/** Deterministic numbers in [0, 1). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}

/** As `measure` for work that waits: rates per CPU second of all threads of this process. */
export async function measureAsync(run, work, unit) {
  await run()
  const rates = []
  for (let sample = 0; sample < samples; sample++) {
    const start = cpu()
    let runs = 0
    let spent = 0
    for (; spent < sampleMicroseconds; runs++) {
      await run()
      spent = cpu() - start
    }
    rates.push((work * runs) / (spent / 1e6))
  }
  return summary(rates, unit)
}

/** Median and extremes of given figures. */
export function summary(values, unit) {
  const sorted = [...values].sort((a, b) => a - b)
  return { median: sorted[Math.floor(sorted.length / 2)], low: sorted[0], high: sorted.at(-1), unit }
}

/** Poisson numbers of a small mean, deterministic. */
export function photons(out, mean, seed) {
  const next = random(seed)
  const least = Math.exp(-mean)
  for (let i = 0; i < out.length; i++) {
    let count = -1
    for (let p = 1; p > least; count++) p *= next()
    out[i] = count
  }
  return out
}

/** Ends the bench when what is timed does something else than it should. */
export function verify(what, holds) {
  if (!holds) throw new Error(`${what} computes something else`)
}
