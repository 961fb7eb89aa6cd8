// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { describe, expect, it } from 'vitest'
import { Fifo, Mailbox, Turns } from '../../src/transports/mailbox.js'

describe('Fifo', () => {
  it('gives back in order, also after many pushes and shifts', () => {
    const fifo = new Fifo<number>()
    const plain: number[] = []
    for (let i = 0; i < 5000; i++) {
      fifo.push(i)
      plain.push(i)
      if ((i * 7919) % 3 !== 0) expect(fifo.shift()).toBe(plain.shift())
      expect(fifo.length).toBe(plain.length)
    }
    while (plain.length > 0) expect(fifo.shift()).toBe(plain.shift())
    expect(fifo.shift()).toBeUndefined()
  })
})

describe('Mailbox', () => {
  it('takes the senders in turn and keeps the order of each', async () => {
    const mailbox = new Mailbox<string>()
    for (const [from, item] of [
      [5, 'a'],
      [5, 'b'],
      [5, 'c'],
      [2, 'x'],
      [9, 'y'],
      [9, 'z'],
    ] as const)
      mailbox.deliver(from, item)
    const taken: string[] = []
    for (let i = 0; i < 6; i++) taken.push((await mailbox.take('any')).item)
    expect(taken.join('')).toBe('xaybzc')
  })

  it('hands an arrival to the first waiter that accepts its sender', async () => {
    const mailbox = new Mailbox<string>()
    const results = [mailbox.take(1), mailbox.take('any'), mailbox.take(1), mailbox.take('any')]
    mailbox.deliver(2, 'a')
    mailbox.deliver(1, 'b')
    mailbox.deliver(1, 'c')
    mailbox.deliver(1, 'd')
    expect((await Promise.all(results)).map(({ item }) => item)).toEqual(['b', 'a', 'c', 'd'])
  })

  it('skips a cancelled waiter; an arrival before the cancellation is not lost', async () => {
    const mailbox = new Mailbox<string>()
    const control = new AbortController()
    const cancelled = mailbox.take('any', control.signal)
    const kept = mailbox.take('any')
    control.abort('no')
    mailbox.deliver(0, 'a')
    await expect(cancelled).rejects.toBe('no')
    expect((await kept).item).toBe('a')
    const late = new AbortController()
    const served = mailbox.take('any', late.signal)
    mailbox.deliver(0, 'b')
    late.abort('too late')
    expect((await served).item).toBe('b')
  })

  it('rejects all waiters', async () => {
    const mailbox = new Mailbox<string>()
    const results = [mailbox.take(1), mailbox.take('any')]
    mailbox.failAll('over')
    for (const result of results) await expect(result).rejects.toBe('over')
  })
})

describe('Turns', () => {
  it('matches arrivals and calls by turn and sender, in any order', async () => {
    const turns = new Turns<string>(() => {})
    turns.deliver(1, 4, 'later turn')
    const early = turns.take(0, 4)
    expect(await turns.take(1, 4)).toBe('later turn')
    turns.deliver(0, 3, 'other sender')
    turns.deliver(0, 4, 'mine')
    expect(await early).toBe('mine')
    expect(await turns.take(0, 3)).toBe('other sender')
  })

  it('disposes of what arrives for a cancelled turn', async () => {
    const dropped: string[] = []
    const turns = new Turns<string>((item) => dropped.push(item))
    const control = new AbortController()
    const cancelled = turns.take(0, 1, control.signal)
    control.abort('no')
    await expect(cancelled).rejects.toBe('no')
    turns.deliver(0, 1, 'a')
    turns.deliver(1, 1, 'b')
    expect(dropped).toEqual(['a'])
    expect(await turns.take(1, 1)).toBe('b')
  })
})
