// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Do two result files hold the same? Reads our files and those of ParCorAna. */
import type { Attribute, Dataset, Group } from 'h5wasm/node'
import { openHdf5, type Hdf5File } from '../io/hdf5.js'
import { requireDecoders } from '../io/hdf5Filters.js'
import { shapeText } from '../units.js'
import { compareDatasets, compareValues } from './cmpValues.js'

export interface CompareOptions {
  /** Every dataset and attribute equal bit for bit, types included. Default false: arrays within 0.1 %, scalars exact. */
  readonly exact?: boolean
  /** Names (last part of a path) that are skipped at every level. */
  readonly ignore?: readonly string[]
  /** Compare only what both files hold. Default false: what only one file holds is a difference. */
  readonly common?: boolean
  /** Called with one line per dataset that is equal. */
  readonly verbose?: (line: string) => void
}

export interface Comparison {
  readonly equal: boolean
  /** One sentence per difference: path, place, both values. */
  readonly differences: readonly string[]
  /** Datasets compared. */
  readonly checked: number
  /** With `common`: paths that only one file holds. */
  readonly onlyInOne: readonly string[]
}

/** Facts of an execution, never compared. */
const skipped = new Set([
  '/run',
  '/system/system_params/h5output',
  '/system/system_params/testH5output',
  '/system/system_params/numServers',
])

/** Compare two HDF5 results. Throws InputError where one cannot be read. */
export async function compareFiles(a: string, b: string, options: CompareOptions = {}): Promise<Comparison> {
  const first = await openHdf5(a)
  try {
    const second = await openHdf5(b)
    try {
      const comparer = new Comparer(first, second, options)
      comparer.groups('/')
      return comparer.result()
    } finally {
      second.close()
    }
  } finally {
    first.close()
  }
}

class Comparer {
  readonly #a: Hdf5File
  readonly #b: Hdf5File
  readonly #exact: boolean
  readonly #options: CompareOptions
  readonly #differences: string[] = []
  readonly #onlyInOne: string[] = []
  /** Pairs of objects already compared under another name. */
  readonly #seen = new Set<string>()
  #checked = 0

  constructor(a: Hdf5File, b: Hdf5File, options: CompareOptions) {
    this.#a = a
    this.#b = b
    this.#exact = options.exact ?? false
    this.#options = options
  }

  result(): Comparison {
    const differences = this.#differences
    return { equal: differences.length === 0, differences, checked: this.#checked, onlyInOne: this.#onlyInOne }
  }

  groups(path: string): void {
    const a = this.#a.file.get(path) as Group
    const b = this.#b.file.get(path) as Group
    this.#attributes(path, a, b)
    const inA = new Set(a.keys())
    const inB = new Set(b.keys())
    const names = [...new Set([...inA, ...inB])].sort((x, y) => rank(x) - rank(y) || (x < y ? -1 : 1))
    for (const name of names) {
      const child = path === '/' ? `/${name}` : `${path}/${name}`
      if (skipped.has(child) || this.#options.ignore?.includes(name)) continue
      if (inA.has(name) && inB.has(name)) this.#objects(child)
      else if (child !== '/test' || this.#exact) this.#lonely(child, inA.has(name) ? this.#a : this.#b)
    }
  }

  #objects(path: string): void {
    const a = this.#a.file.get(path)
    const b = this.#b.file.get(path)
    const [kindA, kindB] = [kindOf(a), kindOf(b)]
    if (kindA !== kindB) this.#differ(path, `is a ${kindA} in one file and a ${kindB} in the other`)
    else if (kindA !== 'dataset' && kindA !== 'group') {
      const [left, right] = [JSON.stringify(a), JSON.stringify(b)]
      if (left !== right) this.#differ(path, `links to ${left} and ${right}`)
    } else if (!this.#sawBoth(a as Dataset | Group, b as Dataset | Group)) {
      if (kindA === 'group') this.groups(path)
      else this.#datasets(path, a as Dataset, b as Dataset)
    }
  }

  #datasets(path: string, a: Dataset, b: Dataset): void {
    if (!this.#exact && methodOf(a) !== methodOf(b)) return
    this.#checked++
    const before = this.#differences.length
    const layouts = [a, b].map((dataset) => ({ shape: shapeText(dataset.shape ?? []), type: typeText(dataset) }))
    const [left, right] = layouts as [Layout, Layout]
    if (left.shape !== right.shape) this.#differ(path, `has shape ${left.shape} and ${right.shape}`)
    else if (this.#exact && left.type !== right.type) this.#differ(path, `has type ${left.type} and ${right.type}`)
    else {
      // Filters work on chunks.
      if (a.metadata.chunks !== null) requireDecoders(a.filters, path, this.#a.path)
      if (b.metadata.chunks !== null) requireDecoders(b.filters, path, this.#b.path)
      const found = compareDatasets(a, b, this.#exact)
      if (found !== null) this.#differ(path, `differs ${found}`)
    }
    this.#attributes(path, a, b)
    if (this.#differences.length === before) this.#options.verbose?.(`OK ${path}`)
  }

  /** Attributes count in exact mode only: ParCorAna writes none. */
  #attributes(path: string, a: Dataset | Group, b: Dataset | Group): void {
    if (!this.#exact) return
    const [left, right] = [a.attrs, b.attrs]
    for (const name of [...new Set([...Object.keys(left), ...Object.keys(right)])].sort()) {
      const [one, two] = [left[name], right[name]]
      const place = `${path}@${name}`
      if (one === undefined || two === undefined) this.#differ(place, `is only in ${(one ? this.#a : this.#b).path}`)
      else this.#attribute(place, one, two)
    }
  }

  #attribute(place: string, a: Attribute, b: Attribute): void {
    const [left, right] = [a, b].map(({ shape, dtype }) => `${JSON.stringify(dtype)} ${shapeText(shape ?? [])}`)
    if (left !== right) this.#differ(place, `is ${left} and ${right}`)
    else {
      const found = compareValues(a.value, b.value, true, a.shape ?? [])
      if (found !== null) this.#differ(place, `differs ${found}`)
    }
  }

  #lonely(path: string, owner: Hdf5File): void {
    if (this.#options.common) this.#onlyInOne.push(path)
    else this.#differ(path, `is only in ${owner.path}`)
  }

  #sawBoth(a: Dataset | Group, b: Dataset | Group): boolean {
    const key = [a, b].map((object) => Buffer.from(object.create_reference().ref_data).toString('hex')).join(':')
    if (this.#seen.has(key)) return true
    this.#seen.add(key)
    return false
  }

  #differ(path: string, what: string): void {
    this.#differences.push(`${path} ${what}`)
  }
}

interface Layout {
  readonly shape: string
  readonly type: string
}

function typeText(dataset: Dataset): string {
  const { type, size, signed, vlen, littleEndian } = dataset.metadata
  return `${JSON.stringify(dataset.dtype)} (${[type, vlen ? 'vlen' : size, signed, littleEndian].join(' ')})`
}

/** Errors of two kinds are no two values of one thing: the first words of `error_method`, '' where there is none. */
function methodOf({ attrs }: Dataset): string {
  return String(attrs.error_method?.value ?? attrs.method?.value ?? '').split(':')[0] as string
}

/** `entry` links to objects of other groups: those report first, under their own names. */
function rank(name: string): number {
  return name === 'entry' ? 1 : 0
}

function kindOf(object: unknown): string {
  if (object === null || typeof object !== 'object' || !('type' in object)) return 'broken object'
  const names: Record<string, string> = { Dataset: 'dataset', Group: 'group' }
  return names[String(object.type)] ?? 'link'
}
