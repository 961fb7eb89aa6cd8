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
import { frameOfWord, PhotonSorter, pixelOfWord, type SortedPhotons } from '../kernels/photonSort.js'
import { shapeText, sizeOf } from '../units.js'
import { integerOption, numbersOption, optionalNumber, requireKnownKeys } from './common/options.js'
import { loadPerEvent, perEventKeys } from './common/perEvent.js'
import { rowRuns } from './common/runs.js'
import type { DatasetSpec, FrameFormat, FrameSource } from './format.js'

const wordBytes = 8
/** Words read before other work of the thread gets a turn. */
const stepWords = 1 << 20

async function open(dataset: DatasetSpec): Promise<FrameSource> {
  requireKnownKeys(dataset, ['shape', 'events', ...perEventKeys])
  const shape = shapeOf(dataset)
  const file = await openWords(dataset.path)
  try {
    const events = await numberOfFrames(dataset, file)
    const pixels = sizeOf(shape)
    const sorter = new PhotonSorter(pixels)
    return {
      shape,
      dtype: 'uint16',
      events,
      ...loadPerEvent(dataset, events),
      sentinel: optionalNumber(dataset, 'sentinel'),
      saturation: optionalNumber(dataset, 'saturation'),
      metadata: {},
      read: async (indices, signal) => ({
        kind: 'events',
        events: indices.length,
        dtype: 'uint16',
        ...(await photonsOf(file, indices, sorter, pixels, signal)),
      }),
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

/** The photons of the frames `indices` by pixel. Throws InputError where frames are not in order or pixels not of the detector. */
async function photonsOf(
  file: WordFile,
  indices: Int32Array,
  sorter: PhotonSorter,
  pixels: number,
  signal?: AbortSignal,
): Promise<SortedPhotons> {
  signal?.throwIfAborted()
  const parts = []
  let count = 0
  for (const { from, to, first: position } of rowRuns(indices)) {
    const word = await file.find(from)
    const words = (await file.find(to)) - word
    if (words > 0) parts.push({ word, run: { first: count, count: words, from, to, position } })
    count += Math.max(0, words)
  }
  const words = sorter.begin(count)
  for (const { word, run } of parts) {
    await readWords(file, word, words.subarray(2 * run.first, 2 * (run.first + run.count)), signal)
    const bad = sorter.take(run)
    if (bad >= 0) throw badWord(file.path, words, bad, word + bad - run.first, pixels)
  }
  return sorter.sort()
}

async function readWords(file: WordFile, word: number, out: Uint32Array, signal?: AbortSignal): Promise<void> {
  for (let at = 0; at < out.length; at += 2 * stepWords) {
    await file.read(word + at / 2, out.subarray(at, at + 2 * stepWords))
    await breathe()
    signal?.throwIfAborted()
  }
}

/** What is wrong with word `i` of `words`, which is word `number` of the file. */
function badWord(path: string, words: Uint32Array, i: number, number: number, pixels: number): InputError {
  const pixel = pixelOfWord(words, i)
  if (pixel >= pixels) {
    return new InputError(
      `${path} holds pixel ${pixel}, beyond the ${pixels} of the detector; set dataset.shape, for example shape: [512, 1024]`,
      { path, pixel, pixels: shapeText([pixels]) },
    )
  }
  const frame = frameOfWord(words, i)
  return new InputError(
    `${path} is not ordered by frame: word ${number} belongs to frame ${frame}; sort its words or check that it is a Rigaku 500k file`,
    { path, word: number, frame },
  )
}

export default {
  name: 'rigaku',
  description: 'photon events of a Rigaku 500k detector, one .bin file of 64-bit words',
  accepts: (path) => /\.bin$/i.test(path),
  open,
} satisfies FrameFormat
