// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * When frames may go from the file straight to the workers' places in a send buffer: nobody wants to see them whole, the file
 * holds the values as they lie in memory, and the mask lets long stretches through.
 */
import { overrides } from '../correlators/g2Common.js'
import type { FramePiece, FrameSource } from '../formats/format.js'
import type { Partition } from '../masks/partition.js'
import { bytesOf, type TypedArray } from '../units.js'
import type { Calibration } from './keptEvents.js'
import type { RankContext } from './plan.js'

/** Shorter stretches, on average, are faster read with what lies between them and copied. */
const stretchBytes = 8192

export function mayReadPieces(ctx: RankContext, source: FrameSource, calibration: Calibration | null): boolean {
  if (source.readPieces === undefined || calibration !== null) return false
  if (ctx.instances.some((instance) => overrides(instance, 'serverFinalDataArray'))) return false
  const { partition, selection, missingPanel } = ctx.plan
  if (selection.average > 1 || missingPanel === 'frame') return false
  const { shares, frameSize } = partition
  const stretches = shares.reduce((sum, { runs }) => sum + runs.length.length, 0)
  return stretches <= shares.length || stretches * stretchBytes <= frameSize * bytesOf(source.dtype)
}

/** Where the pixels of a frame go: `out` [events x elements] by worker. */
export function piecesOf({ shares }: Partition, out: readonly TypedArray[]): FramePiece[] {
  return shares.flatMap(({ count, runs }, worker) =>
    Array.from(runs.length, (length, r) => ({
      pixel: runs.pixel[r],
      length,
      out: out[worker],
      stride: count,
      at: runs.element[r],
    })),
  )
}
