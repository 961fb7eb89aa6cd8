// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Format `hdf5`: one dataset of T frames, T x detector shape, of any real type and chunking, in `path`; external links and
 * virtual datasets included. Optional: `dataset` (its name; default the only one of three or more axes, or /entry/data/data),
 * `counters`, `streams`, `vars: { name: place }` with one value per event, each a dataset of the file or an `.npy` file;
 * `sentinel` and `saturation`.
 */
import { setImmediate as breathe } from 'node:timers/promises'
import { InputError } from '../errors.js'
import { openHdf5, type Hdf5File } from '../io/hdf5.js'
import { requireDecoders } from '../io/hdf5Filters.js'
import { datasetDType, listDatasets, readDataset, readRows, requireDataset } from '../io/hdf5Read.js'
import { readNpy } from '../io/npy.js'
import { allocate, bytesOf, shapeText, sizeOf, type TypedArray } from '../units.js'
import { readMetadata, readSaturation } from './common/hdf5Metadata.js'
import { optionalNumber, requireKnownKeys, textOption } from './common/options.js'
import { loadPerEvent, perEventKeys } from './common/perEvent.js'
import { isWhole, pickRows, reusable, rowRuns } from './common/runs.js'
import type { DatasetSpec, FrameFormat, FrameSource } from './format.js'

/** Bytes read before other work of the thread gets a turn. */
const stepBytes = 16 * 1024 * 1024

type Frames = ReturnType<typeof requireDataset>

async function open(dataset: DatasetSpec): Promise<FrameSource> {
  requireKnownKeys(dataset, ['dataset', ...perEventKeys])
  const h5 = await openHdf5(dataset.path)
  try {
    const frames = requireDataset(h5, textOption(dataset, 'dataset') ?? onlyFrames(h5))
    return sourceOf(dataset, h5, frames)
  } catch (error) {
    h5.close()
    throw error
  }
}

function sourceOf(dataset: DatasetSpec, h5: Hdf5File, frames: Frames): FrameSource {
  const [events = 0, ...shape] = frames.shape ?? []
  if (shape.length === 0 || sizeOf(shape) * events === 0) {
    throw new InputError(
      `dataset ${frames.path} of ${h5.path} has shape ${shapeText(frames.shape ?? [])}: frames are needed, first axis events, further axes the detector`,
      { path: h5.path },
    )
  }
  requireDecoders(frames.filters, frames.path, h5.path)
  const dtype = datasetDType(h5, frames)
  const frameSize = sizeOf(shape)
  const buffer = reusable(dtype)
  const rowsPerChunk = frames.metadata.chunks?.[0] ?? 1
  const place = (name: string) => (name.toLowerCase().endsWith('.npy') ? readNpy(name) : readDataset(h5, name))
  return {
    shape,
    dtype,
    events,
    ...loadPerEvent(dataset, events, place),
    sentinel: optionalNumber(dataset, 'sentinel'),
    saturation: optionalNumber(dataset, 'saturation') ?? readSaturation(h5),
    metadata: readMetadata(h5),
    read: async (indices, signal) => {
      const data = buffer(indices.length * frameSize)
      for (const run of rowRuns(indices, rowsPerChunk)) {
        if (isWhole(run)) {
          await readInSteps(h5, frames, run.from, run.to, data.subarray(run.first * frameSize), frameSize, signal)
          continue
        }
        const rows = await readInSteps(h5, frames, run.from, run.to, null, frameSize, signal)
        pickRows(run, indices, rows, frameSize, data)
      }
      return { kind: 'dense', events: indices.length, dtype, data }
    },
    close: async () => h5.close(),
  }
}

/** Rows `from..to-1`, whole chunks at a time where the file has them; other work of this thread runs in between. */
async function readInSteps(
  h5: Hdf5File,
  frames: Frames,
  from: number,
  to: number,
  target: TypedArray | null,
  frameSize: number,
  signal: AbortSignal | undefined,
): Promise<TypedArray> {
  const dtype = datasetDType(h5, frames)
  const chunk = frames.metadata.chunks?.[0] ?? 1
  const step = chunk * Math.max(1, Math.floor(stepBytes / (frameSize * bytesOf(dtype) * chunk)))
  const out = target ?? allocate(dtype, (to - from) * frameSize)
  for (let row = from; row < to; ) {
    signal?.throwIfAborted()
    const next = Math.min(to, (Math.floor(row / step) + 1) * step)
    readRows(h5, frames, row, next, out.subarray((row - from) * frameSize))
    row = next
    await breathe()
  }
  return out
}

function onlyFrames(h5: Hdf5File): string {
  const usual = '/entry/data/data'
  const names = listDatasets(h5).filter((name) => (requireDataset(h5, name).shape?.length ?? 0) >= 3)
  if (names.length === 1) return names[0] as string
  if (names.includes(usual)) return usual
  const what =
    names.length === 0
      ? 'no dataset of three or more axes'
      : `several datasets that could be frames: ${names.join(', ')}`
  throw new InputError(`${h5.path} has ${what}; name the frames, for example dataset: '${names[0] ?? usual}'`, {
    path: h5.path,
    names,
  })
}

export default {
  name: 'hdf5',
  description: 'one HDF5 dataset of T frames, T x detector shape, with any usual compression',
  accepts: (path) => /\.(h5|hdf5?|nxs|cxi)$/i.test(path),
  open,
} satisfies FrameFormat
