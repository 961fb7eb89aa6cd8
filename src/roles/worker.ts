// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A worker keeps the rolling buffer of its elements and folds pairs as the master's order lists say. At an update its sums stand
 * still until the viewer has what it wants.
 */
import type { StoredEvents, ValueBlock } from '../kernels/contract.js'
import { unreachable } from '../units.js'
import { BlockInbox } from './blockInbox.js'
import type { Communicator } from './communicator.js'
import { Fate, type Message, type Order } from './messages.js'
import { roleOf, type RankContext, type RankReport } from './plan.js'
import { publishUpdate } from './workerPublish.js'
import { Stopwatch } from './stopwatch.js'
import { WorkerAnalysis } from './workerAnalysis.js'

/** World facts of the source that size a worker's memory. */
export interface WorkerOptions {
  readonly sourceDtype: ValueBlock['dtype']
}

export async function runWorker(ctx: RankContext, options: WorkerOptions): Promise<RankReport> {
  const { plan, circles } = ctx
  const { number } = roleOf(plan, circles.world.rank)
  const share = plan.partition.shares[number]
  const watch = new Stopwatch()
  const analyses: WorkerAnalysis[] = []
  for (const [a, instance] of ctx.instances.entries()) {
    analyses.push(await WorkerAnalysis.open({ plan, analysis: a, instance, share, sourceDtype: options.sourceDtype }))
  }
  const inbox = new BlockInbox(circles.servers as Communicator[], number, share.count)
  const master = circles.master as Communicator
  const viewer = circles.viewer as Communicator
  for (;;) {
    const message: Message = await watch.wait('waitForMaster', () => master.bcast(0))
    if (message.kind === 'end') break
    if (message.kind === 'order') {
      const milliseconds = await follow(message, analyses, inbox, viewer, watch)
      await master.send(0, { kind: 'followed', milliseconds })
    } else if (message.kind === 'update') await publishUpdate(viewer, analyses, watch)
    else unreachable(message as never)
  }
  inbox.close()
  return { timings: watch.timings() }
}

/** Apply one order list: store and fold its events, send the per-event sums, let go of the finished blocks. Returns milliseconds without waiting for blocks, what was put off included. */
async function follow(
  order: Order,
  analyses: readonly WorkerAnalysis[],
  inbox: BlockInbox,
  viewer: Communicator,
  watch: Stopwatch,
): Promise<number> {
  const { stored, sources, monitors } = storedEvents(order)
  const blocks = await watch.wait('waitForBlocks', () =>
    Promise.all(sources.map(([server, block]) => inbox.take(server, block))),
  )
  const owed = () => analyses.reduce((sum, { sums }) => sum + (sums.owed ?? 0), 0)
  const start = performance.now() + owed()
  const duplicates = order.fate.reduce((count, fate) => count + (fate === Fate.duplicate ? 1 : 0), 0)
  for (const analysis of analyses) {
    analysis.sums.noteDuplicates(duplicates)
    const adjusted = watch.run('storeAndFold', () => analysis.insert(stored, blocks))
    await watch.wait('sendLight', () => analysis.sendLight(viewer, adjusted.stored, adjusted.blocks, monitors))
  }
  const milliseconds = Math.max(0, performance.now() - start + owed())
  for (const [server, block] of order.finished) await inbox.release(server, block)
  return milliseconds
}

interface StoredOfList {
  readonly stored: StoredEvents
  readonly sources: [server: number, block: number][]
  /** Of the stored events, `[event * monitors + monitor]`. */
  readonly monitors: Float64Array
}

/** The stored events of a list and the distinct blocks they lie in. */
function storedEvents(order: Order): StoredOfList {
  const at = Array.from(order.fate.keys()).filter((e) => order.fate[e] === Fate.stored)
  const sources: [number, number][] = []
  const numberOf = new Map<string, number>()
  const block = Uint16Array.from(at, (e) => {
    const key = `${order.server[e]}/${order.block[e]}`
    const known = numberOf.get(key)
    if (known !== undefined) return known
    numberOf.set(key, sources.length)
    return sources.push([order.server[e], order.block[e]]) - 1
  })
  const stored = {
    count: at.length,
    counter: Float64Array.from(at, (e) => order.counter[e]),
    evicted: Float64Array.from(at, (e) => order.evicted[e]),
    row: Int32Array.from(at, (e) => order.row[e]),
    block,
    position: Uint16Array.from(at, (e) => order.position[e]),
  }
  const width = order.monitors.length / order.fate.length
  const monitors =
    width > 0
      ? Float64Array.from(at.flatMap((e) => [...order.monitors.subarray(e * width, (e + 1) * width)]))
      : order.monitors
  return { stored, sources, monitors }
}
