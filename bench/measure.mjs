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
  }).sort((a, b) => a - b)
  return { median: rates[(samples - 1) / 2], low: rates[0], high: rates[samples - 1], unit }
}

/** Deterministic numbers in [0, 1). */
export function random(seed) {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 4294967296
  }
}
