// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a synthetic dataset says, checked and with defaults; and the classes of its pixels. */
import { ConfigError } from '../../errors.js'
import { sizeOf } from '../../units.js'
import {
  flagOption,
  integerOption,
  numberOption,
  numbersOption,
  requireKnownKeys,
  textOption,
} from '../common/options.js'
import type { DatasetSpec } from '../format.js'

export interface SyntheticSpec {
  /** `speckle`: fluctuating photon counts with known g2; `noise`: uniform 0..7, uncorrelated, cheapest. */
  readonly kind: 'speckle' | 'noise'
  readonly shape: readonly number[]
  readonly events: number
  readonly seed: number
  /** Mean counts per pixel and frame: one, or one per ring. */
  readonly mean: readonly number[]
  /** 0..1; g2 - 1 at short delays is its square: one, or one per ring. */
  readonly contrast: readonly number[]
  /** Rate per tick at which g2 - 1 decays, >= 0: one, or one per ring. */
  readonly decay: readonly number[]
  /** Edge of a speckle in pixels: squares of so many pixels share their intensity. */
  readonly speckle: number
  /** Beam intensity: amplitude of one sine period over the run, 0..0.9. Mean 1. */
  readonly drift: number
  /** Beam intensity: standard deviation from event to event, 0..0.55. */
  readonly jitter: number
  /** Borders of the rings in pixels, ascending; ring k holds edges[k-1] <= r < edges[k]. Empty = one ring, all pixels. */
  readonly edges: readonly number[]
  /** Center of the rings, `[row, column]`. */
  readonly center: readonly number[]
  /** Give photon events instead of frames. */
  readonly sparse: boolean
  /** Fraction of ticks without an event. */
  readonly gaps: number
  /** Events may come up to this many places late. */
  readonly disorder: number
  /** Fraction of events that repeat the counter before them. */
  readonly repeats: number
  /** Tick of the first event. */
  readonly start: number
  /** DAQ streams that the events belong to in turn; 0 = none. */
  readonly streams: number
  /** Names of variables, uniform in 0..1; 'beam' is the true intensity of the beam where `drift` or `jitter` is given. */
  readonly vars: readonly string[]
}

const keys = [
  ...['kind', 'shape', 'events', 'seed', 'mean', 'contrast', 'decay', 'edges', 'center', 'sparse'],
  ...['speckle', 'drift', 'jitter', 'gaps', 'disorder', 'repeats', 'start', 'streams', 'vars'],
]

/** Throws ConfigError for an unknown key or a value out of range. */
export function syntheticSpec(dataset: DatasetSpec): SyntheticSpec {
  requireKnownKeys(dataset, keys)
  const shape = numbersOption(dataset, 'shape', [256, 256])
  const edges = dataset.edges === undefined ? [] : numbersOption(dataset, 'edges', [])
  const spec: SyntheticSpec = {
    kind: kindOf(dataset),
    shape,
    events: integerOption(dataset, 'events', 1000, 1, 2 ** 31 - 1),
    seed: integerOption(dataset, 'seed', 1, 0, 2 ** 31 - 1),
    mean: perRing(dataset, 'mean', 2, edges, [0, 30_000]),
    contrast: perRing(dataset, 'contrast', 0.5, edges, [0, 1]),
    decay: perRing(dataset, 'decay', 0.01, edges, [0, Number.POSITIVE_INFINITY]),
    speckle: integerOption(dataset, 'speckle', 1, 1, 1000),
    drift: numberOption(dataset, 'drift', 0, 0, 0.9),
    jitter: numberOption(dataset, 'jitter', 0, 0, 0.55),
    edges,
    center: numbersOption(
      dataset,
      'center',
      shape.map((extent) => extent / 2),
    ),
    sparse: flagOption(dataset, 'sparse', false),
    gaps: numberOption(dataset, 'gaps', 0, 0, 0.99),
    disorder: integerOption(dataset, 'disorder', 0, 0, 1_000_000),
    repeats: numberOption(dataset, 'repeats', 0, 0, 0.5),
    start: integerOption(dataset, 'start', 0, 0, 1_000_000_000),
    streams: integerOption(dataset, 'streams', 0, 0, 10_000),
    vars: varsOf(dataset),
  }
  requireGeometry(spec)
  requireSpeckle(spec)
  if (spec.kind === 'noise' && spec.sparse) {
    throw new ConfigError("dataset.sparse needs kind 'speckle': noise has counts nearly everywhere", {
      key: 'dataset.sparse',
    })
  }
  return spec
}

