// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { resolveTiming } from '../../src/config/timing.js'
import type { TimingConfig } from '../../src/config/types.js'
import type { FrameSource } from '../../src/formats/format.js'
import { timedSource } from '../../src/roles/timing/timedSource.js'

function source(counters: number[] | null, vars: Record<string, number[]> = {}): FrameSource {
  return {
    shape: [1],
    dtype: 'uint8',
    events: counters?.length ?? Object.values(vars)[0]?.length ?? 8,
    counters: counters === null ? null : Float64Array.from(counters),
    streams: null,
    vars: Object.fromEntries(Object.entries(vars).map(([name, values]) => [name, Float64Array.from(values)])),
    sentinel: null,
    saturation: null,
    metadata: {},
    read: () => Promise.reject(new Error('nothing is read')),
    close: () => Promise.resolve(),
  }
}

const counters = (timing: TimingConfig, ...given: Parameters<typeof source>): number[] => {
  return Array.from(timedSource(source(...given), resolveTiming(timing)).counters ?? [])
}

const three = { pulses: 3, period: 100 }

describe('counters of trains', () => {
  it('from positions in the file', () => {
    expect(counters(three, null)).toEqual([0, 1, 2, 100, 101, 102, 200, 201])
  })

  it('from counters that count pulses', () => {
    expect(counters(three, [1, 2, 5, 3, 300, -1])).toEqual([1, 2, 102, 100, 10000, -98])
  })

  it('from variables, trains counted from the first', () => {
    const vars = { trainId: [1_200_000_007, 1_200_000_007, 1_200_000_009], cellId: [0, 2, 1] }
    expect(counters({ ...three, train: 'trainId', pulse: 'cellId' }, null, vars)).toEqual([0, 2, 201])
  })

  it('without the dropped pulses', () => {
    expect(counters({ ...three, drop: '0,2' }, null)).toEqual(
      [1, 4, 7].flatMap((_, k) => [Number.NaN, 100 * k + 1, Number.NaN]).slice(0, 8),
    )
    expect(counters({ ...three, drop: [1] }, [0, 1, 2])).toEqual([0, Number.NaN, 2])
  })
})

describe('counters of time stamps', () => {
  it('are whole ticks from the first; what lies between them is left out', () => {
    const time = [10, 10.51, 11.04, 11.76, 15]
    expect(counters({ timestamps: 'time', tick: 0.5 }, null, { time })).toEqual([0, 1, 2, Number.NaN, 10])
    expect(counters({ timestamps: 'time', tick: 0.5, tolerance: 0.5 }, null, { time })).toEqual([0, 1, 2, 4, 10])
  })

  it('in trains: whichever pulse comes first, and a pulse outside trains is left out', () => {
    const pulses = [1, 2, 100, 101, 102, 201, 150, 300]
    const time = pulses.map((pulse) => 7 + pulse / 4)
    const timing = { ...three, timestamps: 'time', tick: 0.25 }
    expect(counters(timing, null, { time: time.filter((_, i) => i !== 6) })).toEqual([1, 2, 100, 101, 102, 201, 300])
    const alone = counters({ ...timing, pulses: 3 }, null, { time: [7, 7.25, 7.5, 32, 40, 57] })
    expect(alone).toEqual([0, 1, 2, 100, Number.NaN, 200])
  })
})

describe('what cannot be', () => {
  const vars = { time: [1.7e9, 1.7e9 + 1], train: [1, 1.5], pulse: [0, 3], ones: [1, 1] }
  const wrong: [TimingConfig, string][] = [
    [
      { ...three, train: 'ones', pulse: 'pulse' },
      'dataset.vars.pulse holds pulse 3 at event 1, but timing.pulses is 3',
    ],
    [
      { ...three, train: 'train', pulse: 'ones' },
      'dataset.vars.train holds 1.5 at event 1, but timing.train needs whole',
    ],
    [
      { ...three, train: 'x', pulse: 'pulse' },
      "timing.train names the variable 'x', but the dataset has only time, train",
    ],
    [
      { timestamps: 'time', tick: 2.2e-7 },
      'known to 2.384185791015625e-7 only, not to 0.1 of timing.tick 2.2e-7; subtract',
    ],
  ]
  it.each(wrong)('%j', (timing, words) => {
    expect(() => counters(timing, null, vars)).toThrow(words)
  })
})
