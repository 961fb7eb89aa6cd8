// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Format `rigaku`: photon events of a Rigaku 500k detector, `path` a `.bin` of uint64 little-endian words ordered by frame:
 * frame = word >> 40, pixel = (word >> 16) & 0x1fffff (row by row), count = word & 0xfff. Frames without a photon are kept.
 * Optional: `shape` (default [512, 1024]); `events`, the number of frames where empty ones follow the last word (default: the
 * last word's frame + 1); `counters`, `streams`, `vars`, `sentinel` and `saturation` as for `npy`.
 */
import { type FileHandle, open as openFile } from 'node:fs/promises'
import { setImmediate as breathe } from 'node:timers/promises'
import { ConfigError, InputError, messageOf } from '../errors.js'
import { shapeText, sizeOf } from '../units.js'
import { integerOption, numbersOption, optionalNumber, requireKnownKeys } from './common/options.js'
import { loadPerEvent, perEventKeys } from './common/perEvent.js'
import { reusable, rowRuns } from './common/runs.js'
import type { DatasetSpec, EventFrames, FrameFormat, FrameSource } from './format.js'

const wordBytes = 8
/** Words read before other work of the thread gets a turn. */
const stepWords = 1 << 20

async function open(dataset: DatasetSpec): Promise<FrameSource> {
  requireKnownKeys(dataset, ['shape', 'events', ...perEventKeys])
  const shape = shapeOf(dataset)
  const file = await openWords(dataset.path)
  try {
    const events = await numberOfFrames(dataset, file)
    const sorter = new PhotonSorter(sizeOf(shape), file.path)
    return {
      shape,
      dtype: 'uint16',
      events,
      ...loadPerEvent(dataset, events),
      sentinel: optionalNumber(dataset, 'sentinel'),
      saturation: optionalNumber(dataset, 'saturation'),
      metadata: {},
      read: async (indices, signal) => sorter.sort(await photonsOf(file, indices, signal), indices.length),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

function shapeOf(dataset: DatasetSpec): number[] {
  const shape = numbersOption(dataset, 'shape', [512, 1024])
  if (shape.every((extent) => Number.isInteger(extent) && extent >= 1) && sizeOf(shape) <= 2 ** 21) return shape
  throw new ConfigError(
    `dataset.shape is ${JSON.stringify(dataset.shape)}, but must be whole numbers >= 1 of at most 2^21 pixels together`,
    { key: 'dataset.shape' },
  )
}

async function numberOfFrames(dataset: DatasetSpec, file: WordFile): Promise<number> {
  const inFile = (await file.frameAt(file.words - 1)) + 1
  const events = integerOption(dataset, 'events', inFile, 1)
  if (events >= inFile) return events
  throw new InputError(
    `dataset.events is ${events}, but the last word of ${file.path} belongs to frame ${inFile - 1}; leave it out and limit the run with numEvents`,
    { path: file.path, events, inFile },
  )
}

/** A file of words with its frames found by binary search; nothing but the asked words is ever read. */
class WordFile {
  readonly path: string
  readonly words: number
  readonly #file: FileHandle
  readonly #one = new Uint32Array(2)
  /** Where the last read ended: the next one mostly begins there. */
  #known = { frame: 0, word: 0 }

  constructor(path: string, words: number, file: FileHandle) {
    this.path = path
    this.words = words
    this.#file = file
  }

  async frameAt(word: number): Promise<number> {
    await this.read(word, this.#one)
    return this.#one[1] >>> 8
  }

  /** First word of `frame` or a later one. */
  async find(frame: number): Promise<number> {
    if (frame === this.#known.frame) return this.#known.word
    let low = frame > this.#known.frame ? this.#known.word : 0
    let high = this.words
    while (low < high) {
      const middle = Math.floor((low + high) / 2)
      if ((await this.frameAt(middle)) < frame) low = middle + 1
      else high = middle
    }
    this.#known = { frame, word: low }
    return low
  }

  /** Words from `word` on: low and high halves in turn. */
  async read(word: number, out: Uint32Array): Promise<void> {
    const bytes = new Uint8Array(out.buffer, out.byteOffset, out.byteLength)
    for (let at = 0; at < bytes.length; ) {
      const { bytesRead } = await this.#file.read(bytes, at, bytes.length - at, word * wordBytes + at)
      if (bytesRead === 0) {
        throw new InputError(
          `${this.path} became shorter while it was read: wait until its writer has finished and run again`,
          { path: this.path },
        )
      }
      at += bytesRead
    }
  }

  close(): Promise<void> {
    return this.#file.close()
  }
}

async function openWords(path: string): Promise<WordFile> {
  const file = await openFile(path, 'r').catch((cause: unknown) => {
    const missing = (cause as NodeJS.ErrnoException).code === 'ENOENT'
    const text = missing
      ? `${path} does not exist; check dataset.path`
      : `${path} cannot be opened: ${messageOf(cause)}`
    throw new InputError(text, { path }, { cause })
  })
  const { size } = await file.stat()
  if (size > 0 && size % wordBytes === 0) return new WordFile(path, size / wordBytes, file)
  await file.close()
  throw new InputError(
    `${path} has ${size} bytes, which is no whole number of ${wordBytes}-byte words: it is empty or was cut off; copy it again`,
    { path, bytes: size },
  )
}

/** Photons as they lie in the file. */
interface Photons {
  readonly count: number
  /** Position of the frame in the block. */
  readonly event: Uint32Array
  /** Low and high halves of the words. */
  readonly words: Uint32Array
}

/** The words of the frames `indices`, in file order. Throws InputError where frames are not in order. */
async function photonsOf(file: WordFile, indices: Int32Array, signal?: AbortSignal): Promise<Photons> {
  signal?.throwIfAborted()
  const parts = []
  let count = 0
  for (const run of rowRuns(indices)) {
    const from = await file.find(run.from)
    const to = await file.find(run.to)
    if (to > from) parts.push({ run, from, to, at: count })
    count += to - from
  }
  const words = new Uint32Array(2 * count)
  const event = new Uint32Array(count)
  for (const { run, from, to, at } of parts) {
    for (let word = from; word < to; word += stepWords) {
      const first = at + word - from
      const last = first + Math.min(stepWords, to - word)
      await file.read(word, words.subarray(2 * first, 2 * last))
      eventsOf(file.path, words, first, last, word, run.from, run.to, run.first, event)
      await breathe()
      signal?.throwIfAborted()
    }
    requireOrder(file.path, event, at, at + to - from, from, run.from - run.first)
  }
  return { count, event, words }
}

function eventsOf(
  path: string,
  words: Uint32Array,
  first: number,
  last: number,
  word: number,
  from: number,
  to: number,
  position: number,
  event: Uint32Array,
): void {
  for (let i = first; i < last; i++) {
    const frame = words[2 * i + 1] >>> 8
    if (frame < from || frame >= to) throw notOrdered(path, word + i - first, frame)
    event[i] = frame - from + position
  }
}

function requireOrder(
  path: string,
  event: Uint32Array,
  first: number,
  last: number,
  word: number,
  shift: number,
): void {
  for (let i = first + 1; i < last; i++) {
    if (event[i] < event[i - 1]) throw notOrdered(path, word + i - first, event[i] + shift)
  }
}

function notOrdered(path: string, word: number, frame: number): InputError {
  return new InputError(
    `${path} is not ordered by frame: word ${word} belongs to frame ${frame}; sort its words or check that it is a Rigaku 500k file`,
    { path, word, frame },
  )
}

/** Sorts photons by pixel, then by event; buffers are used again. */
class PhotonSorter {
  readonly #path: string
  readonly #next: Uint32Array
  readonly #events = reusable('uint16')
  readonly #pixels = reusable('uint32')
  readonly #values = reusable('uint16')

  constructor(pixels: number, path: string) {
    this.#path = path
    this.#next = new Uint32Array(pixels + 1)
  }

  sort({ count, event, words }: Photons, events: number): EventFrames {
    const next = this.#countPixels(words, count)
    const sorted = {
      event: this.#events(count) as Uint16Array,
      pixel: this.#pixels(count) as Uint32Array,
      value: this.#values(count) as Uint16Array,
    }
    for (let i = 0; i < count; i++) {
      const pixel = pixelOf(words, i)
      const place = next[pixel]++
      sorted.event[place] = event[i]
      sorted.pixel[place] = pixel
      sorted.value[place] = words[2 * i] & 0xfff
    }
    const kept = this.#joinRepeats(sorted, count)
    return {
      kind: 'events',
      events,
      dtype: 'uint16',
      event: sorted.event.subarray(0, kept),
      pixel: sorted.pixel.subarray(0, kept),
      value: sorted.value.subarray(0, kept),
    }
  }

  /** Where the first photon of every pixel goes. */
  #countPixels(words: Uint32Array, count: number): Uint32Array {
    const next = this.#next.fill(0)
    const pixels = next.length - 1
    for (let i = 0; i < count; i++) {
      const pixel = pixelOf(words, i)
      if (pixel >= pixels) {
        throw new InputError(
          `${this.#path} holds pixel ${pixel}, beyond the ${pixels} of the detector; set dataset.shape, for example shape: [512, 1024]`,
          { path: this.#path, pixel, pixels: shapeText([pixels]) },
        )
      }
      next[pixel + 1]++
    }
    for (let pixel = 0; pixel < pixels; pixel++) next[pixel + 1] += next[pixel]
    return next
  }

  /** Add up words of the same pixel and frame, drop empty ones; returns how many are left. */
  #joinRepeats({ event, pixel, value }: Pick<EventFrames, 'event' | 'pixel' | 'value'>, count: number): number {
    let kept = 0
    for (let i = 0; i < count; i++) {
      if (value[i] === 0) continue
      const same = kept > 0 && pixel[kept - 1] === pixel[i] && event[kept - 1] === event[i]
      if (same) value[kept - 1] = Math.min(65535, value[kept - 1] + value[i])
      else {
        event[kept] = event[i]
        pixel[kept] = pixel[i]
        value[kept++] = value[i]
      }
    }
    return kept
  }
}

function pixelOf(words: Uint32Array, i: number): number {
  return (words[2 * i] >>> 16) | ((words[2 * i + 1] & 0x1f) << 16)
}

export default {
  name: 'rigaku',
  description: 'photon events of a Rigaku 500k detector, one .bin file of 64-bit words',
  accepts: (path) => /\.bin$/i.test(path),
  open,
} satisfies FrameFormat
