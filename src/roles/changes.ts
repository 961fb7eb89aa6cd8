// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** How many values thresholds have changed: counted by servers and workers, said at the end of a run. */

export type ChangeName = 'lld' | 'commonMode' | 'notzero' | 'saturatedValue'

export interface Change {
  readonly name: ChangeName
  /** Values that are not what they would have been without it. */
  readonly changed: number
  /** Values looked at. */
  readonly of: number
}

/** A larger fraction than this is warned about. */
export const changedFractionMost = 1e-3

/** Sums by name over all ranks; what was never looked at is missing. */
export function sumChanges(lists: Iterable<readonly Change[]>): Change[] {
  const sums = new Map<ChangeName, Change>()
  for (const list of lists) {
    for (const { name, changed, of } of list) {
      const before = sums.get(name) ?? { name, changed: 0, of: 0 }
      sums.set(name, { name, changed: before.changed + changed, of: before.of + of })
    }
  }
  return [...sums.values()].filter(({ of }) => of > 0)
}

/** `notzero raised 12 of 3,456 values (0.35 %)` */
export function changeText({ name, changed, of }: Change): string {
  const count = (value: number): string => value.toLocaleString('en-US')
  const share = `${count(changed)} of ${count(of)}`
  const percent = `${Number(((100 * changed) / of).toPrecision(2))} %`
  switch (name) {
    case 'lld':
      return `lld changed ${share} values (${percent})`
    case 'commonMode':
      return `no common mode was found for ${share} lines (${percent}), which stay as they are`
    case 'notzero':
      return `notzero raised ${share} values (${percent})`
    case 'saturatedValue':
      return `${share} values (${percent}) reach saturatedValue`
  }
}

const nextSteps: Readonly<Record<ChangeName, string>> = {
  lld: 'cutting off part of the noise or of the photons changes g2: set calibration.photonize, or lower lld',
  commonMode: 'too few values lie within commonModeLimit: take longer lines (calibration.commonMode) or a larger limit',
  notzero: 'raising values changes g2: set userParams.notzero to null unless you repeat an older analysis',
  saturatedValue: 'mask these pixels out, or check userParams.saturatedValue',
}

/** A sentence for every change of more than 0.1 %, with the next step. */
export function changeWarnings(changes: readonly Change[]): string[] {
  return changes
    .filter(({ changed, of }) => changed > changedFractionMost * of)
    .map((change) => `${changeText(change)}: ${nextSteps[change.name]}`)
}
