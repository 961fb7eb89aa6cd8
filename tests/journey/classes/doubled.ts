// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Five lines of one's own: twice the values. */
import type { TypedArray } from 'parcorana'
import Weighed from './weighed.js'

export default class Doubled extends Weighed {
  override workerAdjustData(data: TypedArray): void {
    for (let i = 0; i < data.length; i++) data[i] *= 2
  }
}
