// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Has both per-event callbacks, leaves the sums to the engine, and writes down what it sees of the buffer. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as engine from 'parcorana'

/** One callback: what it was told, and what ParCorAna's accessors and the sums say at that moment. */
export interface Seen {
  readonly call: 'remove' | 'insert'
  readonly tm: number
  readonly row: number
  /** Stored value of the worker's first element. */
  readonly value: number
  readonly stored: number[]
  readonly rows: (number | null)[]
  readonly filled: number
  readonly outOfOrder: number
  readonly duplicates: number
  /** Pairs per delay so far. */
  readonly counts: number[]
}

function perEvent(Base: typeof engine.G2Common): typeof engine.G2Common {
  return class extends Base {
    readonly #seen: Seen[] = []

    override workerBeforeDataRemove(tm: number, xInd: number, workerData: engine.WorkerData): void {
      this.#note('remove', tm, xInd, workerData)
      super.workerBeforeDataRemove(tm, xInd, workerData)
    }

    override workerAfterDataInsert(tm: number, xInd: number, workerData: engine.WorkerData): void {
      super.workerAfterDataInsert(tm, xInd, workerData)
      this.#note('insert', tm, xInd, workerData)
    }

    override workerCalc(workerData: engine.WorkerData): engine.WorkerResult | engine.WholeWorkerResult {
      const { notes } = this.userParams
      if (typeof notes === 'string') {
        const note = { path: this.sums?.path, seen: this.#seen }
        writeFileSync(join(notes, `${this.mpiParams.rank}.json`), JSON.stringify(note))
      }
      return super.workerCalc(workerData)
    }

    #note(call: Seen['call'], tm: number, row: number, data: engine.WorkerData): void {
      const stored = Array.from(data.timesForStoredData())
      if (data.empty() || data.minTimeForStoredData() !== stored[0] || data.maxTimeForStoredData() !== stored.at(-1))
        throw new Error('min and max disagree with the list of stored times')
      this.#seen.push({
        call,
        tm,
        row,
        value: data.row(row)[0] ?? -1,
        stored,
        rows: [...data.timesDataIndexes()].map(([time]) => data.tm2idx(time)),
        filled: data.filledX(),
        outOfOrder: data.numOutOfOrder,
        duplicates: data.numDupTimes,
        counts: Array.from(this.sums?.counts ?? []),
      })
    }
  }
}

export const classes = {
  G2AtEnd: perEvent(engine.G2AtEnd),
  G2IncrementalAccumulator: perEvent(engine.G2IncrementalAccumulator),
  G2IncrementalWindowed: perEvent(engine.G2IncrementalWindowed),
}
