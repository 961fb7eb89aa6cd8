// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The viewer's requests to frozen workers, one at a time, and the arrays put together from their shares. */
import type { LazyArrays } from '../correlators/resultGroup.js'
import { addNodes, exactLevel, type TreeNode } from '../correlators/light.js'
import { addSlots, slotRows } from '../correlators/labelSlots.js'
import type { TwoTimeRequest } from '../correlators/twoTime/part.js'
import type { LabelTable } from '../correlators/normalizations.js'
import type { Received } from './communicator.js'
import type { Message, PulledArray } from './messages.js'
import { DelayArrays } from './delayArrays.js'
import { elementsWithin } from './elementsWithin.js'
import type { RunPlan } from './plan.js'
import type { Tenths } from './quality/drift.js'
import type { WorkerMail } from './workerMail.js'

export class Gatherer {
  readonly #mail: WorkerMail
  readonly #plan: RunPlan
  readonly #columns: Map<string, Float64Array>
  #thawed = false
  /** Requests queue here, so that a user may ask for several arrays at once. */
  #turn: Promise<unknown> = Promise.resolve()

  /** `columns` outlive the update: see `mean` and `tenths`. */
  constructor(mail: WorkerMail, plan: RunPlan, columns = new Map<string, Float64Array>()) {
    this.#mail = mail
    this.#plan = plan
    this.#columns = columns
  }

  /** Per-element values of all workers, in element order. */
  async elements(
    analysis: number,
    array: PulledArray,
    out: Float64Array = new Float64Array(this.#plan.partition.elements.length),
  ): Promise<Float64Array> {
    await this.#ask({ kind: 'pull', analysis, array }, (worker, share) => {
      out.set(floats(share), this.#plan.partition.shares[worker].first)
    })
    return out
  }

