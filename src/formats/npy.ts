// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Format `npy`: one array of T frames, `path`, T x detector shape, of any real type. Optional: `counters`, `streams`,
 * `vars: { name: file }`, each an `.npy` with one value per event; `sentinel` and `saturation`, values that mark invalid and
 * saturated pixels.
 */
import { InputError } from '../errors.js'
import { type NpyFile, openNpy } from '../io/npy.js'
import { bytesOf, type DType, shapeText, sizeOf, type TypedArray } from '../units.js'
import { optionalNumber, requireKnownKeys } from './common/options.js'
import { loadPerEvent, perEventKeys } from './common/perEvent.js'
import { reusable, rowRuns } from './common/runs.js'
import type { DatasetSpec, FrameFormat, FramePiece, FrameSource } from './format.js'

async function open(dataset: DatasetSpec): Promise<FrameSource> {
  requireKnownKeys(dataset, perEventKeys)
  const file = await openNpy(dataset.path)
  const [events = 0, ...shape] = file.shape
  try {
    if (shape.length === 0 || sizeOf(file.shape) === 0) throw notFrames(dataset.path, file.shape)
    const buffer = reusable(file.dtype)
    const frameSize = sizeOf(shape)
    return {
      shape,
      dtype: file.dtype,
      events,
      ...loadPerEvent(dataset, events),
      sentinel: optionalNumber(dataset, 'sentinel'),
      saturation: optionalNumber(dataset, 'saturation'),
      metadata: {},
      read: async (indices, signal) => {
        const data = buffer(indices.length * frameSize)
        for (const run of rowRuns(indices)) {
          signal?.throwIfAborted()
          await file.readRows(run.from, run.to, data.subarray(run.first * frameSize))
        }
        return { kind: 'dense', events: indices.length, dtype: file.dtype, data }
      },
      ...(file.readBytes === null ? {} : { readPieces: pieceReader(file.readBytes, frameSize, file.dtype) }),
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
}

/** Reads frames in runs; pixels of no piece go to a scratch buffer. */
function pieceReader(
  readBytes: NonNullable<NpyFile['readBytes']>,
  frameSize: number,
  dtype: DType,
): NonNullable<FrameSource['readPieces']> {
  const scratch = reusable(dtype)
  return (indices, pieces) => {
    const gaps = gapsOf(pieces, frameSize)
    const unused = bytesIn(scratch(Math.max(0, ...gaps)))
    for (const run of rowRuns(indices)) {
      const buffers: Uint8Array[] = []
      for (let e = run.first; e < run.end; e++) addFrame(e, pieces, gaps, unused, bytesOf(dtype), buffers)
      readBytes(run.from, buffers)
    }
  }
}

/** Pixels before each piece that belong to no other, and behind the last. */
function gapsOf(pieces: readonly FramePiece[], frameSize: number): number[] {
  const ends = [0, ...pieces.map(({ pixel, length }) => pixel + length)]
  return ends.map((end, i) => (pieces[i]?.pixel ?? frameSize) - end)
}

/** Where the bytes of event `e` go, in the order of the file. */
function addFrame(
  e: number,
  pieces: readonly FramePiece[],
  gaps: readonly number[],
  unused: Uint8Array,
  itemBytes: number,
  buffers: Uint8Array[],
): void {
  for (const [i, gap] of gaps.entries()) {
    if (gap > 0) buffers.push(unused.subarray(0, gap * itemBytes))
    const piece = pieces[i]
    if (piece === undefined) return
    const from = e * piece.stride + piece.at
    buffers.push(bytesIn(piece.out.subarray(from, from + piece.length)))
  }
}

function bytesIn({ buffer, byteOffset, byteLength }: TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

function notFrames(path: string, shape: readonly number[]): InputError {
  return new InputError(
    `${path} has shape ${shapeText(shape)}: frames are needed, first axis events, further axes the detector`,
    { path, shape },
  )
}

export default {
  name: 'npy',
  description: 'one .npy array of T frames, T x detector shape',
  accepts: (path) => path.toLowerCase().endsWith('.npy'),
  open,
} satisfies FrameFormat
