// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The publisher of a run without a result file (`h5output: null`): users still get groups to write into; nothing is kept. */
import type { ResultGroup } from '../correlators/resultGroup.js'
import type { Publisher, RunFacts } from '../roles/publisher.js'

export function noFile(): Publisher {
  let analyses = 1
  const groups = (): ResultGroup[] => Array.from({ length: analyses }, () => emptyGroup('/'))
  return {
    async begin(facts: RunFacts) {
      analyses = facts.analyses.length
    },
    userGroups: groups,
    openUpdate: async () => groups(),
    async commit() {},
    finish: async () => null,
    async abandon() {},
  }
}

function emptyGroup(path: string): ResultGroup {
  return {
    path,
    group: (name) => emptyGroup(`${path}${name}/`),
    dataset() {},
    grid: () => ({ write() {} }),
    attributes() {},
  }
}
