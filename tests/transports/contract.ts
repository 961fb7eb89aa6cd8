// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What every transport must do. A transport passes `launch`, which runs one scenario of `scenarios.mjs` on `size` ranks;
 * the ranks send back plain JSON and this file judges it.
 */
import { beforeAll, describe, expect, it } from 'vitest'

export interface ScenarioRun {
  readonly size: number
  readonly scenario: string
  readonly args?: Record<string, unknown>
  /** Bounds of lent buffers per communicator and rank; default: 4 buffers. */
  readonly buffers?: { readonly buffers?: number; readonly bytes?: number }
}

export interface ScenarioResult {
  /** What each rank returned; null where it failed. */
  readonly ranks: readonly unknown[]
  /** Message of the run's first failure or abort, null when there was none. */
  readonly failure: string | null
}

export type Launch = (run: ScenarioRun) => Promise<ScenarioResult>

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i)

export function communicatorContract(name: string, launch: Launch): void {
  const ranksOf = async (run: ScenarioRun) => {
    const { ranks, failure } = await launch(run)
    expect(failure).toBeNull()
    return ranks
  }
  describe(`communicator contract: ${name}`, () => {
    beforeAll(() => launch({ size: 2, scenario: 'orderPerSender', args: { count: 1 } }))
    pointToPoint(ranksOf)
    collectives(ranksOf)
    leases(ranksOf)
    splitting(ranksOf)
    signals(ranksOf)
    aborting(launch)
  })
}

type RanksOf = (run: ScenarioRun) => Promise<readonly unknown[]>

function pointToPoint(ranksOf: RanksOf): void {
  it('keeps the order of each sender, 10,000 messages from three senders', async () => {
    const [receiver] = await ranksOf({ size: 4, scenario: 'orderPerSender', args: { count: 10_000 } })
    expect(receiver).toEqual({ next: [0, 10_000, 10_000, 10_000], disorder: 0 })
  })

  it('receives from a chosen sender while others wait, from oneself, and with several recv at once', async () => {
    for (const size of [1, 2, 4]) {
      const ranks = await ranksOf({ size, scenario: 'pointToPoint' })
      const expected = upTo(size)
        .reverse()
        .flatMap((from) => [0, 1, 2].map((i) => [from, 100 * from + i, null]))
      for (const rank of ranks) expect(rank).toEqual(expected)
    }
  })

  it('gives concurrent recv calls what they asked for', async () => {
    const [first] = await ranksOf({ size: 3, scenario: 'concurrentReceivers' })
    const { special, others } = first as { special: number[]; others: number[][] }
    expect(special).toEqual([2, 20])
    expect(others.toSorted()).toEqual([
      [1, 10],
      [1, 11],
      [2, 21],
    ])
  })

  it('serves all senders in turn for recv from any', async () => {
    const [first] = await ranksOf({ size: 4, scenario: 'fairness', args: { flood: 500 } })
    const position = first as Record<string, number>
    expect(position['2']).toBeLessThan(4)
    expect(position['3']).toBeLessThan(4)
  })

  it('sends messages as values, typed arrays included', async () => {
    const ranks = await ranksOf({ size: 3, scenario: 'messagesAreValues' })
    const row = (from: number) => [from, 'Float64Array', '1.5', 'NaN', '0', '9007199254740992']
    for (const rank of ranks) expect(rank).toEqual(upTo(3).map(row))
  })

  it('delivers everything that was sent before a rank ended', async () => {
    const [good] = await ranksOf({ size: 3, scenario: 'endsAtOnce', args: { count: 2000 } })
    expect(good).toBe(2 * 2001)
  })

  it('leaves the event loop alive while it waits', async () => {
    const [ticks] = await ranksOf({ size: 2, scenario: 'loopStaysAlive' })
    expect(ticks).toBeGreaterThan(10)
  })
}

