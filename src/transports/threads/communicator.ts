// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The `Communicator` of the threads transport: translates between ranks of one communicator and the mesh's world ranks.
 *
 * Every collective takes one *turn* at the moment of its call, so that calls may be pending side by side and mixed with
 * point-to-point messages. A collective that its signal cancels has used its turn: what arrives for it later is dropped and
 * its leases are released. A cancelled `recv` or `lend` loses nothing.
 */
import { RunError } from '../../errors.js'
import type { Communicator, LentBuffer, Received, Scatter, Slice, Wait } from '../../roles/communicator.js'
import type { Message } from '../../roles/messages.js'
import { LentSlab } from './lentSlab.js'
import { emptyLease, type Box, type Contribution, type Mesh } from './mesh.js'
import type { SlabPool } from './slabs.js'
import type { BulkRange, CollectivePayload, SignUp } from './wire.js'

type Bulk = { buffer: LentBuffer; length: number }

export class ThreadCommunicator implements Communicator {
  readonly name: string
  readonly rank: number
  readonly size: number
  /** The same on all ranks: the parent's id, the turn of the split and the color. */
  readonly #id: string
  readonly #mesh: Mesh
  /** World rank of each rank. */
  readonly #members: readonly number[]
  readonly #box: Box
  readonly #pool: SlabPool
  #turn = 0

  constructor(mesh: Mesh, name: string, id: string, members: readonly number[]) {
    this.name = name
    this.rank = members.indexOf(mesh.rank)
    this.size = members.length
    this.#id = id
    this.#mesh = mesh
    this.#members = members
    this.#box = mesh.box(id)
    this.#pool = mesh.newPool()
  }

