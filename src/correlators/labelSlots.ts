// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Label reductions with the same bits for any number of workers. A *slot* is one label inside one tile of masked elements;
 * tiles are fixed by the number of masked elements only and shares are cut at tile borders. A worker sums its elements into
 * slots in element order; the viewer adds the slots in tile order.
 *
 *   elements   |. . . . . . . . . .|. . . . . . . . . .|
 *   tiles      |        0          |         1         |
 *   slots      | label 1 | label 2 | label 2 | label 3 |
 */

/** Combined label of a static bin: the same fine label under two colors is two bins. Colors and fine colors are <= 16384. */
export function staticBinLabel(color: number, fine: number): number {
  return color === 0 || fine === 0 ? 0 : color * 16385 + fine
}

/** The color of a combined label. */
export function colorOfStaticBin(label: number): number {
  return Math.floor(label / 16385)
}

export class LabelSlots {
  /** Slot of every element of this share; -1 = not in use. */
  readonly slotOf: Int32Array
  /** Label of every slot, in tile order. */
  readonly label: Int32Array
  /** Elements in every slot. */
  readonly elements: Int32Array

  /** `labels` [n] of one share that starts at a tile border; 0 = unused. */
  constructor(labels: Int32Array, tileSize: number) {
    this.slotOf = new Int32Array(labels.length).fill(-1)
    const label: number[] = []
    const elements: number[] = []
    for (let start = 0; start < labels.length; start += tileSize) {
      const slots = new Map<number, number>()
      for (let i = start; i < Math.min(start + tileSize, labels.length); i++) {
        if (labels[i] <= 0) continue
        let slot = slots.get(labels[i])
        if (slot === undefined) {
          slot = label.length
          slots.set(labels[i], slot)
          label.push(labels[i])
          elements.push(0)
        }
        this.slotOf[i] = slot
        elements[slot]++
      }
    }
    this.label = Int32Array.from(label)
    this.elements = Int32Array.from(elements)
  }

  get count(): number {
    return this.label.length
  }
}

/** Add up what `values` [slots x width] of consecutive shares hold per label, in tile order: `sums` [labels x width] += values. */
export function addSlots(
  rowOf: ReadonlyMap<number, number>,
  label: ArrayLike<number>,
  values: Float64Array,
  width: number,
  sums: Float64Array,
): void {
  for (let slot = 0; slot < label.length; slot++) {
    const row = rowOf.get(label[slot])
    if (row === undefined) continue
    for (let k = 0; k < width; k++) sums[row * width + k] += values[slot * width + k]
  }
}
