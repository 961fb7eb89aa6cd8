// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The master puts the servers' events in order, decides once what happens to each (stored, late, duplicate, evicted), tells the
 * workers in order lists, and says when an update is due. It never sees a pixel.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { TimeIndex } from '../buffers/timeIndex.js'
import { type Change, sumChanges } from './changes.js'
import type { Communicator } from './communicator.js'
import { chooser, type Head } from './eventOrder.js'
import type { Accounting, LastEvent, Message, Offer, Update } from './messages.js'
import { fateCode, OrderWriter } from './orderWriter.js'
import { Pace } from './pace.js'
import { serverRank, viewerRank, type RankContext, type RankReport } from './plan.js'
import { Stopwatch } from './stopwatch.js'

export async function runMaster(ctx: RankContext): Promise<RankReport> {
  const master = new Master(ctx)
  await master.deliverAll()
  return master.end()
}

class Master {
  readonly #ctx: RankContext
  readonly #workers: Communicator
  readonly #watch = new Stopwatch()
  readonly #index: TimeIndex
  readonly #orders = new OrderWriter()
  readonly #pace: Pace
  readonly #heads: (Head | null)[]
  readonly #finished: boolean[]
  /** In frames of the file. */
  readonly #account = { correlated: 0, late: 0, duplicate: 0, lost: 0 }
  readonly #filtered: Record<string, number> = {}
  /** By server. */
  readonly #changes: (readonly Change[])[] = []
  #lastEvent: LastEvent | null = null
  #lastServer = -1
  #sinceUpdate = 0
  #delivered = 0
  #updates = 0

  constructor(ctx: RankContext) {
    this.#ctx = ctx
    this.#workers = ctx.circles.master as Communicator
    this.#index = new TimeIndex(ctx.plan.times)
    this.#pace = new Pace(this.#workers)
    this.#heads = Array.from({ length: ctx.plan.servers }, () => null)
    this.#finished = Array.from({ length: ctx.plan.servers }, () => false)
  }

  async deliverAll(): Promise<void> {
    if (this.#ctx.plan.order === 'file') await this.#deliverInFileOrder()
    else await this.#deliverMerged()
  }

  /** Blocks of the file lie with the servers in turn. */
  async #deliverInFileOrder(): Promise<void> {
    const { stop, plan } = this.#ctx
    for (let turn = 0; !stop.aborted && !this.#finished[turn % plan.servers]; turn++) {
      const server = turn % plan.servers
      const offer = await this.#nextOffer(server)
      if (offer === null) return
      for (let position = 0; position < offer.counter.length; position++) {
        if (stop.aborted) return
        await this.#deliver(offer, position)
      }
      this.#finishOffer(offer)
    }
  }

  /** Streams: event by event among the servers that have one. */
  async #deliverMerged(): Promise<void> {
    const choose = chooser(this.#ctx.plan.order)
    while (!this.#ctx.stop.aborted) {
      await this.#fillHeads()
      const server = choose(this.#heads, this.#lastServer)
      if (server === null) return
      const { offer, position } = this.#heads[server] as Head
      this.#lastServer = server
      await this.#deliver(offer, position)
      this.#heads[server] = { offer, position: position + 1 }
      this.#dropEmptyHead(server)
    }
  }

  async #fillHeads(): Promise<void> {
    for (const server of this.#heads.keys()) {
      while (this.#heads[server] === null && !this.#finished[server]) {
        const offer = await this.#nextOffer(server)
        if (offer !== null) this.#heads[server] = { offer, position: 0 }
        this.#dropEmptyHead(server)
      }
    }
  }

