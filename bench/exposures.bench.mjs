// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What do photons per exposure cost per element and tick looked at, beside the multi-tau sums of the same frames? See bench/README.md.
import { multiTauDelays } from '../dist/src/correlators/multiTau/delays.js'
import { MultiTauSums } from '../dist/src/correlators/multiTauSums.js'
import { ExposureClock } from '../dist/src/correlators/visibility/exposureClock.js'
import { ExposureKernel } from '../dist/src/kernels/exposures.js'
import { ReferenceExposures } from '../dist/src/kernels/exposuresReference.js'
import { measure, photons, verify } from './measure.mjs'
import { Report } from './report.mjs'

const [elements, colors, blocks, stretch, events] = [65_536, 36, 64, 64, 512]
const [levels, kMax] = [7, 15]
/** Compact parts of rings of equal width. */
const color = Int32Array.from({ length: elements }, (_, i) => {
  const radius = Math.hypot(Math.floor(i / 256) - 128, (i % 256) - 128)
  return Math.min(colors - 1, Math.floor(radius / 4))
})
const cell = color.map((ring, i) => ring * blocks + Math.floor(i / 2048) * 2 + Math.floor((i % 256) / 128))
const options = {
  elements,
  levels,
  stretch,
  kMax,
  limit: Number.POSITIVE_INFINITY,
  color,
  colors,
  cell,
  cells: colors * blocks,
}
const report = new Report()

for (const [Type, dtype, mean] of [
  [Uint8Array, 'uint8', 0.02],
  [Uint8Array, 'uint8', 2],
  [Uint16Array, 'uint16', 5],
]) {
  const block = { kind: 'dense', events, elements, dtype, data: photons(new Type(events * elements), mean, 1) }
  const name = `${dtype}, mean ${mean}`
  const sums = report.add(`multi-tau sums, ${name}`, measure(multiTau(block), (events * elements) / 1e6, 'Mpxf/s'))
  for (const frames of [64, 16]) {
    const kernel = new ExposureKernel(options)
    const run = () => look(kernel, block, frames)
    run()
    verify('the kernel', equal(kernel, looked(block)))
    const rate = measure(run, (stretch * elements) / 1e6, 'Mpxf/s')
    report.add(`exposures to 64 ticks, ${name}, ${frames} frames at once`, rate, sums)
  }
}
report.end({ elements, colors, exposures: levels })

/** The first stretch of a block, `frames` ticks at a time. */
function look(exposures, block, frames) {
  const clock = new ExposureClock({ levels, stretch, every: 1, trains: null })
  for (let from = 0; from < stretch; from += frames) {
    const ticks = Array.from({ length: frames }, (_, t) => {
      return { block, position: from + t, complete: clock.take(from + t).complete }
    })
    exposures.add(ticks)
  }
}

function looked(block) {
  const reference = new ReferenceExposures(options)
  look(reference, block, stretch)
  return reference
}

function equal(kernel, reference) {
  return Array.from({ length: levels }, (_, level) => level).every((level) => {
    const [bins, known] = [kernel.histogram(level), reference.histogram(level)]
    return bins.every((count, i) => count === known[i])
  })
}

/** The block as the next events, again and again. */
function multiTau(block) {
  const scheme = { delaysPerLevel: 4 }
  const rest = { times: 1, storeDtype: 'auto', blockEvents: events, ticksHint: 1e6 }
  const sums = new MultiTauSums({
    elements,
    delays: multiTauDelays(scheme, 10_000),
    scheme,
    sourceDtype: block.dtype,
    ...rest,
  })
  const none = { evicted: new Float64Array(events).fill(Number.NaN), row: new Int32Array(events) }
  const place = { block: new Uint16Array(events), position: Uint16Array.from(none.row, (_, e) => e) }
  let at = 0
  return () => {
    const counter = Float64Array.from(none.row, (_, e) => at + e)
    sums.insert({ count: events, counter, ...none, ...place }, [block])
    at += events
  }
}
