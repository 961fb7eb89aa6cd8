// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana agree`: one pass over the data, g2 by every definition, and why they differ. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { ResolvedConfig } from '../../config/resolved.js'
import { type VariantName, variantNames } from '../../correlators/agree/variants.js'
import { openHdf5 } from '../../io/hdf5.js'
import { readDataset } from '../../io/hdf5Read.js'
import { readCurves } from '../../results/reader.js'
import { prepare } from '../check.js'
import { type RunOptions, runResolved } from '../run.js'
import { type AnalysisName, agreeConfig, plainTimes } from './definitions.js'

/** Curves of one analysis: `[color * delays + delay]`. */
export interface AnalysisCurves {
  readonly colors: Int32Array
  readonly elements: Int32Array
  readonly delays: Float64Array
  readonly counts: Float64Array
  readonly g2: Float64Array
  readonly error: Float64Array
  /** Of the analyses that have them. */
  readonly variants: Readonly<Partial<Record<VariantName, Float64Array>>>
}

/** What the one pass gave. */
export interface Pass {
  readonly analyses: Readonly<Record<AnalysisName, AnalysisCurves>>
  readonly events: number
  /** Mean value per colored element and event, and its relative spread over events. */
  readonly mean: number
  readonly jitter: number
  /** Colored elements. */
  readonly elements: number
  /** Delays from here on have no plain lags, because the buffer does not reach; null = all have. */
  readonly plainEnd: number | null
  /** The result file, null where it was not asked for. */
  readonly output: string | null
}

/** Run all definitions over what `base` describes. `output`: also keep the HDF5 result. */
export async function runAgree(base: ResolvedConfig, output: string | null, options: RunOptions = {}): Promise<Pass> {
  const folder = output === null ? await mkdtemp(join(tmpdir(), 'parcorana-agree-')) : null
  try {
    const { source, plan } = await prepare({ ...base, analyses: base.analyses.slice(0, 1) })
    const times = plainTimes(plan.partition.elements.length, source.events)
    const path = output ?? join(folder as string, 'agree.h5')
    const config = agreeConfig(base, times, source.tickSpan, path)
    const { output: written, accounting } = await runResolved(config, options)
    const pass = await readPass(written as string)
    return { ...pass, events: accounting.correlated, plainEnd: times < source.tickSpan ? times : null, output }
  } finally {
    if (folder !== null) await rm(folder, { recursive: true, force: true })
  }
}

async function readPass(path: string): Promise<Pick<Pass, 'analyses' | 'mean' | 'jitter' | 'elements'>> {
  const analyses = {
    levels: await readAnalysis(path, 'levels', variantNames),
    frameNormalized: await readAnalysis(path, 'frameNormalized', []),
    buffers: await readAnalysis(path, 'buffers', []),
    plain: await readAnalysis(path, 'plain', variantNames),
  }
  const h5 = await openHdf5(path)
  try {
    const { shape, data } = readDataset(h5, '/xpcs/spatial_mean/intensity_vs_time')
    const points = Array.from(data).slice(shape[1] as number)
    const mean = points.reduce((sum, value) => sum + value, 0) / points.length
    const variance = points.reduce((sum, value) => sum + (value - mean) ** 2, 0) / points.length
    const elements = analyses.levels.elements.reduce((sum, n) => sum + n, 0)
    return { analyses, mean, jitter: Math.sqrt(variance) / mean, elements }
  } finally {
    h5.close()
  }
}

async function readAnalysis(
  path: string,
  name: AnalysisName,
  variants: readonly VariantName[],
): Promise<AnalysisCurves> {
  const group = `/user/${name}/final`
  const { counts, curves } = await readCurves(path, group)
  const h5 = await openHdf5(path)
  try {
    const { colors, elements, delays, g2, error } = curves
    const values = variants.map((variant) => {
      return [variant, Float64Array.from(readDataset(h5, `${group}/variants/${variant}`).data)] as const
    })
    return { colors, elements, delays, counts, g2, error, variants: Object.fromEntries(values) }
  } finally {
    h5.close()
  }
}