  #dropEmptyHead(server: number): void {
    const head = this.#heads[server]
    if (head === null || head.position < head.offer.counter.length) return
    this.#heads[server] = null
    this.#finishOffer(head.offer)
  }

  /** The server's next offer, counted; null = it has no more. No order stays behind while there is none. */
  async #nextOffer(server: number): Promise<Offer | null> {
    const coming = this.#received(server)
    // Its failure counts where it is awaited.
    coming.catch(() => {})
    if (!(await isHere(coming))) await this.#flush()
    const message = await this.#watch.wait('waitForServers', () => coming)
    if (message === null) return null
    if (message.kind === 'exhausted') {
      this.#finished[server] = true
      return null
    }
    if (message.kind !== 'offer') throw new Error(`server ${server} sent a '${message.kind}' message to the master`)
    this.#account.lost += message.lost
    this.#changes[server] = message.changes
    return message
  }

  /** The server's next message; null when the run is to stop. */
  async #received(server: number): Promise<Message | null> {
    const { circles, stop } = this.#ctx
    try {
      return (await circles.world.recv(serverRank(server), { signal: stop })).message
    } catch (error) {
      if (stop.aborted) return null
      throw error
    }
  }

  /** Decide about one event; fire an update after every `update` delivered events. */
  async #deliver(offer: Offer, position: number): Promise<void> {
    const counter = offer.counter[position]
    this.#countFiltered(offer, position)
    const { fate, row, evicted } = this.#index.offer(counter)
    this.#orders.add({
      server: offer.server,
      block: offer.block,
      position,
      counter,
      fate: fateCode(fate),
      row,
      evicted,
      monitors: monitorsOf(offer, position),
    })
    this.#account[fate === 'stored' ? 'correlated' : fate] += this.#ctx.plan.selection.average
    if (fate === 'stored' && (this.#lastEvent === null || counter > this.#lastEvent.counter)) {
      const [sec, nsec, fiducials] = offer.id.subarray(3 * position, 3 * position + 3)
      this.#lastEvent = { sec, nsec, fiducials, counter }
    }
    this.#delivered++
    this.#sinceUpdate++
    if (this.#ctx.plan.update > 0 && this.#sinceUpdate === this.#ctx.plan.update) await this.#update(false, true)
    else if (this.#orders.length >= this.#pace.entries) await this.#flush()
  }

  /** Count the dropped events that lie right before the kept event at `position`, so that no block border shows in the numbers. */
  #countFiltered({ filtered }: Offer, position: number): void {
    for (const [name, places] of Object.entries(filtered)) {
      const here = firstAbove(places, position) - firstAbove(places, position - 1)
      if (here > 0) this.#filtered[name] = (this.#filtered[name] ?? 0) + here
    }
  }

  #finishOffer(offer: Offer): void {
    this.#countFiltered(offer, offer.counter.length)
    this.#orders.finish(offer.server, offer.block)
    const { read } = this.#accounting()
    this.#ctx.progress({ kind: 'events', read, delivered: this.#delivered, planned: this.#ctx.plan.numEvents })
  }

  async #flush(): Promise<void> {
    if (this.#orders.empty) return
    const { length } = this.#orders
    await this.#tellWorkers(this.#orders.take())
    await this.#watch.wait('waitForWorkers', () => this.#pace.sent(length))
  }

  async #tellWorkers(message: Message): Promise<void> {
    await this.#watch.wait('tellWorkers', () => this.#workers.bcast(0, message))
  }

  async #update(final: boolean, complete: boolean): Promise<void> {
    await this.#flush()
    // Then at most one update is being written while the next one stands still.
    await this.#watch.wait('waitForWorkers', () => this.#pace.settled())
    this.#sinceUpdate = 0
    const update: Update = {
      kind: 'update',
      number: this.#updates++,
      final,
      complete,
      lastEvent: this.#lastEvent,
      accounting: this.#accounting(),
      changes: sumChanges(this.#changes.filter((of) => of !== undefined)),
    }
    await this.#ctx.circles.world.send(viewerRank, update)
    await this.#tellWorkers(update)
  }

  #accounting(): Accounting {
    const { correlated, late, duplicate, lost } = this.#account
    const filtered = Object.values(this.#filtered).reduce((sum, count) => sum + count, 0)
    return {
      read: correlated + late + duplicate + filtered,
      correlated,
      late,
      duplicate,
      filtered: { ...this.#filtered },
      lost,
    }
  }

  /** The final update, then good-bye to everybody. */
  async end(): Promise<RankReport> {
    const { circles, stop, plan } = this.#ctx
    const complete = !stop.aborted
    if (!complete) {
      for (let server = 0; server < plan.servers; server++) {
        await circles.world.send(serverRank(server), { kind: 'stop', reason: String(stop.reason) })
      }
    }
    await this.#update(true, complete)
    await this.#tellWorkers({ kind: 'end' })
    const timings = this.#watch.timings()
    await circles.world.send(viewerRank, { kind: 'report', role: 'master', timings })
    await circles.world.send(viewerRank, { kind: 'end' })
    if (complete) for (let server = 0; server < plan.servers; server++) await this.#release(server)
    return { timings }
  }

  /** Let a server that is done stop listening. */
  async #release(server: number): Promise<void> {
    await this.#ctx.circles.world.send(serverRank(server), { kind: 'end' })
  }
}

const noMonitors = new Float64Array(0)

function monitorsOf({ monitors, counter }: Offer, position: number): Float64Array {
  if (monitors.length === 0) return noMonitors
  const width = monitors.length / counter.length
  return monitors.subarray(position * width, (position + 1) * width)
}

/** Position of the first of ascending `places` above `place`; their number when there is none. */
function firstAbove(places: Uint16Array, place: number): number {
  let low = 0
  let high = places.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (places[middle] <= place) low = middle + 1
    else high = middle
  }
  return low
}

/** True when `coming` settles within a turn of the event loop. */
async function isHere(coming: Promise<unknown>): Promise<boolean> {
  return Promise.race([coming.then(() => true), turn(false)])
}
