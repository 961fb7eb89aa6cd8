// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `userParams.commonMode`: 'engine' keeps the steps, 'none' leaves the common mode out, 'median' has its own. */
import { type CalibrationStep, G2IncrementalAccumulator } from 'parcorana'

const columns = 40

export default class OwnSteps extends G2IncrementalAccumulator {
  override serverCalibration(steps: readonly CalibrationStep[]): readonly CalibrationStep[] {
    const { commonMode } = this.userParams
    if (commonMode === 'none') return steps.filter(({ name }) => name !== 'commonMode')
    if (commonMode === 'engine') return [...steps]
    return steps.map((step) => (step.name === 'commonMode' ? { name: 'commonMode', apply: medianOfRows } : step))
  }
}

function medianOfRows(frame: Float32Array): void {
  for (let from = 0; from < frame.length; from += columns) {
    const row = frame.subarray(from, from + columns)
    const dark = Float32Array.from(row.filter((value) => Math.abs(value) < 50)).sort()
    const median = dark[Math.floor(dark.length / 2)] as number
    for (let i = 0; i < columns; i++) row[i] = (row[i] as number) - median
  }
}
