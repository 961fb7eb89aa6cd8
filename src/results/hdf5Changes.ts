// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `/system/changed`: the fraction of all values that calibration and thresholds have changed, by the key of the configuration. */
import type { ResultGroup } from '../correlators/resultGroup.js'
import { type Change, type ChangeName, changedFractionMost } from '../roles/changes.js'

const definitions: Readonly<Record<ChangeName, readonly [units: string, definition: string]>> = {
  lld: ['values', 'values of frames that lld made 0, or that hold another number of photons because of it'],
  commonMode: ['lines', 'lines of frames without a common mode, which stayed as they are'],
  notzero: ['values', 'values of used elements in correlated events that were below notzero and raised to it'],
  saturatedValue: ['values', 'values of used elements in correlated events that reach saturatedValue'],
}

/** One group per key that was given, with `fraction = changed / of`. Analyses are added up. */
export function writeChanges(group: ResultGroup, changes: readonly Change[]): void {
  group.attributes({ long_name: 'what calibration and thresholds have changed' })
  for (const { name, changed, of } of changes) {
    const [units, definition] = definitions[name]
    const own = group.group(name)
    own.attributes({ definition })
    own.dataset('fraction', changed / of, {
      attributes: { units: '1', long_name: 'changed / of', warning_above: changedFractionMost },
    })
    own.dataset('changed', BigInt(changed), { attributes: { units, long_name: definition } })
    own.dataset('of', BigInt(of), { attributes: { units, long_name: `all ${units} that were looked at` } })
  }
}
