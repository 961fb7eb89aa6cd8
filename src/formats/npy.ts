// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Format `npy`: one array of T frames, `path`, T x detector shape, of any real type. Optional: `counters`, `streams`,
 * `vars: { name: file }`, each an `.npy` with one value per event; `sentinel` and `saturation`, values that mark invalid and
 * saturated pixels.
 */
import { InputError } from '../errors.js'
import { openNpy } from '../io/npy.js'
import { shapeText, sizeOf } from '../units.js'
import { optionalNumber, requireKnownKeys } from './common/options.js'
import { loadPerEvent, perEventKeys } from './common/perEvent.js'
import { reusable, rowRuns } from './common/runs.js'
import type { DatasetSpec, FrameFormat, FrameSource } from './format.js'

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
      close: () => file.close(),
    }
  } catch (error) {
    await file.close()
    throw error
  }
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
