// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The filters of the config, applied before a frame is read. */
import type { DetectorEvent } from '../correlators/g2Common.js'
import type { RunPlan } from './plan.js'

/** No event needs to be looked at. */
export const refusesNothing = ({
  badEvents,
  filters,
  monitors,
}: Pick<RunPlan, 'badEvents' | 'filters' | 'monitors'>): boolean =>
  badEvents.length + filters.length + monitors.length === 0

/** Name of the filter that refuses an event (`timing`, `badEvents`, or the name of the variable or monitor), null = the event passes. */
export function eventFilter({ badEvents, filters, monitors }: RunPlan): (event: DetectorEvent) => string | null {
  return (event) => {
    if (Number.isNaN(event.counter)) return 'timing'
    if (badEvents.some(([first, last]) => event.index >= first && event.index <= last)) return 'badEvents'
    for (const filter of filters) {
      const value = event.get(filter.var)
      if (value === undefined || !(value >= filter.min && value <= filter.max)) return filter.var
    }
    // Its pairs could not be weighed.
    return monitors.find((name) => !Number.isFinite(event.get(name))) ?? null
  }
}
