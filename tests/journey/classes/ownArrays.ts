// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Arrays of one's own instead of G2, IP and IF: the largest value of every element so far, and that times the delay. */
import { G2Common, type PublishArguments, type TypedArray, type WholeWorkerResult, type WorkerData } from 'parcorana'

export default class OwnArrays extends G2Common {
  largest = new Float64Array(0)

  override fwArrayNames(): string[] {
    return ['largest', 'scaled']
  }

  override workerInit(numElementsWorker: number): void {
    super.workerInit(numElementsWorker)
    this.largest = new Float64Array(numElementsWorker)
  }

  override workerAdjustData(data: TypedArray): void {
    for (let i = 0; i < data.length; i++) this.largest[i] = Math.max(this.largest[i], data[i])
  }

  override workerCalc(_workerData: WorkerData): WholeWorkerResult {
    const { delays } = this.mpiParams
    const n = this.largest.length
    const largest = new Float64Array(delays.length * n)
    const scaled = new Float64Array(delays.length * n)
    delays.forEach((delay, d) => {
      largest.set(this.largest, d * n)
      scaled.set(
        this.largest.map((value) => value * delay),
        d * n,
      )
    })
    return { counts: this.sums?.counts ?? [], saturated: this.saturatedElements, arrays: { largest, scaled } }
  }

  override async viewerPublish({ group, arrays, lastEvent, curves }: PublishArguments): Promise<void> {
    const { detectorShape: shape } = this.mpiParams
    const [largest, scaled] = await Promise.all([arrays.get('largest', 1), arrays.get('scaled', 5)])
    arrays.release()
    group.dataset('mine/largest', largest, { shape })
    group.dataset('mine/scaled', scaled, { shape, attributes: { lastCounter: lastEvent.counter } })
    group.dataset('mine/colors', curves.colors)
  }
}
