// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * An HDF5 file that is being written, as `ResultGroup`s. h5wasm cannot remove an object from a file, so a dataset of the
 * same type and shape is overwritten in place, any other replacement is kept aside until `settle` writes the file anew.
 */
import { renameSync } from 'node:fs'
import { setImmediate as turn } from 'node:timers/promises'
import type { Dataset } from 'h5wasm/node'
import type { Attributes, DatasetOptions, DatasetValue, Grid, ResultGroup } from '../correlators/resultGroup.js'
import { RunError } from '../errors.js'
import { hdf5Reason, openHdf5, type Hdf5File } from '../io/hdf5.js'
import { Hdf5Group } from './hdf5Group.js'
import { copyGrid, createGrid, createGrowing, deflateLevel, overwriteValues, writeGrid } from './hdf5Parts.js'
import { type Layout, type Node, sameValues } from './hdf5Node.js'
import { isWithin, nameOf, normal, parentOf } from './hdf5Names.js'
import { decodeValue, encodeAttribute, encodeDataset, type Encoded } from './hdf5Encode.js'
import type { TypedArray } from '../units.js'

const asideGroup = '/.replaced'

export class ResultFile {
  readonly path: string
  #h5: Hdf5File
  readonly #nodes: Map<string, Node>
  /** Objects of the file that this one was copied from. */
  readonly #below: ReadonlyMap<string, Node>
  readonly #root: Node = { stored: '', layout: null, attributes: new Map(), outdated: false }
  /** Constant arrays that are in the file, with one of their names. */
  readonly #constants = new WeakMap<object, string>()
  #aside = 0
  #settled = true

  private constructor(h5: Hdf5File, below: ReadonlyMap<string, Node>) {
    this.path = h5.path
    this.#h5 = h5
    this.#below = below
    this.#nodes = new Map()
  }

  /** A new file; an existing one is truncated. */
  static async create(path: string): Promise<ResultFile> {
    return new ResultFile(await openHdf5(path, 'w'), new Map())
  }

  /** Open `path`, a byte copy of the flushed and settled `original`, to add to it. */
  static async addTo(path: string, original: ResultFile): Promise<ResultFile> {
    return new ResultFile(await openHdf5(path, 'a'), original.#nodes)
  }

  group(path: string): ResultGroup {
    this.#requireGroup(normal(path))
    return new Hdf5Group(this, normal(path))
  }

  has(path: string): boolean {
    const node = this.#find(normal(path))
    return node !== undefined && !node.outdated
  }

  /** Write a dataset, replacing one of the same name; parents are created. */
  write(path: string, value: DatasetValue, options: DatasetOptions = {}): void {
    const name = normal(path)
    if (options.constant && this.#linkConstant(name, value)) return
    const constant = options.constant ? (value as object) : undefined
    const encoded = encodeDataset(name, value, options)
    const parent = this.#requireGroup(parentOf(name))
    const layout: Layout = {
      type: encoded.type,
      shape: encoded.shape,
      compressed: encoded.chunks !== null,
      grid: false,
    }
    const old = this.#find(name)
    const reusable = old?.layout != null && !old.shared && encoded.type !== 'S' && sameValues(old.layout, layout)
    if (reusable) {
      this.#attempt(name, () => overwriteValues(this.#h5, old.stored, encoded))
      old.outdated = false
      old.constant = constant
      this.#clearAttributes(name, old)
    } else {
      const stored = old === undefined ? `${parent.stored}/${nameOf(name)}` : this.#setAside(name)
      this.#attempt(name, () => this.#create(stored, encoded))
      this.#register(name, stored, layout, {}, constant)
    }
    this.attributes(name, options.attributes ?? {})
    if (constant !== undefined) this.#constants.set(constant, name)
  }

  /** Another name for a constant array, or the same again; false where the file has it not, or has something else of that name. */
  #linkConstant(name: string, value: DatasetValue): boolean {
    const old = this.#nodes.get(name)
    if (old?.constant === value) {
      this.#requireGroup(parentOf(name))
      old.outdated = false
      return true
    }
    const known = this.#nodes.get(this.#constants.get(value as object) ?? '')
    if (known?.constant !== value || known.outdated || this.#find(name) !== undefined) return false
    const stored = `${this.#requireGroup(parentOf(name)).stored}/${nameOf(name)}`
    this.#attempt(name, () => this.#h5.module.create_hard_link(this.#h5.file.file_id, known.stored, stored))
    known.shared = true
    this.#nodes.set(name, { ...known, stored, attributes: new Map(known.attributes) })
    return true
  }

  attributes(path: string, attributes: Attributes): void {
    const name = normal(path)
    const node = this.#own(name)
    const entries = Object.entries(attributes)
    if (entries.length === 0) return
    this.#attempt(name, () => {
      const create = this.#attributesOf(node.stored)
      for (const [key, value] of entries) {
        if (node.attributes.has(key)) this.#h5.module.delete_attribute(this.#h5.file.file_id, node.stored, key)
        create(key, value)
        node.attributes.set(key, value)
      }
    })
  }