function collectives(ranksOf: RanksOf): void {
  it.each([1, 2, 3, 5, 8])('bcast, gatherv and barrier with %i ranks and every root', async (size) => {
    const ranks = await ranksOf({ size, scenario: 'collectives' })
    const gathered = upTo(size).map((rank) => [rank, rank * rank, null])
    ranks.forEach((seen, rank) => {
      expect(seen).toEqual(upTo(size).map((root) => [1000 + root, root === rank ? gathered : null]))
    })
  })

  it.each([1, 2, 4, 7])('scatterv with uneven and empty shares over %i ranks', async (size) => {
    const ranks = await ranksOf({ size, scenario: 'unevenShares' })
    for (const rank of ranks) expect(rank).toEqual({ seen: upTo(size).map((root) => [root, root, true]), size })
  })

  it.each([1, 4, 6])('gatherv with missing, empty and uneven contributions of %i ranks', async (size) => {
    const ranks = await ranksOf({ size, scenario: 'unevenContributions' })
    ranks.forEach((seen, root) => {
      const bytes = (from: number) => [null, 0, 5 + from, 100_000 + from][(root + from) % 4]
      expect(seen).toEqual(upTo(size).map((from) => [from, from, bytes(from), true]))
    })
  })

  it('scatterv of nothing gives the buffer back', async () => {
    const ranks = await ranksOf({ size: 3, scenario: 'onlyEmptyShares', args: { rounds: 20 } })
    expect(ranks).toEqual([20, 20, 20])
  })

  it('collectives that overlap with each other and with messages do not mix', async () => {
    const ranks = await ranksOf({ size: 3, scenario: 'interleaved', args: { rounds: 50 } })
    expect(ranks).toEqual([0, 0, 0])
  })

  it('dense and event blocks arrive with their header, every value in place', async () => {
    const ranks = await ranksOf({ size: 3, scenario: 'blocks' })
    const header = { kind: 'block', server: 2, block: 7, events: 3, lengths: [0, 3, 6] }
    ranks.forEach((result, rank) => {
      const dense = rank === 0 ? [] : upTo(3 * rank).map((i) => 60_000 + 100 * rank + i)
      const events = rank === 0 ? [] : upTo(3 * rank).map((i) => rank + i / 8)
      const seen = [
        [{ ...header, form: 'dense', dtype: 'uint16' }, dense],
        [{ ...header, form: 'events', dtype: 'float32' }, events],
      ]
      expect(result).toEqual({ seen, size: 3 })
    })
  })

  it('tells ranks that call different collectives', async () => {
    const ranks = await ranksOf({ size: 2, scenario: 'mismatch' })
    expect(ranks).toContainEqual(
      expect.stringMatching(
        /collective 0 of "world" is a gatherv to rank 0 on rank 0 but a bcast from rank 1 on rank 1/,
      ),
    )
  })

  it('64 MiB to two receivers', async () => {
    const length = 64 * 2 ** 20
    const ranks = await ranksOf({ size: 3, scenario: 'bigTransfer', args: { length } })
    expect(ranks).toEqual([length, [length, 0], [length, 0]])
  })
}

