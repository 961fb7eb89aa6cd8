// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { runRank } from '../dist/src/transports/threads/rank.js'

/** Rank 0 hands blocks to the others and returns seconds per block, by sample; the others say whether the first ones were right. */
export default (rankTask) =>
  runRank(rankTask, async (world, { bytes, blocks, samples }) => {
    if (world.rank > 0) return receive(world, bytes, blocks * samples)
    const seconds = []
    for (let sample = 0; sample < samples; sample++) {
      const start = performance.now()
      for (let block = 0; block < blocks; block++) await hand(world, bytes, sample === 0 && block < 4)
      seconds.push((performance.now() - start) / 1000 / blocks)
    }
    return seconds
  })

async function hand(world, bytes, filled) {
  const buffer = await world.lend(bytes)
  if (filled) for (let i = 0; i < bytes; i++) buffer.bytes[i] = i % 251
  const half = bytes / 2
  const slices = [
    { offset: 0, length: 0 },
    { offset: 0, length: half },
    { offset: half, length: half },
  ]
  await world.scatterv(0, { message: { kind: 'ping', value: filled ? 1 : 0 }, buffer, slices })
}

async function receive(world, bytes, blocks) {
  const from = ((world.rank - 1) * bytes) / 2
  let right = true
  for (let block = 0; block < blocks; block++) {
    const { message, bulk } = await world.scatterv(0)
    if (message.value === 1) right &&= bulk.view.every((value, i) => value === (from + i) % 251)
    bulk.release()
  }
  return right
}
