// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import type { TimingSpec } from '../../roles/timing/spec.js'

/** How events get their counters, as `check` prints it; nothing where counters are what they are. */
export function timingText(spec: TimingSpec | null): string[] {
  if (spec === null) return []
  const { trains, drop, names, stamps } = spec
  const from =
    stamps !== null
      ? `counters are whole ticks of ${stamps.tick} of ${stamps.name}, to ${stamps.tolerance} ticks`
      : `train and pulse from ${names === null ? 'counters, which count pulses' : `${names.train} and ${names.pulse}`}`
  const without = drop.map(([first, last]) => (first === last ? `${first}` : `${first}-${last}`)).join(',')
  const lines = [
    from,
    trains === null ? null : `trains of ${trains.pulses} pulses, ${trains.period} ticks apart`,
    without === '' ? null : `without the pulses ${without}`,
  ].filter((line) => line !== null)
  return [`timing   ${lines.join('\n         ')}`, '']
}
