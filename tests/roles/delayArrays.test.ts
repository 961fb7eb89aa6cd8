// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Arrays come several delays per request where elements are few, each to be kept by whoever asked for it. */
import { describe, expect, it } from 'vitest'
import { DelayArrays } from '../../src/roles/delayArrays.js'

function bed(size: { delays: number; elements: number }) {
  const requests: string[] = []
  const arrays = new DelayArrays(async (name, first, count) => {
    requests.push(`${name} ${first}+${count}`)
    return Array.from({ length: count }, (_, k) => Float64Array.of(name.length, first + k))
  }, size)
  return { arrays, requests }
}

describe('arrays by delay', () => {
  it('come in one request where elements are few, whatever the order of names', async () => {
    const { arrays, requests } = bed({ delays: 5, elements: 100 })
    for (let d = 0; d < 5; d++) {
      expect([...(await arrays.take('G2', d))]).toEqual([2, d])
      expect([...(await arrays.take('lost', d))]).toEqual([4, d])
    }
    expect(requests).toEqual(['G2 0+5', 'lost 0+5'])
  })

  it('come one by one where elements are many, and by two in between', async () => {
    const many = bed({ delays: 3, elements: 2 ** 18 + 1 })
    const middling = bed({ delays: 3, elements: 2 ** 17 })
    for (const { arrays } of [many, middling]) for (let d = 0; d < 3; d++) await arrays.take('IP', d)
    expect(many.requests).toEqual(['IP 0+1', 'IP 1+1', 'IP 2+1'])
    expect(middling.requests).toEqual(['IP 0+2', 'IP 2+1'])
  })

  it('share a request when asked for at once; one asked for twice is fetched again, as its first owner may have changed it', async () => {
    const { arrays, requests } = bed({ delays: 4, elements: 0 })
    const all = await Promise.all([0, 1, 2, 3].map((d) => arrays.take('G2', d)))
    expect(all.map((row) => row[1])).toEqual([0, 1, 2, 3])
    all[2].fill(-1)
    expect([...(await arrays.take('G2', 2))]).toEqual([2, 2])
    expect(requests).toEqual(['G2 0+4', 'G2 2+2'])
  })
})
