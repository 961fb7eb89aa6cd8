// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Rank entry of the threads transport: runs one scenario of the contract, or one of the threads' own. */
import { runRank } from '../../../dist/src/transports/threads/rank.js'
import { scenarios } from '../scenarios.mjs'
import { threadScenarios } from './threadScenarios.mjs'

export default (rankTask) =>
  runRank(rankTask, (world, { scenario, args }, main) => {
    const body = scenarios[scenario] ?? threadScenarios[scenario]
    if (body === undefined) throw new Error(`no scenario "${scenario}"`)
    return body(world, args, main)
  })
