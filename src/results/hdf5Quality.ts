// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The group `quality` of an update: every check with its values, errors and status, by ring or for the run. */
import type { ResultGroup } from '../correlators/resultGroup.js'
import type { Quality } from '../roles/quality/assess.js'
import { statuses, statusOfCheck } from '../roles/quality/judge.js'
import { checkWords, ringChecks } from '../roles/quality/spec.js'

const byRing: readonly string[] = ringChecks

export function writeQuality(group: ResultGroup, { status, colors, checks }: Quality): void {
  group.attributes({ status, long_name: 'what was looked at to say whether this result can be trusted' })
  group.dataset('colors', colors, { attributes: { long_name: 'labels of the rings, in the order of the values' } })
  for (const check of checks) {
    const { units, definition, advice } = checkWords[check.name]
    const [warn, fail] = check.limits
    const own = group.group(check.name)
    own.attributes({
      status: statusOfCheck(check),
      per: byRing.includes(check.name) ? 'ring' : 'run',
      definition,
      advice,
      warn,
      fail,
    })
    own.dataset('value', check.value, { attributes: { units, long_name: definition } })
    own.dataset('error', check.error, { attributes: { units, long_name: 'standard error of value; 0 = exact' } })
    own.dataset(
      'status',
      Uint8Array.from(check.status, (one) => statuses.indexOf(one)),
      {
        attributes: { long_name: statuses.map((name, i) => `${i} = ${name}`).join(', ') },
      },
    )
  }
}
