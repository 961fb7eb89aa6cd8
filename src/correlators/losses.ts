// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What each color has lost, by cause: values of single elements, and elements. */
import type { ResultGroup } from './resultGroup.js'

/** Per color. */
export interface Losses {
  /** Values of elements in events that were no valid ones. */
  readonly invalid: Float64Array
  /** Values left out because they were saturated (`saturation: 'event'`). */
  readonly saturatedEvents: Float64Array
  /** Elements that left the color for ever. */
  readonly saturatedElements: Float64Array
  /** Values that there would be without loss: elements times events. */
  readonly of: Float64Array
}

export function noLosses(colors: number): Losses {
  const zeros = (): Float64Array => new Float64Array(colors)
  return { invalid: zeros(), saturatedEvents: zeros(), saturatedElements: zeros(), of: zeros() }
}

/** Add an element of color number `color` that had no value in `holes` of `events`, `saturated` of them by saturation. */
export function addLosses(
  losses: Losses,
  color: number,
  element: { readonly events: number; readonly holes: number; readonly saturated: number; readonly left: boolean },
): void {
  losses.invalid[color] += element.holes - element.saturated
  losses.saturatedEvents[color] += element.saturated
  losses.saturatedElements[color] += element.left ? 1 : 0
  losses.of[color] += element.events
}

export function sumLosses(all: readonly Losses[]): Losses {
  const sums = noLosses(all[0]?.of.length ?? 0)
  for (const losses of all) {
    for (const key of ['invalid', 'saturatedEvents', 'saturatedElements', 'of'] as const) {
      losses[key].forEach((count, color) => {
        sums[key][color] += count
      })
    }
  }
  return sums
}

/** The group `losses` of an update; `colors` = all labels of the analysis. */
export function writeLosses(group: ResultGroup, colors: Int32Array, losses: Losses): void {
  const own = group.group('losses')
  own.attributes({ colors: [...colors] })
  const write = (name: string, values: Float64Array, units: string, what: string): void =>
    own.dataset(name, BigInt64Array.from(values, BigInt), { attributes: { units, long_name: `${what}, per color` } })
  write('invalid', losses.invalid, 'values', 'values of elements in events that were not valid')
  write('saturated_events', losses.saturatedEvents, 'values', 'values left out because they were saturated')
  write('saturated_elements', losses.saturatedElements, 'elements', 'elements that left the color for ever')
  write('of', losses.of, 'values', 'elements times correlated events')
}
