// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The stored cases of the original program, in the order in which its master delivered the events. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readNpy } from '../../src/io/npy.js'

export interface WorkerDataFile {
  readonly accepted: number[]
  readonly stored: number[]
  readonly xIndexes: number[]
  readonly numOutOfOrder: number
  readonly numDupTimes: number
}

export interface ReferenceCase {
  readonly name: string
  readonly folder: string
  readonly times: number
  readonly update: number
  readonly delays: number[]
  readonly saturatedValue: number
  readonly notzero: number
  /** A defect of the original shows in G2atEnd. */
  readonly quirk: boolean
  /** Counters in delivery order, and the event of the file that each belongs to. */
  readonly counters: number[]
  readonly fileIndex: number[]
  /** User classes that were run. */
  readonly classes: string[]
}

export function referenceCases(shared: string): ReferenceCase[] {
  const root = join(shared, 'reference', 'parcorana')
  const folders = readdirSync(root).filter((name) => existsSync(join(root, name, 'params.json')))
  return folders.map((name) => readCase(name, join(root, name)))
}

export function workerDataOf(folder: string, userClass: string): WorkerDataFile {
  return JSON.parse(readFileSync(join(folder, 'expected', userClass, 'workerdata.json'), 'utf8'))
}

function readCase(name: string, folder: string): ReferenceCase {
  const params = JSON.parse(readFileSync(join(folder, 'params.json'), 'utf8'))
  const classes = readdirSync(join(folder, 'expected'))
  const file = Array.from(readNpy(join(folder, 'times.npy')).data as Float64Array)
  const streamed = existsSync(join(folder, 'streams.npy'))
  const counters = streamed ? workerDataOf(folder, classes[0]).accepted : file
  const fileIndex = counters.map((counter, e) => (streamed ? file.indexOf(counter) : e))
  return { ...params, name, folder, quirk: 'quirk' in params, counters, fileIndex, classes }
}
