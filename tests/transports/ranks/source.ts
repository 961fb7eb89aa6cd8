// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A rank entry in TypeScript, on the source tree: adds up the tasks of all ranks. */
import { type RankTask, runRank } from '../../../src/transports/threads/rank.js'

export default (rankTask: RankTask) =>
  runRank(rankTask, async (world, mine: number) => {
    let sum = 0
    const all = await world.gatherv(0, { kind: 'ping', value: mine })
    for (const { message } of all ?? []) if (message.kind === 'ping') sum += message.value
    const told = await world.bcast(0, world.rank === 0 ? { kind: 'ping', value: sum } : undefined)
    return told.kind === 'ping' ? told.value : null
  })