  /** The same in an array that the next update fills again. */
  mean(analysis: number): Promise<Float64Array> {
    return this.elements(analysis, 'mean', this.#column(`${analysis} mean`))
  }

  /** Events `from <= k < to` of those that the workers kept, in element order. */
  samples(analysis: number, from: number, to: number): Promise<Float64Array[]> {
    return this.#rows(analysis, { from, to }, to - from)
  }

  /** `count` arrays of one request, in element order. */
  async #rows(analysis: number, array: PulledArray, count: number): Promise<Float64Array[]> {
    const { elements, shares } = this.#plan.partition
    const rows = Array.from({ length: count }, () => new Float64Array(elements.length))
    await this.#ask({ kind: 'pull', analysis, array }, (worker, share) => {
      const { first, count: own } = shares[worker]
      const values = floats(share)
      for (const [k, row] of rows.entries()) row.set(values.subarray(k * own, (k + 1) * own), first)
    })
    return rows
  }

  /** Means over the first and the last part of the run, in arrays that the next update fills again; `only` = of these elements, ascending. */
  async tenths(analysis: number, only: Int32Array | null): Promise<Tenths> {
    const [first, last] = [this.#column(`${analysis} first`), this.#column(`${analysis} last`)]
    const { shares } = this.#plan.partition
    await this.#ask({ kind: 'tenths', analysis, only }, (worker, share) => {
      const values = floats(share)
      const own = only === null ? null : elementsWithin(only, shares[worker])
      const half = values.length / 2
      place(values.subarray(0, half), own, shares[worker].first, first)
      place(values.subarray(half), own, shares[worker].first, last)
    })
    return { first, last }
  }

  #column(key: string): Float64Array {
    const column = this.#columns.get(key) ?? new Float64Array(this.#plan.partition.elements.length)
    this.#columns.set(key, column)
    return column
  }

  /** Add up a reduction's slots in tile order, into [range][table rows][width]. */
  async labels(
    request: Message & { from: number; to: number },
    table: LabelTable,
    width: number,
  ): Promise<Float64Array> {
    const rows = table.labels.length * width
    const out = new Float64Array((request.to - request.from) * rows)
    await this.#ask(request, (_, share) => {
      if (share.message.kind !== 'share' || share.message.labels === null) throw new Error('a worker sent no labels')
      const { labels } = share.message
      const rowOf = slotRows(table.rowOf, labels)
      const values = floats(share)
      for (let d = 0; d < request.to - request.from; d++) {
        const from = d * labels.length * width
        addSlots(
          rowOf,
          values.subarray(from, from + labels.length * width),
          width,
          out.subarray(d * rows, (d + 1) * rows),
        )
      }
    })
    return out
  }

  /** Two-time sums of all workers; null when none has an element or a frame of it. */
  async twoTime(analysis: number, request: TwoTimeRequest): Promise<Float64Array | null> {
    const nodes: TreeNode[] = []
    let exact: Float64Array | null = null
    await this.#ask({ kind: 'twoTime', analysis, request }, (_, share) => {
      const places = share.message.kind === 'share' ? share.message.labels : null
      if (places === null || places.length === 0) return
      const values = floats(share)
      if (places[0] === exactLevel) exact = exact === null ? values.slice() : addedTo(exact, values)
      else nodes.push(...nodesOf(places, values))
    })
    const { elements, tileSize } = this.#plan.partition
    if (nodes.length === 0) return exact
    return addNodes(nodes, Math.ceil(elements.length / tileSize), nodes[0].values.length)
  }

  lazyArrays(analysis: number, names: readonly string[], hasLost: boolean, counts: Float64Array): LazyArrays {
    const { delays } = this.#plan.analyses[analysis]
    const number = (delay: number): number => {
      const index = delays.indexOf(delay)
      if (index < 0) throw new RangeError(`delay ${delay} is not one of this run's delays`)
      return index
    }
    const size = { delays: delays.length, elements: this.#plan.partition.elements.length }
    const rows = new DelayArrays(
      (name, first, count) => this.#rows(analysis, { name, delay: first, delays: count }, count),
      size,
    )
    const sums = (name: string, delay: number): Promise<Float64Array> => {
      if (!names.includes(name)) throw new RangeError(`no array '${name}'; there are: ${names.join(', ')}`)
      this.#requireFrozen()
      return rows.take(name, number(delay))
    }
    const mean = async (name: string, delay: number): Promise<Float64Array> => {
      const values = await sums(name, delay)
      const pairs = counts[number(delay)]
      const lost = hasLost ? await rows.take('lost', number(delay)) : null
      for (let i = 0; i < values.length; i++) {
        const n = lost === null ? pairs : pairs - lost[i]
        values[i] = n === 0 ? 0 : values[i] / n
      }
      return this.onDetector(values)
    }
    return {
      names,
      get: async (name, delay) => this.onDetector(await sums(name, delay)),
      mean,
      release: () => void this.thaw(),
    }
  }

  /** Let the workers go on. */
  async thaw(): Promise<void> {
    if (this.#thawed) return
    this.#thawed = true
    await this.#queue(async () => {
      await this.#mail.orFailure(this.#mail.circle.bcast(0, { kind: 'thaw' }))
    })
  }

  #requireFrozen(): void {
    if (this.#thawed) throw new Error('the arrays of this update were released; ask for them before release()')
  }

  async #ask(request: Message, take: (worker: number, share: Received) => void): Promise<void> {
    this.#requireFrozen()
    await this.#queue(async () => {
      await this.#mail.orFailure(this.#mail.circle.bcast(0, request))
      const shares = await this.#mail.orFailure(this.#mail.circle.gatherv(0, { kind: 'share', labels: null }))
      shares?.slice(1).forEach((share, worker) => {
        take(worker, share)
        share.bulk?.release()
      })
    })
  }

  #queue(body: () => Promise<void>): Promise<void> {
    const turn = this.#turn.then(body)
    this.#turn = turn.catch(() => {})
    return turn
  }

  /** Values per element in detector shape, 0 outside the mask. */
  onDetector(values: Float64Array): Float64Array {
    const { frameSize, elements } = this.#plan.partition
    if (elements.length === frameSize) return values
    const out = new Float64Array(frameSize)
    for (let i = 0; i < elements.length; i++) out[elements[i]] = values[i]
    return out
  }
}

function floats({ bulk }: Received): Float64Array {
  if (bulk === null || bulk.view.length === 0) return new Float64Array(0)
  return new Float64Array(bulk.view.buffer, bulk.view.byteOffset, bulk.view.length / 8)
}

/** Values of the elements `only`, or of all from `first` on. */
function place(values: Float64Array, only: Int32Array | null, first: number, out: Float64Array): void {
  if (only === null) out.set(values, first)
  else for (let k = 0; k < only.length; k++) out[only[k]] = values[k]
}

function addedTo(sum: Float64Array, values: Float64Array): Float64Array {
  for (let i = 0; i < sum.length; i++) sum[i] += values[i]
  return sum
}

/** Nodes at `places` (level, index), copied. */
function nodesOf(places: Int32Array, values: Float64Array): TreeNode[] {
  const size = (2 * values.length) / places.length
  return Array.from({ length: places.length / 2 }, (_, i) => {
    return { level: places[2 * i], index: places[2 * i + 1], values: values.slice(i * size, (i + 1) * size) }
  })
}