  /** A second name for the same object. Only in files that are not settled any more. */
  link(target: string, path: string): void {
    const name = normal(path)
    const { stored } = this.#requireNode(normal(target))
    const parent = this.#requireGroup(parentOf(name))
    this.#attempt(name, () =>
      this.#h5.module.create_hard_link(this.#h5.file.file_id, stored, `${parent.stored}/${nameOf(name)}`),
    )
    this.#nodes.set(name, { ...this.#requireNode(normal(target)) })
  }

  /** What lies at and below `path` is replaced as a whole: whatever is not written again vanishes at the next `settle`. */
  outdate(path: string): void {
    const name = normal(path)
    for (const [key, node] of this.#nodes) if (isWithin(key, name)) node.outdated = true
  }

  /** Remove what was replaced. Writes the file anew where something has to go; else does nothing. */
  async settle(): Promise<void> {
    const outdated = [...this.#nodes].filter(([, node]) => node.outdated)
    for (const [path] of outdated) this.#nodes.delete(path)
    if (this.#settled && outdated.length === 0) return
    const fresh = `${this.path}.settled`
    const target = await ResultFile.create(fresh)
    for (const [path, node] of this.#nodes) {
      this.#copyTo(target, path, node)
      if (node.layout?.compressed) await turn()
    }
    target.close()
    this.close()
    renameSync(fresh, this.path)
    this.#h5 = await openHdf5(this.path, 'a')
    for (const [path, node] of target.#nodes) this.#nodes.set(path, node)
    this.#settled = true
  }

  flush = (): void => this.#attempt(this.path, () => this.#h5.flush())

  close = (): void => this.#attempt(this.path, () => this.#h5.close())

  /** The values of a numeric dataset; 64-bit integers are refused. */
  values(path: string): TypedArray {
    const { stored } = this.#requireNode(normal(path))
    const { value } = this.#h5.file.get(stored) as Dataset
    if (ArrayBuffer.isView(value) && !(value instanceof BigInt64Array)) return value as TypedArray
    throw new RunError(`${path} holds no plain numbers`, { path })
  }

  /** An empty float32 dataset that grows along its first axis by `append`, one chunk per row. */
  growing(path: string, rowShape: readonly number[], attributes: Attributes): (row: Float32Array) => void {
    const name = normal(path)
    const parent = this.#requireGroup(parentOf(name))
    const stored = `${parent.stored}/${nameOf(name)}`
    const append = this.#attempt(name, () => createGrowing(this.#h5, stored, rowShape))
    const layout: Layout = { type: '<f', shape: [], compressed: true, grid: false }
    this.#register(name, stored, layout, attributes)
    return (row) => this.#attempt(name, () => append(row))
  }

  /** A float64 dataset of zeros to be written part by part. */
  grid(path: string, shape: readonly [number, number], attributes: Attributes = {}): Grid {
    const name = normal(path)
    const parent = this.#requireGroup(parentOf(name))
    const layout: Layout = { type: '<d', shape, compressed: true, grid: true }
    const old = this.#find(name)
    const reused = old?.layout?.grid === true && sameValues(old.layout, layout)
    if (reused) this.#clearAttributes(name, old)
    const place = old === undefined ? `${parent.stored}/${nameOf(name)}` : ''
    const stored = reused ? old.stored : place || this.#setAside(name)
    if (!reused) this.#attempt(name, () => createGrid(this.#h5, stored, shape))
    this.#register(name, stored, layout, attributes)
    const write: Grid['write'] = (row, column, rows, columns, values) =>
      this.#attempt(name, () => writeGrid(this.#h5, stored, [row, column], [rows, columns], values))
    return { write }
  }

  #register(name: string, stored: string, layout: Layout, attributes: Attributes, constant?: object): void {
    this.#nodes.set(name, { stored, layout, attributes: new Map(), outdated: false, constant })
    this.attributes(name, attributes)
  }

  #find = (path: string): Node | undefined => this.#nodes.get(path) ?? this.#below.get(path)

  /** The node of `path`, copied where it belongs to the original file. */
  #own(path: string): Node {
    const node = this.#requireNode(path)
    if (this.#nodes.has(path)) return node
    const own = { ...node, attributes: new Map(node.attributes) }
    this.#nodes.set(path, own)
    return own
  }

  #requireNode(path: string): Node {
    if (path === '/') return this.#root
    const node = this.#find(path)
    if (node === undefined) throw new RunError(`${this.path} has no object ${path}: write it first`, { path })
    return node
  }

  #requireGroup(path: string): Node {
    if (path === '/') return this.#root
    const old = this.#find(path)
    if (old !== undefined && old.layout === null) {
      if (old.outdated) this.#clearAttributes(path, old)
      old.outdated = false
      for (let up = parentOf(path); up !== '/'; up = parentOf(up)) this.#requireNode(up).outdated = false
      return old
    }
    const parent = this.#requireGroup(parentOf(path))
    const stored = old === undefined ? `${parent.stored}/${nameOf(path)}` : this.#setAside(path)
    this.#attempt(path, () => this.#h5.module.create_group(this.#h5.file.file_id, stored, false))
    const node: Node = { stored, layout: null, attributes: new Map(), outdated: false }
    this.#nodes.set(path, node)
    return node
  }

  /** Forget what lies at and below `path` and give a place for its successor. */
  #setAside(path: string): string {
    for (const key of [...this.#nodes.keys()]) if (isWithin(key, path)) this.#nodes.delete(key)
    const { file, module } = this.#h5
    if (this.#settled) module.create_group(file.file_id, asideGroup, false)
    this.#settled = false
    return `${asideGroup}/${this.#aside++}`
  }

  #create(stored: string, { type, shape, data, chunks }: Encoded): void {
    this.#h5.file.create_dataset({
      name: stored.slice(1),
      data,
      shape: [...shape],
      dtype: type,
      ...(chunks === null ? {} : { chunks: [...chunks], compression: 1, compression_opts: [deflateLevel] }),
    })
  }

  /** Adds attributes to one object. */
  #attributesOf(stored: string): (key: string, value: Attributes[string]) => void {
    const owner = this.#h5.object(stored === '' ? '/' : stored)
    return (key, value) => {
      const { type, shape, data } = encodeAttribute(value)
      owner.create_attribute(key, data as string[], [...shape], type)
    }
  }

  #clearAttributes(path: string, node: Node): void {
    const { file, module } = this.#h5
    this.#attempt(path, () => {
      for (const key of node.attributes.keys()) module.delete_attribute(file.file_id, node.stored, key)
    })
    node.attributes.clear()
  }

  #copyTo(target: ResultFile, path: string, node: Node): void {
    if (node.layout === null) target.group(path)
    else if (node.layout.grid) {
      const write = target.grid(path, node.layout.shape as [number, number]).write
      copyGrid(this.#h5, node.stored, node.layout.shape, write)
    } else {
      const { type, shape, compressed } = node.layout
      const value = (this.#h5.file.get(node.stored) as Dataset).value
      target.write(path, decodeValue(type, value), { shape, compress: compressed })
    }
    target.attributes(path, Object.fromEntries(node.attributes))
  }

  #attempt<T>(name: string, action: () => T): T {
    try {
      return action()
    } catch (error) {
      if (error instanceof RunError) throw error
      throw new RunError(
        `${name} could not be written into ${this.path} (${hdf5Reason(error)}): check the free space of the folder`,
        { path: this.path, name },
        { cause: error },
      )
    }
  }
}
