// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Where one shard lies, and the arguments of a call, which multiTauWasm.ts writes to `plan`.

export let levels: usize = 0
export let history: usize = 0
export let delays: usize = 0
export let plan: usize = 0
export let scratch: usize = 0
export let sumsG2: usize = 0
export let sumsIP: usize = 0
export let sumsIF: usize = 0
export let sumsLost: usize = 0
export let values: usize = 0
export let holesAt: usize = 0
export let state: usize = 0
/** Of a sample. */
export let stateBytes: usize = 8
export let stateN: usize = 0
/** Two float64 per element, for reading. */
export let totals: usize = 0
export let elements: usize = 0

export function setPlace(
  count: usize, levelCount: usize, historyCount: usize, delayCount: usize, planAt: usize, scratchAt: usize,
  g2: usize, ip: usize, fi: usize, lost: usize, valuesAt: usize, missingAt: usize,
): void {
  elements = count
  levels = levelCount
  history = historyCount
  delays = delayCount
  plan = planAt
  scratch = scratchAt
  sumsG2 = g2
  sumsIP = ip
  sumsIF = fi
  sumsLost = lost
  values = valuesAt
  holesAt = missingAt
}

export function setState(at: usize, bytes: usize, presenceAt: usize, totalsAt: usize): void {
  state = at
  stateBytes = bytes
  stateN = presenceAt
  totals = totalsAt
}

/** Word `index` of the plan. */
@inline
export function word(index: usize): usize {
  return <usize>load<u32>(plan + 4 * index)
}

/** Bytes of a photon list: element, event, value, count, ticks, cursor and a spare one. */
@inline
export const photonList: usize = 28

/** Words of a level in the plan. */
@inline
export function levelPlan(level: usize): usize {
  return plan + 64 + 32 * level
}

@inline
export function levelCount(level: usize): usize {
  return <usize>load<u32>(levelPlan(level))
}

@inline
export function levelWaiting(level: usize): bool {
  return load<u32>(levelPlan(level), 4) != 0
}

/** float64 [history + count]. */
@inline
export function levelPresence(level: usize): usize {
  return <usize>load<u32>(levelPlan(level), 8)
}

@inline
export function levelLags(level: usize): usize {
  return <usize>load<u32>(levelPlan(level), 12)
}

/** Pairs of int32, lags descending: lag, byte offset of the delay's sums in a tile. */
@inline
export function levelLagList(level: usize): usize {
  return <usize>load<u32>(levelPlan(level), 16)
}

/** Samples with fewer events than ticks; pairs of int32: sample (0 = first of the history), ticks without event. */
@inline
export function levelDeficits(level: usize): usize {
  return <usize>load<u32>(levelPlan(level), 20)
}

@inline
export function levelDeficitList(level: usize): usize {
  return <usize>load<u32>(levelPlan(level), 24)
}

/** State of a tile at a level. */
@inline
export function slotOf(tile: usize, level: usize): usize {
  return state + (tile * levels + level) * (history + 1) * 16 * stateBytes
}

/** The same for n. */
@inline
export function slotOfN(tile: usize, level: usize): usize {
  return stateN + (tile * levels + level) * (history + 1) * 128
}

/** True in a shard of integers. */
@inline
export function integers(): bool {
  return sumsLost == 0
}

/** Offset of a tile's sums of one delay. */
@inline
export function sumsOf(tile: usize, delay: usize): usize {
  return (tile * delays + delay) * 128
}
