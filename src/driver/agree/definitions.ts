// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The definitions that `parcorana agree` puts side by side, and the analyses of one run that give them all. */
import type { ResolvedAnalysis, ResolvedConfig } from '../../config/resolved.js'
import { levelLagOf, multiTauDelays } from '../../correlators/multiTau/delays.js'
import { type QualitySpec, ringChecks, runChecks } from '../../roles/quality/spec.js'
import type { VariantName } from '../../correlators/agree/variants.js'

export type AnalysisName = 'levels' | 'frameNormalized' | 'buffers' | 'plain'

/** boost_corr's list of delays, and scikit-beam's. */
export const fourPerLevel = { delaysPerLevel: 4 } as const
export const eightBuffers = { numBufs: 8 } as const

/** One g2: of an analysis its own curve, or a variant of it. */
export interface DefinitionSource {
  readonly analysis: AnalysisName
  readonly variant: VariantName | null
}

export interface DefinitionWords extends DefinitionSource {
  readonly name: string
  /** Who computes it. */
  readonly tools: string
  readonly words: string
}

export const definitions = [
  {
    name: 'finecolor',
    tools: 'ParCorAna',
    words: 'mean over elements of G2/(<IP>_fine <IF>_fine), pairs of single frames',
    analysis: 'plain',
    variant: 'fine',
  },
  {
    name: 'static',
    tools: 'boost_corr -nf 0, xpcs-eigen',
    words: 'plain mean over static bins of <G2>/(<IP><IF>), level sums, 4 delays per level',
    analysis: 'levels',
    variant: null,
  },
  {
    name: 'frameMean',
    tools: 'boost_corr (its default, -nf 1)',
    words: 'the same of frames that were divided by their mean',
    analysis: 'frameNormalized',
    variant: null,
  },
  {
    name: 'ring',
    tools: 'scikit-beam, pyCHX',
    words: '<G2>/(<IP><IF>) of the ring, level sums, 8 buffers',
    analysis: 'buffers',
    variant: null,
  },
  {
    name: 'instantaneous',
    tools: 'dynamix',
    words: 'sum of <I(t)I(t+d)> / sum of <I(t)><I(t+d)>, pairs of single frames',
    analysis: 'plain',
    variant: null,
  },
] as const satisfies readonly DefinitionWords[]

export type DefinitionName = (typeof definitions)[number]['name']

/** Definitions are compared, not judged. */
const noChecks = {
  ...Object.fromEntries([...ringChecks, ...runChecks].map((name) => [name, null])),
  speckleSize: null,
  contrastExpected: null,
} as unknown as QualitySpec

/** What a config may ask of its own g2, but not of those of others. */
const plainly = {
  delaysPerLevel: null,
  numBufs: null,
  weights: 'bin',
  frameNorm: 'none',
  errors: 'elements',
  covariance: false,
  visibility: null,
}

/** Bytes of the rolling buffer of plain lags, at most, and the least of events in it. */
const bufferBytes = 2 ** 30
const bufferEvents = 64

/** Events that the buffer of plain lags holds: all, or what `bufferBytes` hold. */
export function plainTimes(elements: number, events: number): number {
  return Math.max(1, Math.min(events, Math.max(bufferEvents, Math.floor(bufferBytes / Math.max(1, elements)))))
}

/** The run of `agree`: the same data, mask and colors; one worker, because frames are divided by their mean. */
export function agreeConfig(base: ResolvedConfig, times: number, tickSpan: number, output: string): ResolvedConfig {
  const [{ userParams }] = base.analyses
  const analysis = (name: AnalysisName, userClass: string, own: Record<string, unknown>, delays: readonly number[]) =>
    ({
      name,
      userClass: { kind: 'builtin', name: userClass },
      className: userClass,
      delays,
      userParams: { ...userParams, ...plainly, ...own },
    }) satisfies ResolvedAnalysis
  const plain = Array.from(multiTauDelays(fourPerLevel, tickSpan)).filter((delay) => delay < times)
  return {
    ...base,
    systemParams: {
      ...base.systemParams,
      ...{ numWorkers: 1, update: 0, times, h5output: output, h5arrays: 'none', h5arraysExplicit: true, h5views: [] },
      overwrite: true,
      quality: noChecks,
    },
    analyses: [
      analysis('levels', 'agree LevelSums', { ...fourPerLevel, normalization: 'static' }, []),
      analysis('frameNormalized', 'agree FrameNormalized', { ...fourPerLevel, normalization: 'static' }, []),
      analysis('buffers', 'MultiTau', { ...eightBuffers, normalization: 'ring' }, []),
      analysis('plain', 'agree PlainLags', { normalization: 'instantaneous' }, plain),
    ],
  }
}

/** Ticks that one sample of boost_corr's list sums at `delay`. */
export function sampleTicks(delay: number): number {
  return 2 ** levelLagOf(fourPerLevel, delay).level
}
