// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { type DetectorEvent, G2IncrementalAccumulator } from 'parcorana'

/** Refuses some frames before and some after reading, and doubles the others: what a server does to frames, one by one. */
export default class PickyFrames extends G2IncrementalAccumulator {
  override serverEventOk(event: DetectorEvent): boolean {
    return event.index % 50 !== 7
  }

  override serverFinalDataArray<T extends { map(of: (value: number) => number): T }>(
    array: T,
    event: DetectorEvent,
  ): T | null {
    return event.index % 40 === 3 ? null : array.map((value) => Math.min(255, 2 * value))
  }

  override workerAfterDataInsert(...event: Parameters<G2IncrementalAccumulator['workerAfterDataInsert']>): void {
    super.workerAfterDataInsert(...event)
  }
}
