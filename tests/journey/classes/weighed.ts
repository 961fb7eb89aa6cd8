// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Says what its sums weigh and which path served them, one file per worker in the folder `userParams.notes`. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { G2IncrementalAccumulator, type WorkerData, type WorkerResult, type WholeWorkerResult } from 'parcorana'

export default class Weighed extends G2IncrementalAccumulator {
  override workerCalc(workerData: WorkerData): WorkerResult | WholeWorkerResult {
    const { sums } = this
    const note = { elements: sums?.elements, path: sums?.path, bytes: sums?.memoryBytes(), store: sums?.storeDtype }
    writeFileSync(join(String(this.userParams.notes), `${this.mpiParams.rank}.json`), JSON.stringify(note))
    return super.workerCalc(workerData)
  }
}
