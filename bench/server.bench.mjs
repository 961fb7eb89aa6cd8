// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What does each step of a server cost per pixel and frame: reading, masking, summing frames, handing over? See bench/README.md.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSource } from '../dist/src/formats/index.js'
import { writeNpy } from '../dist/src/io/npy.js'
import { gatherDense } from '../dist/src/masks/gather.js'
import { partition } from '../dist/src/masks/partition.js'
import { FrameSums } from '../dist/src/roles/frameSums.js'
import { launchThreads } from '../dist/src/transports/threads/launch.js'
import { measure, measureAsync, photons, summary, verify } from './measure.mjs'
import { Report } from './report.mjs'
import { maskedLoop, sumLoop } from './yardsticks.mjs'

const shape = [512, 512]
const [frameSize, events] = [512 * 512, 128]
const work = (frameSize * events) / 1e6
const unit = 'Mpxf/s'
const report = new Report()
const data = photons(new Uint8Array(frameSize * events), 2, 1)
const frames = { kind: 'dense', events, dtype: 'uint8', data }
const positions = Int32Array.from({ length: events }, (_, e) => e)

const copied = new Uint8Array(data.length)
const copy = report.add(
  'copy of uint8 frames',
  measure(() => copied.set(data), work, unit),
)
await reading()
masking()
summing()
await handingOver()
report.end({ shape, events })

/** From the page cache: what the program adds to the disk. */
async function reading() {
  const folder = mkdtempSync(join(tmpdir(), 'parcorana-bench-'))
  try {
    const path = join(folder, 'frames.npy')
    writeNpy(path, data, [events, ...shape])
    const source = await openSource({ format: 'npy', path })
    const block = await source.read(positions)
    verify('reading', block.kind === 'dense' && block.data.every((value, i) => value === data[i]))
    report.add('read .npy', await measureAsync(() => source.read(positions), work, unit), copy)
    await source.close()
  } finally {
    rmSync(folder, { recursive: true })
  }
}

/** Every twentieth pixel dead and a beam stop, two workers: short runs of pixels, as masks have them. */
function masking() {
  const mask = Uint8Array.from({ length: frameSize }, (_, p) => {
    const [y, x] = [Math.floor(p / shape[1]) - 256, (p % shape[1]) - 256]
    return x * x + y * y > 1600 && Math.imul(p, 0x9e3779b1) >>> 0 > 2 ** 32 / 20 ? 1 : 0
  })
  for (const [name, of] of [
    ['all pixels', new Uint8Array(frameSize).fill(1)],
    ['mask with dead pixels', mask],
    ['every second pixel at random', mask.map((_, p) => Number(Math.imul(p + 1, 0x9e3779b1) >>> 0 > 2 ** 31))],
  ]) {
    const split = partition(of, 2)
    const room = () => split.shares.map((share) => new Uint8Array(share.count * events))
    const [out, own] = [room(), room()]
    const gather = () => gatherDense(frames, positions, split, out)
    const plain = () => maskedLoop(data, events, frameSize, split, own)
    gather()
    plain()
    verify(
      'gathering',
      out.every((share, w) => share.every((value, i) => value === own[w][i])),
    )
    const loop = report.add(`plain loop, ${name}`, measure(plain, work, unit))
    report.add(`gather, ${name}`, measure(gather, work, unit), loop)
  }
}

function summing() {
  const average = 4
  const event = positions.map((e) => Math.floor(e / average))
  const sums = () => {
    const frameSums = new FrameSums(events / average, frameSize, average, Number.POSITIVE_INFINITY)
    frameSums.add(frames, positions, event)
    return frameSums.frames()
  }
  const own = new Uint16Array((frameSize * events) / average)
  sumLoop(data, events, frameSize, average, own)
  const { data: got } = sums()
  verify('summing', got.length === own.length && own.every((value, i) => value === got[i]))
  report.add('sum of 4 frames', measure(sums, work, unit), copy)
}

/** A server and two workers: blocks of whole frames, half to each, and blocks of one page, which show the cost per block. */
async function handingOver() {
  const entry = new URL('./transferRank.mjs', import.meta.url)
  for (const [name, bytes, blocks] of [
    ['32 MiB', 2 ** 25, 400],
    ['4 KiB', 4096, 4000],
  ]) {
    const task = { bytes, blocks, samples: 8 }
    const handle = launchThreads({ size: 3, entry, taskOf: () => task })
    const [seconds, ...good] = await Promise.all(handle.results)
    await handle.done
    verify('handing over', good.every(Boolean))
    report.add(
      `hand a block of ${name} to 2 workers`,
      summary(
        seconds.map((s) => s * 1e6),
        'us',
      ),
    )
  }
}