/** Large speckles need rows and columns; noise has neither speckles nor a beam. */
function requireSpeckle({ kind, shape, speckle, drift, jitter }: SyntheticSpec): void {
  const [key] =
    kind === 'noise' ? (Object.entries({ speckle: speckle - 1, drift, jitter }).find(([, v]) => v > 0) ?? []) : []
  if (key !== undefined) {
    throw new ConfigError(`dataset.${key} needs kind 'speckle': noise has neither speckles nor a beam`, {
      key: `dataset.${key}`,
    })
  }
  if (speckle === 1 || shape.length >= 2) return
  throw new ConfigError(`dataset.speckle is ${speckle}, which needs a shape of two axes, not ${shape.length}`, {
    key: 'dataset.speckle',
  })
}

function kindOf(dataset: DatasetSpec): 'speckle' | 'noise' {
  const kind = textOption(dataset, 'kind') ?? 'speckle'
  if (kind === 'speckle' || kind === 'noise') return kind
  throw new ConfigError(`dataset.kind is '${kind}', but must be 'speckle' or 'noise'`, { key: 'dataset.kind' })
}

function perRing(
  dataset: DatasetSpec,
  key: string,
  otherwise: number,
  edges: readonly number[],
  [min, max]: readonly [number, number],
): number[] {
  const values = numbersOption(dataset, key, [otherwise])
  const count = Math.max(1, edges.length - 1)
  if (values.some((value) => value < min || value > max)) {
    throw new ConfigError(`dataset.${key} is [${values.join(', ')}], but must lie within ${min}..${max}`, {
      key: `dataset.${key}`,
    })
  }
  if (values.length === 1) return new Array<number>(count).fill(values[0] as number)
  if (values.length === count) return values
  throw new ConfigError(`dataset.${key} has ${values.length} values for ${count} rings: give one, or one per ring`, {
    key: `dataset.${key}`,
  })
}

function varsOf(dataset: DatasetSpec): string[] {
  const value = dataset.vars ?? []
  const names = typeof value === 'string' ? value.split(',') : value
  if (Array.isArray(names) && names.every((name) => typeof name === 'string' && name !== '')) return names
  throw new ConfigError(`dataset.vars is ${JSON.stringify(value)}, but must be a list of names`, {
    key: 'dataset.vars',
  })
}

function requireGeometry({ shape, edges, center }: SyntheticSpec): void {
  if (shape.some((extent) => !Number.isInteger(extent) || extent < 1)) {
    throw new ConfigError(`dataset.shape is [${shape.join(', ')}], but must be whole numbers from 1 on`, {
      key: 'dataset.shape',
    })
  }
  if (edges.length === 0) return
  const ascending =
    edges.length >= 2 && edges.length <= 256 && edges.every((edge, k) => k === 0 || edge > (edges[k - 1] as number))
  if (!ascending)
    throw new ConfigError(`dataset.edges is [${edges.join(', ')}], but must be 2 to 256 ascending radii`, {
      key: 'dataset.edges',
    })
  if (shape.length !== 2 || center.length !== 2) {
    throw new ConfigError(
      `dataset.edges needs a shape and a center of two axes, not ${shape.length} and ${center.length}`,
      { key: 'dataset.edges' },
    )
  }
}

/** Ring - 1 of each pixel; pixels inside the first border or outside the last belong to the nearest ring. */
export function pixelClasses({ shape, edges, center }: SyntheticSpec): Uint8Array {
  const classes = new Uint8Array(sizeOf(shape))
  if (edges.length < 3) return classes
  const columns = shape[1] as number
  const [row, column] = center as [number, number]
  return classes.map((_, pixel) => {
    const down = Math.floor(pixel / columns) - row
    const right = (pixel % columns) - column
    const beyond = edges.findIndex((edge) => edge * edge > down * down + right * right)
    return beyond < 0 ? edges.length - 2 : Math.max(0, beyond - 1)
  })
}

/** The upper left pixel of each pixel's speckle; undefined = every pixel is one. The last two axes are rows and columns. */
export function speckleCells({ shape, speckle }: SyntheticSpec): Int32Array | undefined {
  if (speckle === 1) return undefined
  const [rows, columns] = shape.slice(-2) as [number, number]
  return Int32Array.from({ length: sizeOf(shape) }, (_, pixel) => {
    const panel = Math.floor(pixel / (rows * columns))
    const row = Math.floor(pixel / columns) % rows
    const column = pixel % columns
    return (panel * rows + row - (row % speckle)) * columns + column - (column % speckle)
  })
}