function leases(ranksOf: RanksOf): void {
  it.each([1, 3])('lend waits while the receiver holds all of %i buffers', async (buffers) => {
    const args = { buffers, length: 50_000, slow: 300 }
    const [sender, receiver] = await ranksOf({ size: 2, scenario: 'slowReceiver', args, buffers: { buffers } })
    expect(sender).toMatchObject({ granted: buffers, before: 'waiting', another: 'waiting' })
    expect((sender as { waited: number }).waited).toBeGreaterThanOrEqual(299)
    expect(receiver).toEqual({ good: true, still: true })
  })

  it('a fast sender is never ahead of a slow receiver by more than the pool', async () => {
    const args = { blocks: 30, length: 200_000, pause: 3 }
    const ranks = await ranksOf({ size: 2, scenario: 'ahead', args, buffers: { buffers: 3 } })
    expect(ranks).toEqual([{ most: 3 }, 30])
  })

  it('bytes are bounded too; a single larger buffer waits until it is alone', async () => {
    const args = { length: 65_536, oversized: 500_000 }
    const run = { size: 2, scenario: 'byteLimit', args, buffers: { buffers: 8, bytes: 3.5 * 65_536 } }
    const [result] = await ranksOf(run)
    expect(result).toEqual({ granted: 3, largeBefore: 'waiting', size: 500_000 })
  })

  it('reused buffers never change under a lease', async () => {
    const args = { blocks: 60, length: 3 * 40_000 }
    const ranks = await ranksOf({ size: 3, scenario: 'recycling', args, buffers: { buffers: 2 } })
    expect(ranks).toEqual([0, 0, 0])
  })

  it('names the misuse of leases and buffers', async () => {
    const [sender, receiver] = await ranksOf({ size: 2, scenario: 'leaseRules' })
    expect(receiver).toEqual({ twice: expect.stringMatching(/released twice/) })
    expect(sender).toEqual({
      outside: expect.stringMatching(/0 \+ 11 is outside a buffer of 10 bytes/),
      again: expect.stringMatching(/was sent before/),
      discarded: expect.stringMatching(/was sent before/),
      negative: expect.stringMatching(/cannot lend -1 bytes/),
      nobody: expect.stringMatching(/rank 2 is outside 0\.\.1/),
      lengths: [0, 1, 63, 4096, 4097, 100_001].map((bytes) => [bytes, 0]),
    })
  })

  it('bulk to oneself holds its buffer like any other', async () => {
    const [first] = await ranksOf({ size: 1, scenario: 'toOneself', args: { buffers: 2 }, buffers: { buffers: 2 } })
    expect(first).toEqual({ states: ['waiting'], good: true })
  })
}

function splitting(ranksOf: RanksOf): void {
  it('split orders by key, leaves out ranks without color, and keeps messages apart', async () => {
    const ranks = await ranksOf({ size: 5, scenario: 'splits' })
    const halves = [
      [4, 2, 0],
      [3, 1],
    ]
    ranks.forEach((result, rank) => {
      const half = halves[rank % 2] as number[]
      expect(result).toEqual({
        shape: ['half', half.indexOf(rank), half.length, rank === 0 ? null : ['some', rank - 1, 4]],
        order: half[0] === rank ? half : null,
        alone: rank === 0 ? null : 1,
        told: half.at(-1),
        own: 50 + rank,
        state: 'waiting',
        late: (rank + 4) % 5,
      })
    })
  })

  it('a full pool of one communicator does not stop another', async () => {
    const run = { size: 3, scenario: 'independentPools', args: { buffers: 2 }, buffers: { buffers: 2 } }
    expect(await ranksOf(run)).toEqual(['waiting', 7, 7])
  })
}

function signals(ranksOf: RanksOf): void {
  it('a signal cancels recv and lend and loses no message', async () => {
    const run = { size: 3, scenario: 'signals', args: { buffers: 2 }, buffers: { buffers: 2 } }
    const [first] = await ranksOf(run)
    expect(first).toEqual({
      reasons: new Array(4).fill('changed my mind'),
      values: [0, 1, 2],
      lends: ['no longer', 20],
    })
  })

  it('a cancelled collective keeps its turn and gives its lease back', async () => {
    const run = { size: 3, scenario: 'cancelledCollective', args: { buffers: 2 }, buffers: { buffers: 2 } }
    const values = [10, 11, 12, 13]
    const late = { reason: 'too late for me', values }
    expect(await ranksOf(run)).toEqual([{ reason: null, values }, late, late])
  })
}

function aborting(launch: Launch): void {
  it.each([0, 2])('abort by rank %i rejects every pending and later call everywhere with the reason', async (by) => {
    const started = performance.now()
    const run = { size: 4, scenario: 'abortPending', args: { by, buffers: 2 }, buffers: { buffers: 2 } }
    const { ranks, failure } = await launch(run)
    expect(failure).toMatch(/the reason/)
    for (const reasons of ranks) expect(reasons).toEqual(new Array(12).fill('the reason'))
    expect(performance.now() - started).toBeLessThan(5000)
  })

  it('a lease stays readable and releasable after an abort', async () => {
    const { ranks } = await launch({ size: 3, scenario: 'leaseAfterAbort' })
    expect(ranks).toEqual(['enough', true, 'enough'])
  })
}
