// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Parts of the MPI transport that need no MPI: who is in a job, who plays what, parcels in pieces, who lives. */
import { describe, expect, it } from 'vitest'
import { mpiEnvironment } from '../../src/transports/mpi/environment.js'
import { Inbox } from '../../src/transports/mpi/inbox.js'
import { bulkTag, type Mover, Outbox } from '../../src/transports/mpi/outbox.js'
import { placeRanks } from '../../src/transports/mpi/placement.js'
import { lostMilliseconds, Pulse } from '../../src/transports/mpi/pulse.js'
import { type BulkIn, Kind, type Parcel } from '../../src/transports/mpi/wire.js'

describe('the environment of a process', () => {
  it.each([
    ['mpiexec of Open MPI', { OMPI_COMM_WORLD_SIZE: '8', OMPI_COMM_WORLD_RANK: '3', PMIX_RANK: '3' }, 8, 3, 'openmpi'],
    ['mpiexec of MPICH', { PMI_SIZE: '4', PMI_RANK: '0' }, 4, 0, 'mpich'],
    ['srun --mpi=pmi2', { PMI_SIZE: '4', PMI_RANK: '1', SLURM_STEP_NUM_TASKS: '4', SLURM_PROCID: '1' }, 4, 1, 'mpich'],
    ['srun --mpi=pmix', { PMIX_RANK: '2', SLURM_STEP_NUM_TASKS: '6', SLURM_PROCID: '2' }, 6, 2, 'openmpi'],
    ['a path by name', { PMI_SIZE: '4', PMI_RANK: '0', PARCORANA_MPI: '/opt/libmpi.so' }, 4, 0, '/opt/libmpi.so'],
  ])('%s', (_, env, size, rank, library) => {
    const found = mpiEnvironment(env as Record<string, string>)
    expect(found).toMatchObject({ size, rank })
    expect(found?.libraries[0]).toBe(library)
  })

  it.each([
    ['no job', {}],
    ['a job of one', { OMPI_COMM_WORLD_SIZE: '1', OMPI_COMM_WORLD_RANK: '0' }],
    ['a batch script of Slurm, without srun', { SLURM_NTASKS: '8', SLURM_PROCID: '0', SLURM_JOB_ID: '7' }],
  ])('%s is no MPI job', (_, env) => expect(mpiEnvironment(env as Record<string, string>)).toBeNull())
})

describe('servers', () => {
  it('on one host follow the viewer; then master and workers', () => {
    expect(placeRanks(['a', 'a', 'a', 'a', 'a', 'a'], 2, null)).toEqual([0, 1, 2, 3, 4, 5])
  })
  it('are dealt to hosts in turn, by name', () => {
    expect(placeRanks(['b', 'b', 'b', 'a', 'a', 'c', 'c'], 4, null)).toEqual([0, 3, 1, 5, 4, 2, 6])
  })
  it('go to serverHosts only, named with or without domain', () => {
    expect(placeRanks(['a.net', 'a.net', 'b.net', 'b.net', 'b.net'], 2, ['b'])).toEqual([0, 2, 3, 1, 4])
  })
  it('refuse a host that is not there, and too few processes', () => {
    expect(() => placeRanks(['a', 'b', 'b'], 1, ['c'])).toThrow(
      "systemParams.serverHosts names 'c', but the ranks run on a, b",
    )
    expect(() => placeRanks(['a', 'b', 'b'], 2, ['a'])).toThrow(/numServers is 2, but a has only 0 processes/)
  })
})

/** One process that sends to itself; a request is complete when `deliver` has been called. */
class Loop implements Mover<{ done: boolean }> {
  readonly sent: { bytes: Uint8Array; tag: number; request: { done: boolean } }[] = []
  readonly sizes: number[] = []

  send(bytes: Uint8Array, _to: number, tag: number): { done: boolean } {
    const request = { done: false }
    this.sent.push({ bytes, tag, request })
    if (tag === bulkTag) this.sizes.push(bytes.length)
    return request
  }

  receive(bytes: Uint8Array, _from: number, tag: number): { done: boolean } {
    const i = this.sent.findIndex((one) => one.tag === tag)
    const [message] = this.sent.splice(i, 1)
    bytes.set(message.bytes)
    message.request.done = true
    return { done: true }
  }

  probe(tag: number): { from: number; length: number } | null {
    const found = this.sent.find((one) => one.tag === tag)
    return found === undefined ? null : { from: 0, length: found.bytes.length }
  }

