// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Many whole stretches without event go through the levels at once. */
import { stretchTicks } from '../../kernels/multiTauKernels.js'
import type { LevelClock } from './clock.js'
import type { MultiTauShard } from './shard.js'

/** Levels of a full stretch that have no sample that waits. */
const evenLevels = Math.log2(stretchTicks)

/** Nothing of the lower levels is left: there are more such stretches than samples in a history. No level is compact. */
export function passStretches(
  clock: LevelClock,
  shards: readonly MultiTauShard[],
  stretches: number,
  holes: boolean,
): void {
  for (let level = 0; level < Math.min(evenLevels, clock.levels); level++) {
    const samples = stretches * 2 ** (evenLevels - level)
    clock.pass(level, samples)
    for (const shard of shards) shard.passEmpty(level, samples, holes, clock.lags(level))
  }
  passLevels(clock, shards, evenLevels, stretches, holes)
}

/** `empty` samples without event pass `level` and those above; the first completes the one that waits. */
function passLevels(
  clock: LevelClock,
  shards: readonly MultiTauShard[],
  level: number,
  empty: number,
  holes: boolean,
): void {
  if (level >= clock.levels || empty === 0) return
  if (clock.waits(level) && level + 1 < clock.levels) {
    const levels = clock.advance(level + 1, Float64Array.of(clock.kept(level).waiting))
    for (const { kernels } of shards) {
      kernels.fold({ start: level + 1, source: { kind: 'waiting' }, first: 0, levels, compact: 0, holes, largest: 0 })
    }
  }
  const next = clock.pass(level, empty)
  for (const shard of shards) shard.passEmpty(level, empty, holes, clock.lags(level))
  passLevels(clock, shards, level + 1, next, holes)
}
