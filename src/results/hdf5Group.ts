// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A group of a result file, as user code sees it: a name in front of names. */
import type { Attributes, DatasetOptions, DatasetValue, Grid, ResultGroup } from '../correlators/resultGroup.js'

/** The file that a group belongs to; all paths absolute. */
export interface GroupOwner {
  group(path: string): ResultGroup
  write(path: string, value: DatasetValue, options?: DatasetOptions): void
  grid(path: string, shape: readonly [number, number], attributes?: Attributes): Grid
  attributes(path: string, attributes: Attributes): void
}

export class Hdf5Group implements ResultGroup {
  readonly path: string
  readonly #file: GroupOwner

  constructor(file: GroupOwner, path: string) {
    this.#file = file
    this.path = path
  }

  group(name: string): ResultGroup {
    return this.#file.group(`${this.path}/${name}`)
  }

  dataset(name: string, value: DatasetValue, options?: DatasetOptions): void {
    this.#file.write(`${this.path}/${name}`, value, options)
  }

  grid(name: string, shape: readonly [number, number], options?: Pick<DatasetOptions, 'attributes'>): Grid {
    return this.#file.grid(`${this.path}/${name}`, shape, options?.attributes)
  }

  attributes(attributes: Attributes): void {
    this.#file.attributes(this.path, attributes)
  }
}
