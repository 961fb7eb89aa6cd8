// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { type Slab, SlabPool, type SlabRegistry, sizeClass } from '../../src/transports/threads/slabs.js'

/** Keeps its own books of what exists. */
class Books implements SlabRegistry {
  readonly alive = new Set<Slab>()
  created = 0

  register(memory: SharedArrayBuffer, pool: SlabPool): Slab {
    const slab = { id: this.created++, memory, pool, holders: new Set<number>(), known: new Set<number>() }
    this.alive.add(slab)
    return slab
  }

  forget(slab: Slab): void {
    if (!this.alive.delete(slab)) throw new Error('forgotten twice')
  }

  get bytes(): number {
    return [...this.alive].reduce((sum, slab) => sum + slab.memory.byteLength, 0)
  }
}

const soon = () => new Promise((resolve) => setImmediate(resolve))

describe('sizeClass', () => {
  it('is never smaller, wastes at most a quarter, and leaves few classes', () => {
    const classes = new Set<number>()
    for (let bytes = 1; bytes < 3e6; bytes += 997) {
      const size = sizeClass(bytes)
      classes.add(size)
      expect(size).toBeGreaterThanOrEqual(bytes)
      if (bytes > 4096) expect(size).toBeLessThan(bytes * 1.25)
      expect(size % 64).toBe(0)
    }
    expect(classes.size).toBeLessThan(45)
    expect(sizeClass(2 ** 25)).toBe(2 ** 25)
    expect(sizeClass(3 * 2 ** 32)).toBe(3 * 2 ** 32)
  })
})

describe('SlabPool', () => {
  it('reuses one slab for equal requests', async () => {
    const books = new Books()
    const pool = new SlabPool({ buffers: 4, bytes: 1e6 }, books)
    for (let i = 0; i < 100; i++) pool.giveBack(await pool.lend(10_000))
    expect(books.created).toBe(1)
  })

  it('stays within both limits over a random history, serves in line, and never lends a slab twice', async () => {
    const books = new Books()
    const limits = { buffers: 3, bytes: 300_000 }
    const pool = new SlabPool(limits, books)
    const lent = new Set<Slab>()
    const served: number[] = []
    let state = 12345
    const random = (below: number) => {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0
      return (state >>> 8) % below
    }
    let asked = 0
    for (let step = 0; step < 3000; step++) {
      if (random(2) === 0 && asked - served.length < 5) {
        const number = asked++
        const bytes = random(100_000)
        void pool.lend(bytes).then((slab) => {
          expect(slab.memory.byteLength).toBeGreaterThanOrEqual(bytes)
          expect(lent.has(slab)).toBe(false)
          lent.add(slab)
          served.push(number)
        })
      } else {
        const [slab] = lent
        if (slab !== undefined) lent.delete(slab)
        if (slab !== undefined) pool.giveBack(slab)
      }
      await soon()
      expect(lent.size).toBeLessThanOrEqual(limits.buffers)
      expect(books.alive.size).toBeLessThanOrEqual(limits.buffers)
      expect(books.bytes).toBeLessThanOrEqual(limits.bytes)
    }
    expect(served.length).toBeGreaterThan(500)
    expect(served).toEqual(Array.from({ length: served.length }, (_, i) => i))
  })

  it('drops idle slabs to make room for a larger one', async () => {
    const books = new Books()
    const pool = new SlabPool({ buffers: 4, bytes: 100_000 }, books)
    const small = [await pool.lend(20_000), await pool.lend(30_000)]
    for (const slab of small) pool.giveBack(slab)
    const large = await pool.lend(90_000)
    expect([...books.alive]).toEqual([large])
  })

  it('rejects a request that no memory can hold and goes on', async () => {
    const pool = new SlabPool({ buffers: 1, bytes: 1e18 }, new Books())
    await expect(pool.lend(2 ** 52)).rejects.toThrow(
      /cannot allocate a shared buffer of 4096 TiB .* use smaller blocks/,
    )
    const slab = await pool.lend(1)
    const waiting = [pool.lend(2 ** 52), pool.lend(1)] as const
    waiting[0].catch(() => {})
    pool.giveBack(slab)
    await expect(waiting[0]).rejects.toThrow(/cannot allocate/)
    expect((await waiting[1]).memory.byteLength).toBe(4096)
  })
})