  test(request: { done: boolean }): boolean {
    return request.done
  }
}

describe('a parcel with bulk', () => {
  const memory = new SharedArrayBuffer(1000)
  new Uint8Array(memory).forEach((_, i, all) => {
    all[i] = i % 251
  })
  const parcel: Parcel = { kind: Kind.frame, session: 1, slab: 5, body: new Uint8Array([1, 2, 3]) }

  it.each([1, 7, 99, 100, 101, 1000])('in pieces of %i bytes arrives whole', (chunkBytes) => {
    const loop = new Loop()
    const got: { parcel: Parcel; bulk: BulkIn | null }[] = []
    const outbox = new Outbox(loop, 1, chunkBytes, () => {})
    const inbox = new Inbox(loop, 1, chunkBytes, (_, one, bulk) => got.push({ parcel: one, bulk }))
    outbox.send(0, parcel, { memory, offset: 300, length: 100 })
    expect(Math.max(...loop.sizes)).toBe(Math.min(chunkBytes, 100))
    while (inbox.progress() || outbox.progress()) expect(got.length).toBeLessThan(2)
    expect(got).toHaveLength(1)
    expect(Array.from(got[0].parcel.body)).toEqual([1, 2, 3])
    const bytes = new Uint8Array(got[0].bulk?.memory as SharedArrayBuffer, 0, 100)
    expect(Array.from(bytes)).toEqual(Array.from(new Uint8Array(memory, 300, 100)))
    expect([inbox.count, outbox.count]).toEqual([0, 0])
  })

  it('uses its memory again for the next bulk of the slab, and new memory after a session', () => {
    const loop = new Loop()
    const memories: (SharedArrayBuffer | null)[] = []
    const outbox = new Outbox(loop, 1, 50, () => {})
    const inbox = new Inbox(loop, 1, 50, (_, __, bulk) => bulk && memories.push(bulk.memory))
    const all = () => {
      while (inbox.progress() || outbox.progress());
    }
    outbox.send(0, parcel, { memory, offset: 0, length: 100 })
    all()
    outbox.send(0, parcel, { memory: null, offset: 10, length: 80 })
    outbox.send(0, { ...parcel, kind: Kind.ended }, null)
    all()
    outbox.send(0, parcel, { memory, offset: 10, length: 80 })
    all()
    expect(memories.map((one) => one !== null)).toEqual([true, false, true])
  })

  it('gives its slab back only when MPI is done with it', () => {
    const loop = new Loop()
    const credited: number[] = []
    const outbox = new Outbox(loop, 1, 50, (_, slab) => credited.push(slab))
    outbox.send(0, parcel, { memory, offset: 0, length: 100 })
    outbox.credit(0, 5)
    expect(credited).toEqual([])
    for (const { request } of loop.sent) request.done = true
    outbox.progress()
    expect(credited).toEqual([5])
    outbox.credit(0, 5)
    expect(credited).toEqual([5, 5])
  })
})

describe('signs of life', () => {
  it('rank 0 beats and watches all, others rank 0', () => {
    const [leader, other] = [new Pulse(0), new Pulse(2)]
    leader.watch([0, 1, 2], 0)
    other.watch([0, 1, 2], 0)
    expect(leader.look(2000).beat).toEqual([1, 2])
    expect(other.look(2000).beat).toEqual([0])
  })

  it('a silent rank is lost after the time that is told, a pause of this process does not count', () => {
    const pulse = new Pulse(0)
    pulse.watch([0, 1, 2], 0)
    expect(pulse.look(3_600_000).lost).toBeNull()
    let now = 3_600_000
    for (; now < 3_600_000 + lostMilliseconds - 1000; now += 100) {
      pulse.heard(2)
      expect(pulse.look(now).lost).toBeNull()
    }
    for (; pulse.look(now).lost === null; now += 100) pulse.heard(2)
    expect(pulse.look(now).lost).toBe(1)
    expect(now - 3_600_000).toBeGreaterThan(lostMilliseconds - 1000)
  })

  it('who has ended is not missed, who was told so gets no more', () => {
    const pulse = new Pulse(0)
    pulse.watch([0, 1], 0)
    pulse.endedBy(1)
    for (let now = 0; now < 20_000; now += 100) expect(pulse.look(now).lost).toBeNull()
    expect(pulse.look(30_000).beat).toEqual([1])
    pulse.endedTo(1)
    expect(pulse.look(40_000).beat).toEqual([])
  })
})
