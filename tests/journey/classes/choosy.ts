// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Refuses events before and after they are read. */
import { type DetectorEvent, G2IncrementalAccumulator, type TypedArray } from 'parcorana'

export default class Choosy extends G2IncrementalAccumulator {
  override async serverEventOk(event: DetectorEvent): Promise<boolean> {
    return event.counter % 7 !== 3
  }

  override serverFinalDataArray(array: TypedArray, event: DetectorEvent): TypedArray | null {
    return event.index % 5 === 4 ? null : array.map((value) => value + 1)
  }
}
