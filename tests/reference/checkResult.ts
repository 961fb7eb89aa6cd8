// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One result file against what ParCorAna published and against the oracle: a list of sentences, empty when all is well. */
import { join } from 'node:path'
import type { Group } from 'h5wasm/node'
import { type Hdf5File, openHdf5 } from '../../src/io/hdf5.js'
import { lookUp, readDataset } from '../../src/io/hdf5Read.js'
import { readNpy } from '../../src/io/npy.js'
import { isTrusted, type ReferenceCase, referenceUpdates } from './cases.js'
import { type OracleResult, oracleOfCase } from './oracle.js'

/** What one update must hold, from either source. */
interface Expected {
  readonly source: string
  readonly group: string
  readonly counts: readonly number[]
  readonly sums: Readonly<Record<'G2' | 'IP' | 'IF', Float64Array>>
  /** Relative difference of a mean allowed; 0 = the same bits. */
  readonly meansTolerance: number
  readonly saturated: ArrayLike<number>
  readonly colors: readonly number[]
  /** [color][delay]; where the pair count is 0 it is not looked at. */
  readonly curves: readonly (readonly number[])[]
  readonly curvesTolerance: number
  readonly errors: readonly (readonly number[])[] | null
}

/** A dataset's values by its path. */
type Read = (name: string) => ArrayLike<number>

/** Expectations of a case and class, made once and held against many files. */
export class CaseChecker {
  readonly #case: ReferenceCase
  readonly #oracle: OracleResult
  readonly #expected: readonly (readonly Expected[])[]

  constructor(reference: ReferenceCase, userClass: string) {
    this.#case = reference
    this.#oracle = oracleOfCase(reference, userClass)
    this.#expected = [fromOracle(this.#oracle, isExact(reference))]
    const stored = referenceUpdates(reference, userClass)
    if (stored.length === 0 || !isTrusted(reference, userClass)) return
    this.#expected = [...this.#expected, fromReference(stored, isExact(reference))]
  }

  /** Does the reference take part, or the oracle alone? */
  get usesReference(): boolean {
    return this.#expected.length > 1
  }

  get oracle(): OracleResult {
    return this.#oracle
  }

  async differences(path: string, root = '/user'): Promise<string[]> {
    const h5 = await openHdf5(path)
    const known = new Map<string, ArrayLike<number>>()
    const read: Read = (name) => {
      const values = known.get(name) ?? readDataset(h5, name).data
      known.set(name, values)
      return values
    }
    try {
      return this.#expected.flatMap((updates) => [
        ...groupNames(h5, root, updates),
        ...updates.flatMap((update) => this.#update(h5, read, `${root}/${update.group}`, update)),
        ...finalGroup(read, root, updates),
      ])
    } finally {
      h5.close()
    }
  }

  #update(h5: Hdf5File, read: Read, group: string, expected: Expected): string[] {
    if (lookUp(h5, group) === null) return []
    const { delays } = this.#case.params
    const say = (what: string): string => `${group}, ${expected.source}: ${what}`
    const differing = (name: string, wanted: ArrayLike<number>, tolerance: number): string[] => {
      const found = firstDifference(read(`${group}/${name}`), wanted, tolerance)
      return found === null ? [] : [say(`${name} ${found}`)]
    }
    const found = [
      ...differing('delays', delays, 0),
      ...differing('delay_counts', expected.counts, 0),
      ...differing('saturated', expected.saturated, 0),
    ]
    for (const name of ['G2', 'IP', 'IF'] as const)
      delays.forEach((delay, k) => {
        const wanted = means(expected.sums[name], k, delays.length, expected.counts[k] as number)
        found.push(...differing(`${name}/delay_${String(delay).padStart(6, '0')}`, wanted, expected.meansTolerance))
      })
    const colors = storedColors(h5, group)
    if (colors.join() !== expected.colors.join()) found.push(say(`colors ${colors}, expected ${expected.colors}`))
    expected.colors.forEach((color, c) => {
      const wanted = (expected.curves[c] as number[]).map((g2, k) => (expected.counts[k] === 0 ? Number.NaN : g2))
      found.push(...differing(`delay_curve_color_${color}`, wanted, expected.curvesTolerance))
      const errors = expected.errors?.[c]
      if (errors) found.push(...differing(`delay_curve_error_color_${color}`, errors, 1e-6))
    })
    return found
  }
}

function fromReference(stored: ReturnType<typeof referenceUpdates>, exact: boolean): Expected[] {
  return stored.map(({ group, counts, sums, saturated, colors, curves }) => ({
    source: 'ParCorAna',
    group,
    counts,
    sums,
    meansTolerance: exact ? 0 : 5e-6,
    saturated,
    colors,
    curves: colors.map((_, c) => Array.from(curves.subarray(c * counts.length, (c + 1) * counts.length))),
    curvesTolerance: 1e-6,
    errors: null,
  }))
}

function fromOracle({ updates }: OracleResult, exact: boolean): Expected[] {
  return updates.map(({ largest, counts, sums, saturated, colors, curves, errors }) => ({
    source: 'oracle',
    group: `G2_results_at_${String(largest).padStart(6, '0')}`,
    counts,
    sums,
    meansTolerance: exact ? 0 : 1e-11,
    saturated,
    colors,
    curves,
    curvesTolerance: 1e-12,
    errors,
  }))
}

/** All stored values are multiples of 1/4, so that float32 sums below 2^24 are exact. */
function isExact({ folder, params }: ReferenceCase): boolean {
  const { shape, data } = readNpy(join(folder, 'input.npy'))
  const mask = readNpy(join(folder, 'mask.npy')).data
  const size = data.length / (shape[0] as number)
  return data.every((value, i) => !mask[i % size] || Number.isInteger(4 * Math.max(value, params.notzero)))
}

function means(sums: Float64Array, k: number, delays: number, count: number): Float64Array {
  const size = sums.length / delays
  return sums.slice(k * size, (k + 1) * size).map((sum) => (count === 0 ? 0 : sum / count))
}

function firstDifference(found: ArrayLike<number>, wanted: ArrayLike<number>, tolerance: number): string | null {
  if (found.length !== wanted.length) return `has ${found.length} values, expected ${wanted.length}`
  for (let i = 0; i < wanted.length; i++) {
    const [a, b] = [found[i] as number, wanted[i] as number]
    if (Object.is(a, b) || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b))) continue
    return `is ${a} at ${i}, expected ${b}`
  }
  return null
}

function groupNames(h5: Hdf5File, root: string, updates: readonly Expected[]): string[] {
  const names = (lookUp(h5, root) as Group).keys().filter((name) => name.startsWith('G2_results_at_'))
  const wanted = updates.map(({ group }) => group)
  return names.sort().join() === [...wanted].sort().join() ? [] : [`${root} holds ${names}, expected ${wanted}`]
}

function finalGroup(read: Read, root: string, updates: readonly Expected[]): string[] {
  const last = updates.at(-1) as Expected
  return [read(`${root}/final/delay_counts`)].flatMap((counts) =>
    Array.from(counts).join() === last.counts.join() ? [] : [`${root}/final has counts ${counts}`],
  )
}

function storedColors(h5: Hdf5File, group: string): number[] {
  return (lookUp(h5, group) as Group)
    .keys()
    .flatMap((name) => /^delay_curve_color_(\d+)$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b)
}
