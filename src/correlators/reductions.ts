// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A worker's part of the curves: sums over labels, computed where the elements are, so that D x pixels arrays never travel.
 * Both functions work on a range of delays and write `[delay][slot][width]`.
 */
import type { LabelSlots } from './labelSlots.js'

/** Sums of one worker at one update. `lost` is null when no element has a hole. */
export interface Columns {
  readonly elements: number
  readonly counts: ArrayLike<number>
  fill(name: string, delayIndex: number, out: Float64Array): void
  readonly hasLost: boolean
}

/** Values per slot of `labelSums`: sums of G2, IP, IF and of pairs. */
export const labelSumsWidth = 4
/** Values per slot of `ratioSums`: elements, then the sums of r, (r-1)^2, u, u^2 and (r-1) u. */
export const ratioSumsWidth = 6

/** Scratch columns of one worker, allocated once per update. */
export class Scratch {
  readonly G2: Float64Array
  readonly IP: Float64Array
  readonly IF: Float64Array
  readonly lost: Float64Array

  constructor(elements: number) {
    this.G2 = new Float64Array(elements)
    this.IP = new Float64Array(elements)
    this.IF = new Float64Array(elements)
    this.lost = new Float64Array(elements)
  }
}

export interface DelayRange {
  readonly from: number
  readonly to: number
}

/** Sum G2, IP, IF and pairs per slot for the delays `from <= d < to`. */
export function labelSums(
  columns: Columns,
  slots: LabelSlots,
  { from, to }: DelayRange,
  scratch: Scratch,
  out: Float64Array,
): void {
  out.fill(0)
  const { slotOf } = slots
  const { G2, IP, IF, lost } = scratch
  for (let d = from; d < to; d++) {
    columns.fill('G2', d, G2)
    columns.fill('IP', d, IP)
    columns.fill('IF', d, IF)
    if (columns.hasLost) columns.fill('lost', d, lost)
    const pairs = columns.counts[d]
    const base = (d - from) * slots.count * labelSumsWidth
    for (let i = 0; i < columns.elements; i++) {
      if (slotOf[i] < 0) continue
      const at = base + slotOf[i] * labelSumsWidth
      out[at] += G2[i]
      out[at + 1] += IP[i]
      out[at + 2] += IF[i]
      out[at + 3] += pairs - lost[i]
    }
  }
}

/**
 * Sums per slot of r = (G2/n) / (<IP><IF>) and u = (IP/n)/<IP> + (IF/n)/<IF> - 2, which give the mean of r and its error.
 * Elements whose r is undefined do not count. `rowOf[i]` = row of the element's label in `means` [rows x (to - from) x 2], the
 * <IP> and <IF> of every label; -1 = none.
 */
export function ratioSums(
  columns: Columns,
  slots: LabelSlots,
  { from, to }: DelayRange,
  rowOf: Int32Array,
  means: Float64Array,
  scratch: Scratch,
  out: Float64Array,
): void {
  out.fill(0)
  const { slotOf } = slots
  const { G2, IP, IF, lost } = scratch
  const range = to - from
  for (let d = from; d < to; d++) {
    columns.fill('G2', d, G2)
    columns.fill('IP', d, IP)
    columns.fill('IF', d, IF)
    if (columns.hasLost) columns.fill('lost', d, lost)
    const pairs = columns.counts[d]
    const base = (d - from) * slots.count * ratioSumsWidth
    for (let i = 0; i < columns.elements; i++) {
      if (slotOf[i] < 0 || rowOf[i] < 0) continue
      const n = pairs - lost[i]
      const label = 2 * (rowOf[i] * range + d - from)
      const past = IP[i] / n / means[label]
      const future = IF[i] / n / means[label + 1]
      const r = G2[i] / n / (means[label] * means[label + 1])
      if (!Number.isFinite(r)) continue
      const at = base + slotOf[i] * ratioSumsWidth
      const u = past + future - 2
      out[at] += 1
      out[at + 1] += r
      out[at + 2] += (r - 1) * (r - 1)
      out[at + 3] += u
      out[at + 4] += u * u
      out[at + 5] += (r - 1) * u
    }
  }
}