  async send(to: number, message: Message, bulk?: Bulk, wait?: Wait): Promise<void> {
    this.#check(wait)
    const target = this.#worldRank(to)
    const lent = bulk === undefined ? null : LentSlab.of(bulk.buffer)
    const slices = bulk === undefined ? [] : [{ offset: 0, length: bulk.length }]
    lent?.checkSlices(slices)
    if (target === this.#mesh.rank) this.#sendToSelf(message, lent, slices)
    else this.#post(target, lent, slices[0], (range) => ({ kind: 'message', comm: this.#id, message, bulk: range }))
    lent?.sent()
    await this.#mesh.breathe()
  }

  async recv(from: number | 'any', wait?: Wait): Promise<Received> {
    this.#check(wait)
    const sender = from === 'any' ? from : this.#worldRank(from)
    const arrival = await this.#box.mailbox.take(sender, wait?.signal)
    return { from: this.#members.indexOf(arrival.from), ...arrival.item }
  }

  async bcast(root: number, message?: Message, wait?: Wait): Promise<Message> {
    const turn = this.#begin(root, wait)
    const call = `bcast from rank ${root}`
    if (this.rank !== root) return asMessage((await this.#collect(turn, call, root, wait)).payload)
    if (message === undefined) throw new TypeError('the root of a bcast must give a message')
    for (const to of this.#others()) this.#contribute(turn, call, to, message)
    await this.#mesh.breathe()
    return message
  }

  async scatterv(root: number, parts?: Scatter, wait?: Wait): Promise<Received> {
    const turn = this.#begin(root, wait)
    const call = `scatterv from rank ${root}`
    if (this.rank !== root) return received(root, await this.#collect(turn, call, root, wait))
    if (parts === undefined) throw new TypeError('the root of a scatterv must give a buffer and slices')
    const lent = LentSlab.of(parts.buffer)
    if (parts.slices.length !== this.size)
      throw new RangeError(`scatterv over ${this.size} ranks needs ${this.size} slices, got ${parts.slices.length}`)
    lent.checkSlices(parts.slices)
    for (const to of this.#others()) this.#contribute(turn, call, to, parts.message, lent, parts.slices[to])
    lent.sent()
    await this.#mesh.breathe()
    return { from: root, message: parts.message, bulk: emptyLease() }
  }

  async gatherv(root: number, message: Message, bulk?: Bulk, wait?: Wait): Promise<Received[] | null> {
    const turn = this.#begin(root, wait)
    const call = `gatherv to rank ${root}`
    const lent = bulk === undefined ? null : LentSlab.of(bulk.buffer)
    const slices = bulk === undefined ? [] : [{ offset: 0, length: bulk.length }]
    lent?.checkSlices(slices)
    if (this.rank === root) {
      const own = lent === null ? null : this.#mesh.ownLease(lent.slab, 0, bulk?.length ?? 0)
      lent?.sent()
      return this.#collectAll(turn, call, { from: root, message, bulk: own }, wait)
    }
    this.#contribute(turn, call, root, message, lent, slices[0])
    lent?.sent()
    await this.#mesh.breathe()
    return null
  }

  async barrier(wait?: Wait): Promise<void> {
    const turn = this.#begin(0, wait)
    if (this.rank !== 0) {
      this.#contribute(turn, 'barrier', 0, null)
      await this.#collect(turn, 'barrier', 0, wait)
      return
    }
    await Promise.all(this.#others().map((from) => this.#collect(turn, 'barrier', from, wait)))
    for (const to of this.#others()) this.#contribute(turn, 'barrier', to, null)
  }

  async split(name: string, color: number | null, key: number, wait?: Wait): Promise<Communicator | null> {
    const turn = this.#begin(0, wait)
    const list = await this.#signUp(turn, { name, color, key }, wait)
    if (color === null) return null
    const chosen = list.map((entry, rank) => ({ ...entry, rank })).filter((entry) => entry.color === color)
    const stranger = chosen.find((entry) => entry.name !== name)
    if (stranger !== undefined)
      throw new RunError(
        `rank ${stranger.rank} splits color ${color} as "${stranger.name}", rank ${this.rank} as "${name}"`,
      )
    chosen.sort((a, b) => a.key - b.key || a.rank - b.rank)
    const members = chosen.map((entry) => this.#worldRank(entry.rank))
    return new ThreadCommunicator(this.#mesh, name, `${this.#id}/${turn}:${color}`, members)
  }

  async lend(bytes: number, wait?: Wait): Promise<LentBuffer> {
    this.#check(wait)
    if (!Number.isSafeInteger(bytes) || bytes < 0) throw new RangeError(`cannot lend ${bytes} bytes`)
    return new LentSlab(await this.#pool.lend(bytes, wait?.signal), bytes)
  }

  abort(reason: unknown): void {
    this.#mesh.abort(reason)
  }

  #check(wait: Wait | undefined): void {
    if (this.#mesh.aborted !== null) throw this.#mesh.aborted.reason
    wait?.signal?.throwIfAborted()
  }

  #worldRank(rank: number): number {
    const found = this.#members[rank]
    if (found === undefined) throw new RangeError(`rank ${rank} is outside 0..${this.size - 1} of "${this.name}"`)
    return found
  }

  #others(): number[] {
    return this.#members.map((_, rank) => rank).filter((rank) => rank !== this.rank)
  }

  #begin(root: number, wait: Wait | undefined): number {
    this.#check(wait)
    this.#worldRank(root)
    return this.#turn++
  }

  #sendToSelf(message: Message, lent: LentSlab | null, slices: readonly Slice[]): void {
    const copy = structuredClone(message)
    const bulk = lent === null ? null : this.#mesh.ownLease(lent.slab, 0, slices[0]?.length ?? 0)
    this.#box.mailbox.deliver(this.#mesh.rank, { message: copy, bulk })
  }

  #contribute(
    turn: number,
    call: string,
    to: number,
    payload: CollectivePayload,
    lent: LentSlab | null = null,
    slice?: Slice,
  ): void {
    this.#post(this.#worldRank(to), lent, slice, (bulk) => ({
      kind: 'collective',
      comm: this.#id,
      turn,
      call,
      payload,
      bulk,
    }))
  }

  #post(
    target: number,
    lent: LentSlab | null,
    slice: Slice | undefined,
    frameOf: (bulk: BulkRange | null) => Parameters<Mesh['post']>[1],
  ): void {
    const bulk = lent === null || slice === undefined ? null : { slab: lent.slab, ...slice }
    const range = bulk === null ? null : this.#mesh.range(bulk.slab, target, bulk.offset, bulk.length)
    this.#mesh.post(target, frameOf(range))
    if (bulk !== null && bulk.length > 0) this.#mesh.handedOver(bulk.slab, target)
  }

  async #collect(turn: number, call: string, from: number, wait: Wait | undefined): Promise<Contribution> {
    const contribution = await this.#box.turns.take(turn, this.#worldRank(from), wait?.signal)
    if (contribution.call === call) return contribution
    contribution.bulk?.release()
    throw new RunError(
      `collective ${turn} of "${this.name}" is a ${call} on rank ${this.rank} but a ${contribution.call} on rank ${from}`,
    )
  }

  /** The contributions of all ranks, the own one in its place; gives back every lease when one is missing. */
  async #collectAll(turn: number, call: string, own: Received, wait: Wait | undefined): Promise<Received[]> {
    const pending = this.#members.map(async (_, from) =>
      from === this.rank ? own : received(from, await this.#collect(turn, call, from, wait)),
    )
    const settled = await Promise.allSettled(pending)
    const failure = settled.find((one) => one.status === 'rejected')
    const arrived = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
    if (failure === undefined) return arrived
    for (const { bulk } of arrived) bulk?.release()
    throw failure.reason
  }

  /** Everybody's entry, by rank. */
  async #signUp(turn: number, own: SignUp, wait: Wait | undefined): Promise<readonly SignUp[]> {
    if (this.rank !== 0) {
      this.#contribute(turn, 'split', 0, own)
      return (await this.#collect(turn, 'split', 0, wait)).payload as readonly SignUp[]
    }
    const others = this.#others().map((from) => this.#collect(turn, 'split', from, wait))
    const list = [own, ...(await Promise.all(others)).map(({ payload }) => payload as SignUp)]
    for (const to of this.#others()) this.#contribute(turn, 'split', to, list)
    return list
  }
}

function asMessage(payload: CollectivePayload): Message {
  return payload as Message
}

function received(from: number, { payload, bulk }: Contribution): Received {
  return { from, message: asMessage(payload), bulk }
}
