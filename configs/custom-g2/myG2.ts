// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: CC0-1.0

/** Leaves out the first events and lets no hit of a cosmic ray count for more than a few photons. */
import { type DetectorEvent, G2IncrementalAccumulator, type TypedArray } from 'parcorana'

export default class MyG2 extends G2IncrementalAccumulator {
  /** On the servers: false drops the event, before its frame is read. */
  override serverEventOk(event: DetectorEvent): boolean {
    return event.counter >= Number(this.userParams.firstCounter)
  }

  /** On the workers: this worker's elements of one event, changed in place before they are stored. */
  override workerAdjustData(data: TypedArray): void {
    const most = Number(this.userParams.photonsMax)
    for (let i = 0; i < data.length; i++) if (data[i] > most) data[i] = most
  }
}
