// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What the ranks of the contract do, for any transport: `scenario(world, args)` gives plain JSON that `contract.ts` judges.
 * Plain JavaScript, importing nothing of ours, so that threads and processes run it without a loader.
 */
import { setTimeout as sleep } from 'node:timers/promises'

const ping = (value) => ({ kind: 'ping', value })
const valueOf = (received) => received.message.value

/** The byte at position i of a payload with this seed. */
const byteAt = (seed, i) => (seed * 31 + i * 7 + (i >> 8)) & 255
const fill = (bytes, seed) => {
  for (let i = 0; i < bytes.length; i++) bytes[i] = byteAt(seed, i)
}
const intact = (view, seed) => view.every((value, i) => value === byteAt(seed, i))

async function lendFilled(world, length, seed, wait) {
  const buffer = await world.lend(length, wait)
  fill(buffer.bytes, seed)
  return buffer
}

const reasonOf = async (promise) => {
  try {
    await promise
    return 'resolved'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** 'settled' or 'waiting' after `milliseconds`. */
const stateAfter = (promise, milliseconds) =>
  Promise.race([promise.then(() => 'settled'), sleep(milliseconds).then(() => 'waiting')])

async function orderPerSender(world, { count }) {
  if (world.rank !== 0) {
    for (let i = 0; i < count; i++) await world.send(0, ping(i))
    return null
  }
  const next = new Array(world.size).fill(0)
  let disorder = 0
  for (let i = 0; i < count * (world.size - 1); i++) {
    const received = await world.recv('any')
    if (valueOf(received) !== next[received.from]++) disorder++
  }
  return { next, disorder }
}

/** recv from chosen senders while the others' messages lie in the queue; self-sends; several recv at once. */
async function pointToPoint(world) {
  const { rank, size } = world
  for (let to = 0; to < size; to++)
    for (let i = 0; i < 3; i++) await world.send(to, ping(100 * rank + i))
  await world.barrier()
  const values = []
  for (let from = size - 1; from >= 0; from--) {
    const three = await Promise.all([world.recv(from), world.recv(from), world.recv(from)])
    values.push(...three.map((received) => [received.from, valueOf(received), received.bulk]))
  }
  return values
}

/** Waiters of several kinds are served in the order of their calls. */
async function concurrentReceivers(world) {
  const { rank, size } = world
  if (rank !== 0) {
    await world.barrier()
    for (let i = 0; i < 2; i++) await world.send(0, ping(10 * rank + i))
    return null
  }
  const special = world.recv(size - 1)
  const anyone = Array.from({ length: 2 * (size - 1) - 1 }, () => world.recv('any'))
  await world.barrier()
  const last = await special
  const others = await Promise.all(anyone)
  return { special: [last.from, valueOf(last)], others: others.map((received) => [received.from, valueOf(received)]) }
}

/** One sender floods, the others send one message each: those must not wait behind the flood. */
async function fairness(world, { flood }) {
  if (world.rank === 1) for (let i = 0; i < flood; i++) await world.send(0, ping(i))
  else if (world.rank > 1) await world.send(0, ping(-1))
  await world.barrier()
  if (world.rank !== 0) return null
  const position = {}
  for (let i = 0; i < flood + world.size - 2; i++) {
    const { from } = await world.recv('any')
    position[from] ??= i
  }
  return position
}

/** Messages are values: what the sender does to its arrays afterwards does not reach the receiver, itself included. */
async function messagesAreValues(world) {
  const data = new Float64Array([1.5, Number.NaN, -0, 2 ** 53])
  for (let to = 0; to < world.size; to++) await world.send(to, { kind: 'ping', value: world.rank, data })
  data.fill(99)
  const seen = []
  for (let from = 0; from < world.size; from++) {
    const { message } = await world.recv(from)
    seen.push([message.value, message.data.constructor.name, ...Array.from(message.data, String)])
  }
  return seen
}

async function collectives(world) {
  const { rank, size } = world
  const roots = []
  for (let root = 0; root < size; root++) {
    const told = await world.bcast(root, rank === root ? ping(1000 + root) : undefined)
    const gathered = await world.gatherv(root, ping(rank * rank))
    await world.barrier()
    roots.push([told.value, gathered && gathered.map((one) => [one.from, valueOf(one), one.bulk])])
  }
  return roots
}

/** Every root scatters uneven slices, some empty; rank r of root q gets (q + r) % 3 * 1000 + r bytes unless that is "empty". */
const shareBytes = (root, rank) => ((root + rank) % 3 === 0 ? 0 : ((root + rank) % 3) * 1000 + rank)

async function unevenShares(world) {
  const { rank, size } = world
  const seen = []
  for (let root = 0; root < size; root++) {
    const parts = rank === root ? await unevenParts(world, root) : undefined
    const { from, message, bulk } = await world.scatterv(root, parts)
    const expected = rank === root ? 0 : shareBytes(root, rank)
    const good = bulk.view.byteLength === expected && intact(bulk.view, root * 100 + rank)
    bulk.release()
    seen.push([from, message.value, good])
  }
  return { seen, size }
}

async function unevenParts(world, root) {
  const slices = []
  let offset = 0
  for (let rank = 0; rank < world.size; rank++) {
    const length = rank === root ? 0 : shareBytes(root, rank)
    slices.push({ offset, length })
    offset += Math.ceil(length / 64) * 64
  }
  const buffer = await world.lend(offset)
  slices.forEach(({ offset: start, length }, rank) => fill(buffer.bytes.subarray(start, start + length), root * 100 + rank))
  return { message: ping(root), buffer, slices }
}

/** Contributions by rank modulo 4: none, empty, small, large. */
async function unevenContributions(world) {
  const seen = []
  for (let root = 0; root < world.size; root++) {
    const length = [null, 0, 5 + world.rank, 100_000 + world.rank][(root + world.rank) % 4]
    const bulk = length === null ? undefined : { buffer: await lendFilled(world, length + 8, world.rank), length }
    const gathered = await world.gatherv(root, ping(world.rank), bulk)
    if (gathered === null) continue
    for (const one of gathered) {
      seen.push([one.from, valueOf(one), one.bulk && one.bulk.view.byteLength, !one.bulk || intact(one.bulk.view, one.from)])
      one.bulk?.release()
    }
  }
  return seen
}

/** A share of zero for everybody gives the buffer back at once. */
async function onlyEmptyShares(world, { rounds }) {
  const slices = Array.from({ length: world.size }, () => ({ offset: 0, length: 0 }))
  for (let i = 0; i < rounds; i++) {
    const parts = world.rank === 0 ? { message: ping(i), buffer: await world.lend(1000), slices } : undefined
    const { message, bulk } = await world.scatterv(0, parts)
    if (message.value !== i || bulk.view.byteLength !== 0) return i
    bulk.release()
  }
  return rounds
}

/** Collectives that overlap with each other and with point-to-point messages on one communicator. */
async function interleaved(world, { rounds }) {
  const { rank, size } = world
  let wrong = 0
  for (let i = 0; i < rounds; i++) {
    const root = i % size
    const asked = (rank + 1) % size
    const pending = [
      world.bcast(root, rank === root ? ping(i) : undefined).then((message) => message.value === i),
      world.send(asked, ping(1000 + i)).then(() => true),
      world.barrier().then(() => true),
      world.gatherv(root, ping(i + rank)).then((all) => all === null || all.every((one) => valueOf(one) === i + one.from)),
      world.recv((rank + size - 1) % size).then((received) => valueOf(received) === 1000 + i),
      world.bcast(root, rank === root ? ping(-i) : undefined).then((message) => message.value === -i),
    ]
    wrong += (await Promise.all(pending)).filter((good) => !good).length
  }
  return wrong
}

/** Rank 0 sends while rank 1 holds its leases; `granted` counts the lends before the wait. */
async function slowReceiver(world, { buffers, length, slow }) {
  if (world.rank > 1) return null
  if (world.rank === 1) return holdThenRelease(world, buffers)
  let granted = 0
  for (; granted < buffers; granted++) {
    const buffer = await lendFilled(world, length, granted)
    await world.send(1, ping(granted), { buffer, length })
  }
  const started = performance.now()
  const next = world.lend(length)
  const before = await stateAfter(next, slow)
  await world.send(1, ping(-1))
  const buffer = await next
  const waited = performance.now() - started
  const another = await stateAfter(world.lend(length), slow)
  buffer.discard()
  await world.send(1, ping(-2))
  return { granted, before, another, waited }
}

async function holdThenRelease(world, buffers) {
  const held = []
  for (let i = 0; i < buffers; i++) held.push(await world.recv(0))
  await world.recv(0)
  const good = held.every(({ message, bulk }) => intact(bulk.view, message.value))
  held.shift().bulk.release()
  await world.recv(0)
  const still = held.every(({ message, bulk }) => intact(bulk.view, message.value))
  for (const { bulk } of held) bulk.release()
  return { good, still }
}

/** A slow receiver of many blocks: how far the sender ever was ahead, in buffers and in bytes. */
async function ahead(world, { blocks, length, pause }) {
  if (world.rank === 1) {
    for (let i = 0; i < blocks; i++) {
      const { bulk } = await world.recv(0)
      await sleep(pause)
      if (!intact(bulk.view, i & 255)) return i
      await world.send(0, ping(i))
      bulk.release()
    }
    return blocks
  }
  if (world.rank > 1) return null
  let released = 0
  const counting = (async () => {
    for (let i = 0; i < blocks; i++) released = valueOf(await world.recv(1)) + 1
  })()
  let most = 0
  for (let sent = 0; sent < blocks; sent++) {
    const buffer = await lendFilled(world, length, sent & 255)
    most = Math.max(most, sent + 1 - released)
    await world.send(1, ping(sent), { buffer, length })
  }
  await counting
  return { most }
}

/** Bytes, not buffers, are the limit: `fits` buffers of `length` bytes go at a time. */
async function byteLimit(world, { length, oversized }) {
  if (world.rank !== 0) return null
  const held = []
  let next = world.lend(length)
  while ((await stateAfter(next, 100)) === 'settled') {
    held.push(await next)
    next = world.lend(length)
  }
  const granted = held.length
  held.pop().discard()
  held.push(await next)
  const large = world.lend(oversized)
  const largeBefore = await stateAfter(large, 100)
  for (const buffer of held) buffer.discard()
  const size = (await large).bytes.byteLength
  return { granted, largeBefore, size }
}

/** Rank 0 scatters `blocks` blocks through a bounded pool; receivers verify every byte and release late. */
async function recycling(world, { blocks, length }) {
  const { rank, size } = world
  const share = length / size
  const slices = Array.from({ length: size }, (_, i) => ({ offset: i * share, length: share }))
  let bad = 0
  let late = null
  for (let i = 0; i < blocks; i++) {
    const parts =
      rank === 0 ? { message: ping(i), buffer: await lendFilled(world, length, i & 255), slices } : undefined
    const { message, bulk } = await world.scatterv(0, parts)
    if (rank === 0) continue
    if (late !== null) {
      if (!late.bulk.view.every((value, j) => value === byteAt(late.seed, rank * share + j))) bad++
      late.bulk.release()
    }
    late = { bulk, seed: message.value & 255 }
  }
  late?.bulk.release()
  return bad
}

async function leaseRules(world) {
  if (world.rank === 1) {
    const { bulk } = await world.recv(0)
    bulk.release()
    const twice = await reasonOf(Promise.resolve().then(() => bulk.release()))
    return { twice }
  }
  if (world.rank > 1) return null
  const buffer = await lendFilled(world, 10, 1)
  const outside = await reasonOf(world.send(1, ping(0), { buffer, length: 11 }))
  await world.send(1, ping(0), { buffer, length: 10 })
  const again = await reasonOf(world.send(1, ping(0), { buffer, length: 10 }))
  const discarded = await reasonOf(Promise.resolve().then(() => buffer.discard()))
  const negative = await reasonOf(world.lend(-1))
  const nobody = await reasonOf(world.send(world.size, ping(0)))
  const lengths = []
  for (const bytes of [0, 1, 63, 4096, 4097, 100_001]) {
    const lent = await world.lend(bytes)
    lengths.push([lent.bytes.byteLength, lent.bytes.byteOffset % 64])
    lent.discard()
  }
  return { outside, again, discarded, negative, nobody, lengths }
}

/** Bulk to oneself, by send and by gatherv, takes part in the bound of the pool. */
async function toOneself(world, { buffers }) {
  const states = []
  const held = []
  for (let i = 0; i < buffers; i++) {
    const buffer = await lendFilled(world, 1000, i)
    await world.send(world.rank, ping(i), { buffer, length: 1000 })
    held.push(await world.recv(world.rank))
  }
  const next = world.lend(1000)
  states.push(await stateAfter(next, 50))
  const good = held.every(({ message, bulk }) => intact(bulk.view, message.value))
  for (const { bulk } of held) bulk.release()
  ;(await next).discard()
  return { states, good }
}

/** All ranks wait in different calls; rank `by` aborts. */
async function abortPending(world, { by, buffers }) {
  const sub = await world.split('pair', world.rank % 2, 0)
  const held = []
  for (let i = 0; i < buffers; i++) held.push(await world.lend(1000))
  const pending = [
    reasonOf(world.recv('any')),
    reasonOf(world.recv((world.rank + 1) % world.size)),
    reasonOf(world.lend(1000)),
    reasonOf(sub.recv('any')),
    reasonOf(world.rank === by ? sub.recv(0) : world.bcast(by)),
    reasonOf(world.rank === by ? sub.recv(0) : world.scatterv(by)),
    reasonOf(world.rank === by ? world.recv(by) : world.barrier()),
  ]
  await sleep(50)
  if (world.rank === by) world.abort(new Error('the reason'))
  const reasons = await Promise.all(pending)
  reasons.push(await reasonOf(world.recv('any')), await reasonOf(world.lend(1)), await reasonOf(sub.send(0, ping(1))))
  reasons.push(await reasonOf(world.gatherv(0, ping(1))), await reasonOf(world.split('x', 0, 0)))
  for (const buffer of held) buffer.discard()
  return reasons
}

async function leaseAfterAbort(world) {
  if (world.rank > 1) return reasonOf(world.recv('any'))
  if (world.rank === 0) {
    const buffer = await lendFilled(world, 100, 5)
    await world.send(1, ping(1), { buffer, length: 100 })
    return reasonOf(world.recv(1))
  }
  const { bulk } = await world.recv(0)
  world.abort('enough')
  const good = intact(bulk.view, 5)
  bulk.release()
  return good
}

/** A block header with its bulk, dense (uint16) and as events (tick, element, value), through scatterv. */
async function blocks(world) {
  const { rank, size } = world
  const seen = []
  for (const form of ['dense', 'events']) {
    const parts = rank === 0 ? await blockParts(world, form) : undefined
    const { message, bulk } = await world.scatterv(0, parts)
    seen.push([message, Array.from(typed(form, bulk.view))])
    bulk.release()
  }
  return { seen, size }
}

const typed = (form, view) => {
  const Type = form === 'dense' ? Uint16Array : Float32Array
  return new Type(view.buffer, view.byteOffset, view.byteLength / Type.BYTES_PER_ELEMENT)
}

async function blockParts(world, form) {
  const lengths = Array.from({ length: world.size }, (_, rank) => (rank === 0 ? 0 : 3 * rank))
  const bytesPerValue = form === 'dense' ? 2 : 4
  const slices = lengths.map((length, rank) => ({ offset: 64 * rank, length: length * bytesPerValue }))
  const buffer = await world.lend(64 * world.size * 2)
  slices.forEach(({ offset, length }, rank) => {
    const values = typed(form, buffer.bytes.subarray(offset, offset + length))
    values.forEach((_, i) => {
      values[i] = form === 'dense' ? 60_000 + 100 * rank + i : rank + i / 8
    })
  })
  const dtype = form === 'dense' ? 'uint16' : 'float32'
  return { message: { kind: 'block', server: 2, block: 7, form, events: 3, dtype, lengths }, buffer, slices }
}

/** Sub-communicators: ranks by key, null for ranks without color, no mixing of messages, pending calls beside each other. */
async function splits(world) {
  const { rank, size } = world
  const half = await world.split('half', rank % 2, -rank)
  const some = await world.split('some', rank === 0 ? null : 3, rank)
  const nested = await half.split('nested', 0, 0)
  const order = (await half.gatherv(0, ping(rank)))?.map(valueOf) ?? null
  const waiting = world.recv('any')
  const alone = some === null ? null : (await some.bcast(0, some.rank === 0 ? ping(rank) : undefined)).value
  const told = await half.bcast(half.size - 1, half.rank === half.size - 1 ? ping(rank) : undefined)
  await nested.send(nested.rank, ping(50 + rank))
  const own = valueOf(await nested.recv('any'))
  const state = await stateAfter(waiting, 30)
  await world.barrier()
  await world.send((rank + 1) % size, ping(rank))
  const late = valueOf(await waiting)
  const shape = [half.name, half.rank, half.size, some && [some.name, some.rank, some.size]]
  return { shape, order, alone, told: told.value, own, state, late }
}

/** Back-pressure on one communicator does not stop another. */
async function independentPools(world, { buffers }) {
  const other = await world.split('other', 0, world.rank)
  if (world.rank !== 0) return valueOf(await other.recv(0))
  for (let i = 0; i < buffers; i++) await world.lend(100)
  const stuck = await stateAfter(world.lend(100), 50)
  for (let to = 1; to < other.size; to++) {
    const buffer = await other.lend(100)
    await other.send(to, ping(7), { buffer, length: 100 })
  }
  return stuck
}

async function signals(world, { buffers }) {
  const { rank } = world
  if (rank > 1) return world.barrier().then(() => null)
  if (rank === 1) {
    await world.barrier()
    for (let i = 0; i < 3; i++) await world.send(0, ping(i))
    return null
  }
  const control = new AbortController()
  const cancelled = [world.recv(1, { signal: control.signal }), world.recv('any', { signal: control.signal })].map(reasonOf)
  const kept = world.recv('any')
  control.abort(new Error('changed my mind'))
  const reasons = await Promise.all(cancelled)
  reasons.push(await reasonOf(world.recv(1, { signal: control.signal })))
  reasons.push(await reasonOf(world.lend(10, { signal: control.signal })))
  await world.barrier()
  const values = [valueOf(await kept), valueOf(await world.recv(1)), valueOf(await world.recv('any'))]
  return { reasons, values, lends: await cancelledLends(world, buffers) }
}

/** A cancelled lend leaves the line; the next one in line is served. */
async function cancelledLends(world, buffers) {
  const held = []
  for (let i = 0; i < buffers; i++) held.push(await world.lend(10))
  const control = new AbortController()
  const first = reasonOf(world.lend(10, { signal: control.signal }))
  const second = world.lend(20)
  control.abort(new Error('no longer'))
  const reason = await first
  held[0].discard()
  return [reason, (await second).bytes.byteLength]
}

/** A scatterv that its signal cancels: what arrives for it later is dropped, its lease goes back, the next one is in step. */
async function cancelledCollective(world, { buffers }) {
  const { rank, size } = world
  const slices = Array.from({ length: size }, () => ({ offset: 0, length: 100 }))
  const control = new AbortController()
  const early = rank === 0 ? null : reasonOf(world.scatterv(0, undefined, { signal: control.signal }))
  control.abort(new Error('too late for me'))
  const reason = await early
  if (rank !== 0) await world.send(0, ping(1))
  for (let from = 1; rank === 0 && from < size; from++) await world.recv(from)
  if (rank === 0) await world.scatterv(0, { message: ping(1), buffer: await world.lend(100), slices })
  const values = []
  for (let i = 0; i < 2 * buffers; i++) {
    const parts = rank === 0 ? { message: ping(10 + i), buffer: await world.lend(100), slices } : undefined
    const { message, bulk } = await world.scatterv(0, parts)
    values.push(message.value)
    bulk.release()
  }
  return { reason, values }
}

async function bigTransfer(world, { length }) {
  const { rank, size } = world
  if (rank === 0) {
    const buffer = await world.lend(length)
    const words = new Uint32Array(buffer.bytes.buffer, buffer.bytes.byteOffset, length / 4)
    for (let i = 0; i < words.length; i++) words[i] = Math.imul(i, 2654435761)
    const slices = Array.from({ length: size }, (_, to) => ({ offset: 0, length: to === 0 ? 0 : length }))
    await world.scatterv(0, { message: ping(1), buffer, slices })
    return length
  }
  const { bulk } = await world.scatterv(0)
  const words = new Uint32Array(bulk.view.buffer, bulk.view.byteOffset, bulk.view.byteLength / 4)
  let wrong = 0
  for (let i = 0; i < words.length; i++) if (words[i] !== Math.imul(i, 2654435761) >>> 0) wrong++
  bulk.release()
  return [words.length * 4, wrong]
}

/** Ranks that call different collectives, or different roots, are told. */
async function mismatch(world) {
  if (world.rank === 0) return reasonOf(world.gatherv(0, ping(1)))
  await world.send(0, ping(0))
  return reasonOf(world.bcast(1, world.rank === 1 ? ping(1) : undefined))
}

/** While a rank waits, its event loop turns. */
async function loopStaysAlive(world) {
  if (world.rank !== 0) {
    await sleep(300)
    await world.send(0, ping(1))
    return world.barrier()
  }
  let ticks = 0
  const timer = setInterval(() => ticks++, 5)
  for (let from = 1; from < world.size; from++) await world.recv(from)
  clearInterval(timer)
  await world.barrier()
  return ticks
}

/** Everything that was sent before a rank ended arrives. */
async function endsAtOnce(world, { count }) {
  if (world.rank !== 0) {
    const buffer = await lendFilled(world, 5000, world.rank)
    for (let i = 0; i < count; i++) world.send(0, ping(i))
    world.send(0, ping(count), { buffer, length: 5000 })
    return null
  }
  await sleep(200)
  let good = 0
  for (let from = 1; from < world.size; from++) {
    for (let i = 0; i < count; i++) if (valueOf(await world.recv(from)) === i) good++
    const { bulk } = await world.recv(from)
    if (intact(bulk.view, from)) good++
    bulk.release()
  }
  return good
}

export const scenarios = {
  orderPerSender,
  pointToPoint,
  concurrentReceivers,
  fairness,
  messagesAreValues,
  collectives,
  unevenShares,
  unevenContributions,
  onlyEmptyShares,
  interleaved,
  slowReceiver,
  ahead,
  byteLimit,
  recycling,
  leaseRules,
  toOneself,
  abortPending,
  leaseAfterAbort,
  blocks,
  splits,
  independentPools,
  signals,
  cancelledCollective,
  bigTransfer,
  mismatch,
  loopStaysAlive,
  endsAtOnce,
}
