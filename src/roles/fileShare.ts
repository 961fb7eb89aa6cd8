// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which events of the file a server reads, block by block. */
import type { RunPlan } from './plan.js'

/**
 * Without streams: block b of the file belongs to server b mod S. With streams: server k takes the streams at sorted position
 * k, k + S, ... and reads their events in file order. Only the first `numEvents` events of the file count.
 */
export function* serverBlocks(plan: RunPlan, streams: Int32Array | null, server: number): Generator<Int32Array> {
  const { blockEvents, numEvents, servers } = plan
  if (plan.order === 'file' || streams === null) {
    for (let first = server * blockEvents; first < numEvents; first += servers * blockEvents) {
      const length = Math.min(blockEvents, numEvents - first)
      yield Int32Array.from({ length }, (_, i) => first + i)
    }
    return
  }
  const own = ownEvents(streams.subarray(0, numEvents), servers, server)
  for (let first = 0; first < own.length; first += blockEvents) yield own.subarray(first, first + blockEvents)
}

function ownEvents(streams: Int32Array, servers: number, server: number): Int32Array {
  const sorted = [...new Set(streams)].sort((a, b) => a - b)
  const mine = new Set(sorted.filter((_, position) => position % servers === server))
  return Int32Array.from(Array.from(streams.keys()).filter((index) => mine.has(streams[index])))
}
