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

/** The fine color of a combined label. */
export function fineOfStaticBin(label: number): number {
  return label % 16385
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
      // Neighbours mostly have the same label.
      let [last, slot] = [0, -1]
      for (let i = start; i < Math.min(start + tileSize, labels.length); i++) {
        if (labels[i] <= 0) continue
        if (labels[i] !== last) {
          last = labels[i]
          slot = slots.get(last) ?? label.push(last) - 1
          if (slot === elements.length) elements.push(0)
          slots.set(last, slot)
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

/** Row of every slot in a table of labels; -1 = none. */
export function slotRows(rowOf: ReadonlyMap<number, number>, label: Int32Array): Int32Array {
  return label.map((own) => rowOf.get(own) ?? -1)
}

/** Add up what `values` [slots x width] of consecutive shares hold, in tile order, to the row of every slot, -1 = none: `sums` [rows x width] += values. */
export function addSlots(rowOf: Int32Array, values: Float64Array, width: number, sums: Float64Array): void {
  for (let slot = 0; slot < rowOf.length; slot++) {
    const row = rowOf[slot]
    if (row < 0) continue
    for (let k = 0; k < width; k++) sums[row * width + k] += values[slot * width + k]
  }
}
