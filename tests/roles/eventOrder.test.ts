// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readNpy } from '../../src/io/npy.js'
import { chooser, type Head } from '../../src/roles/eventOrder.js'
import type { Offer } from '../../src/roles/messages.js'
import type { EventOrder } from '../../src/roles/plan.js'
import { describeWithShared } from '../support/shared.js'

function offer(server: number, counters: readonly number[]): Offer {
  return {
    kind: 'offer',
    server,
    block: 0,
    index: Float64Array.from(counters),
    counter: Float64Array.from(counters),
    id: new Float64Array(3 * counters.length),
    monitors: new Float64Array(0),
    filtered: {},
    lost: 0,
    changes: [],
  }
}

/** The order in which the counters of several servers are delivered. */
function deliver(order: EventOrder, servers: readonly (readonly number[])[]): number[] {
  const heads: (Head | null)[] = servers.map((counters, server) =>
    counters.length === 0 ? null : { offer: offer(server, counters), position: 0 },
  )
  const choose = chooser(order)
  const delivered: number[] = []
  for (let last = -1; ; ) {
    const server = choose(heads, last)
    if (server === null) return delivered
    const { offer: own, position } = heads[server] as Head
    delivered.push(own.counter[position])
    heads[server] = position + 1 < own.counter.length ? { offer: own, position: position + 1 } : null
    last = server
  }
}

describe('event order', () => {
  it('takes servers in turn, and the lowest one after the last one used is finished', () => {
    expect(deliver('roundRobin', [[0, 10], [1, 11, 21], [2]])).toEqual([0, 1, 2, 10, 11, 21])
  })

  it('takes the earliest event, ties to the lower server', () => {
    expect(deliver('earliest', [[5, 7], [1, 7, 9], []])).toEqual([1, 5, 7, 7, 9])
  })
})

describeWithShared('event order of the stored cases', (shared) => {
  it('s_uneven_streams_rr: round robin gives the arrival order that the original recorded', async () => {
    const folder = join(shared, 'reference', 'parcorana', 's_uneven_streams_rr')
    const times = (await readNpy(join(folder, 'times.npy'))).data
    const streams = (await readNpy(join(folder, 'streams.npy'))).data
    const { arrival_order, numServers } = JSON.parse(readFileSync(join(folder, 'params.json'), 'utf8'))
    const sorted = [...new Set(streams)].sort((a, b) => a - b)
    const servers = Array.from({ length: numServers }, (_, k) =>
      Array.from(times).filter((_, e) => sorted.indexOf(streams[e]) % numServers === k),
    )
    expect(deliver('roundRobin', servers)).toEqual(arrival_order)
  })
})
