// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does a worker do with a pixel and frame: transpose, narrow, store and sum, for every kind of sums? See bench/README.md.
import { MultiTauSums } from '../dist/src/correlators/multiTauSums.js'
import { multiTauDelays } from '../dist/src/correlators/multiTau/delays.js'
import { PairSums } from '../dist/src/correlators/pairSums.js'
import { hasRelaxed, loadKernels } from '../dist/src/kernels/load.js'
import { loadMultiTau } from '../dist/src/kernels/loadMultiTau.js'
import { dtypeCode, ringPad, scratchEnd } from '../dist/src/kernels/pairKernels.js'
import { makeDelayList } from '../dist/src/index.js'
import { inOrder } from './events.mjs'
import { measure, photons, verify } from './measure.mjs'
import { Report } from './report.mjs'
import { blockedTranspose } from './yardsticks.mjs'

const unit = 'Mpxf/s'
const elements = 16384
const blockEvents = 128
const report = new Report()

/** Time-major values into a ring of uint8, for sources of 8 and 16 bits. */
function transposing() {
  const [events, rows] = [64, 4096]
  const rowLength = 4096 + 1024 + ringPad
  const at = { staged: scratchEnd + 65536, totals: scratchEnd + 65536 + 2 * rows * events }
  const ringAt = at.totals + 16 * rows
  const pages = Math.ceil((ringAt + (rows + 1) * rowLength) / 65536)
  const values = photons(new Uint8Array(rows * events), 2, 2)
  const own = new Uint8Array(rows * rowLength)
  const plain = () => blockedTranspose(values, rows, events, own, rowLength, 2048)
  plain()
  const work = (rows * events) / 1e6
  const loop = report.add('blocked transpose, JavaScript', measure(plain, work, unit))
  for (const [dtype, Type] of [
    ['uint8', Uint8Array],
    ['uint16', Uint16Array],
  ]) {
    const memory = new WebAssembly.Memory({ initial: pages, maximum: 65536 })
    new Type(memory.buffer, at.staged, rows * events).set(values)
    new Int32Array(memory.buffer, scratchEnd, events).set(Array.from({ length: events }, (_, e) => 2048 + e))
    const place = { store: 0, at: ringAt, rowLength, elements: rows, span: 4096, mirror: 1024 }
    const totals = { values: at.totals, holes: at.totals + 8 * rows }
    const kernels = loadKernels('wasm').open(memory)
    const run = () => kernels.toRing(dtypeCode(dtype), at.staged, rows, events, scratchEnd, place, totals)
    run()
    const ring = new Uint8Array(memory.buffer, ringAt, rows * rowLength)
    verify(
      'toRing',
      own.every((value, i) => value === ring[i]),
    )
    report.add(`transpose ${dtype} into a ring of uint8`, measure(run, work, unit), loop)
  }
}

/** Blocks of photon counts in file order, again and again, given to `sums` as a worker gives them. */
function feeder(sums, mean, count, times) {
  const blocks = Array.from({ length: 8 }, (_, b) => {
    const data = photons(new Uint8Array(count * blockEvents), mean, b + 1)
    return { kind: 'dense', events: blockEvents, elements: count, dtype: 'uint8', data }
  })
  let counter = 0
  return () => {
    const first = counter
    counter += blockEvents
    sums.insert(inOrder(first, blockEvents, times), [blocks[(first / blockEvents) % blocks.length]])
  }
}

const times = 2000
const delays = Float64Array.from(makeDelayList({ start: 1, stop: 1900, num: 100, spacing: 'log' }))

/** Sums of `count` elements, by the kernels named; undefined = as in a run. */
function open(kind, count, name) {
  const common = { elements: count, times, storeDtype: 'auto', sourceDtype: 'uint8', blockEvents, ticksHint: 10_000 }
  if (kind !== 'multi-tau') {
    return new PairSums({ ...common, delays, pairing: kind, kernels: loadKernels(name) })
  }
  const scheme = { delaysPerLevel: 4 }
  return new MultiTauSums({ ...common, delays: multiTauDelays(scheme, 10_000), scheme, kernels: loadMultiTau(name) })
}

/** The sums of 64 elements over 2,432 events equal those of the reference kernels. */
function verifySums(kind, mean) {
  const both = [open(kind, 64), open(kind, 64, 'reference')]
  for (const sums of both) {
    const feed = feeder(sums, mean, 64, times)
    for (let b = 0; b < 19; b++) feed()
    sums.calc()
  }
  const [a, b] = [new Float64Array(64), new Float64Array(64)]
  for (const name of ['G2', 'IP', 'IF']) {
    for (let d = 0; d < both[0].counts.length; d++) {
      both[0].fill(name, d, a)
      both[1].fill(name, d, b)
      verify(
        `${kind} ${name}`,
        a.every((value, i) => value === b[i]) && (both[1].counts[d] === 0 || b.some((value) => value > 0)),
      )
    }
  }
}

/** The buffer has wrapped before the first sample; every run feeds whole fold blocks. */
function storing(kind, mean) {
  verifySums(kind, mean)
  const feed = feeder(open(kind, elements), mean, elements, times)
  for (let b = 0; b < 20; b++) feed()
  const rounds = 8
  const run = () => {
    for (let b = 0; b < rounds; b++) feed()
  }
  report.add(`${kind}, uint8, mean ${mean}`, measure(run, (rounds * blockEvents * elements) / 1e6, unit))
}

transposing()
for (const kind of ['accumulator', 'windowed', 'multi-tau']) for (const mean of [2, 0.05]) storing(kind, mean)
report.end({ elements, times, delays: delays.length, relaxed: hasRelaxed() })
