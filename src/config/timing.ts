// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The `timing` key: checked, filled in; null where nothing is asked for. */
import type { Trains } from '../buffers/trains.js'
import { ConfigError } from '../errors.js'
import type { TimingSpec } from '../roles/timing/spec.js'
import { parseRanges } from './helpers/ranges.js'
import { checkKnown, checkValues } from './schema/check.js'
import { timingFields } from './schema/timing.js'
import type { TimingConfig } from './types.js'

const key = 'systemParams.timing'

type Checked = Required<TimingConfig>

/** Throws ConfigError for an unknown key, a value out of range, or keys that need or exclude another one. */
export function resolveTiming(given: unknown): TimingSpec | null {
  const values = given as Record<string, unknown>
  checkKnown(values, Object.keys(timingFields), key)
  const checked = checkValues(values, timingFields, key) as unknown as Checked
  const { train, pulse, timestamps, tick, tolerance, drop } = checked
  requireBoth(checked, 'pulses', 'period', 'a train has both')
  requireBoth(checked, 'train', 'pulse', 'an event has both')
  requireBoth(checked, 'timestamps', 'tick', 'stamps become counters by dividing them by it')
  if (train !== null && timestamps !== null) {
    throw new ConfigError(`${key} has both train and timestamps, which each make counters; keep one of them`, { key })
  }
  const trains = trainsOf(checked)
  for (const name of ['train', 'drop'] as const) {
    if (trains !== null || checked[name] === null) continue
    throw new ConfigError(`${key}.${name} needs ${key}.pulses and period, which say what a train is`, { key })
  }
  const stamps = timestamps === null ? null : { name: timestamps, tick: tick as number, tolerance }
  if (trains === null && stamps === null) return null
  const names = train === null ? null : { train, pulse: pulse as string }
  return { trains, drop: droppedPulses(drop, trains), names, stamps }
}

function requireBoth(checked: Checked, a: keyof Checked, b: keyof Checked, why: string): void {
  if ((checked[a] === null) === (checked[b] === null)) return
  const [there, missing] = checked[a] === null ? [b, a] : [a, b]
  throw new ConfigError(`${key}.${there} is given, but ${key}.${missing} is not; ${why}`, { key: `${key}.${missing}` })
}

function trainsOf({ pulses, period }: Checked): Trains | null {
  if (pulses === null || period === null) return null
  if (period >= pulses) return { pulses, period }
  throw new ConfigError(
    `${key}.period is ${period}, which is shorter than a train of ${pulses} pulses; give the ticks from train to train`,
    {
      key: `${key}.period`,
    },
  )
}

function droppedPulses(drop: Checked['drop'], trains: Trains | null): TimingSpec['drop'] {
  const ranges = parseRanges(drop, `${key}.drop`)
  const count = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0)
  const largest = ranges.at(-1)?.[1] ?? -1
  if (trains === null || (largest < trains.pulses && count < trains.pulses)) return ranges
  const what = largest >= trains.pulses ? `holds pulse ${largest}` : 'leaves no pulse'
  throw new ConfigError(`${key}.drop ${what}, but a train has the pulses 0 to ${trains.pulses - 1}`, {
    key: `${key}.drop`,
  })
}
