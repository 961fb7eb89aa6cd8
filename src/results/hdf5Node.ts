// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What is known about an object of a file that is being written. */
import type { Attributes } from '../correlators/resultGroup.js'
import type { Encoded } from './hdf5Encode.js'

export interface Layout {
  readonly type: Encoded['type']
  readonly shape: readonly number[]
  readonly compressed: boolean
  /** Written part by part, never read or copied as a whole. */
  readonly grid: boolean
}

export interface Node {
  /** Where the object lies in the file; differs from its path until the next `settle` when it replaced another one. */
  readonly stored: string
  /** Null = a group. */
  readonly layout: Layout | null
  readonly attributes: Map<string, Attributes[string]>
  /** Left over from before `outdate`; vanishes at the next `settle` unless it is written again. */
  outdated: boolean
  /** The object has other names, which keep its values. */
  shared?: boolean
  /** The constant array that it holds. */
  constant?: object | undefined
}

/** Whether values of one layout can be written over those of another. */
export function sameValues(a: Layout, b: Layout): boolean {
  return (
    a.grid === b.grid &&
    a.type === b.type &&
    a.shape.length === b.shape.length &&
    a.shape.every((extent, i) => extent === b.shape[i])
  )
}
