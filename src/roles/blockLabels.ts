// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Labels for the jackknife: elements of one color, one normalisation group and one spatial block. The same on every rank. */
import { staticBinLabel } from '../correlators/labelSlots.js'
import { labelTable, type LabelTable } from '../correlators/normalizations.js'
import { spatialBlocks } from '../correlators/spatialBlocks.js'
import type { AnalysisPlan, RunPlan, UpdateKind } from './plan.js'

/** Blocks of a color, at most. */
export const blocksMost = 64

/** Cell numbers are `(row of the static bin) * blocksMost + block + 1`. */
export interface BlockLabels {
  /** Cell number per element, 0 = none. */
  readonly label: Int32Array
  /** Block per element, -1 = none. */
  readonly block: Int32Array
  readonly cells: LabelTable
  /** Blocks of every color. */
  readonly blocks: ReadonlyMap<number, number>
  /** Static bins: (color, fine) as in `staticBinLabel`. Where a whole color normalises, fine is 1. */
  readonly bins: LabelTable
}

const known = new WeakMap<AnalysisPlan, BlockLabels>()

/** Made when they are first asked for. */
export function blockLabels({ detectorShape, partition }: RunPlan, analysis: AnalysisPlan): BlockLabels {
  const made = known.get(analysis) ?? make(detectorShape, partition.elements, analysis)
  known.set(analysis, made)
  return made
}

function make(
  shape: readonly number[],
  elements: Uint32Array,
  { color, fine, normalization }: AnalysisPlan,
): BlockLabels {
  const block = spatialBlocks(shape, elements, color, blocksMost)
  const whole = normalization === 'ring' || normalization === 'instantaneous'
  const bin = new Int32Array(color.length)
  for (let i = 0; i < bin.length; i++) bin[i] = staticBinLabel(color[i], whole && color[i] > 0 ? 1 : fine[i])
  const bins = labelTable(bin)
  const label = new Int32Array(color.length)
  const blocks = new Map<number, number>()
  // Neighbours mostly have the same bin.
  let [last, row, lastColor, had] = [0, -1, 0, 0]
  for (let i = 0; i < label.length; i++) {
    if (color[i] <= 0) continue
    if (bin[i] !== last) {
      last = bin[i]
      row = bins.rowOf.get(last) ?? -1
    }
    if (color[i] !== lastColor) {
      lastColor = color[i]
      had = blocks.get(lastColor) ?? 0
    }
    if (row >= 0) label[i] = row * blocksMost + block[i] + 1
    if (block[i] < had) continue
    had = block[i] + 1
    blocks.set(color[i], had)
  }
  return { label, block, cells: labelTable(label), blocks, bins }
}

/** Values (elements x delays) that a jackknife may look at when nobody asked for it: at any update, and at the end of a run. */
export const valuesAtUpdate = 2e6
const valuesAtEnd = 1e8
/** Bytes of its sums on the viewer, at most. */
const sumsBytes = 256 * 2 ** 20

/** Whether this update has jackknife errors: those who ask for them get them, others where they are cheap, as from the light of cells. */
export function wantsJackknife(
  { partition }: RunPlan,
  { errors, delays }: AnalysisPlan,
  { final, complete }: UpdateKind,
  ofLight: boolean,
): boolean {
  if (errors !== null || ofLight) return errors !== 'elements'
  return partition.elements.length * delays.length <= (final && complete ? valuesAtEnd : valuesAtUpdate)
}

/** Whether the sums of these cells are small enough to be gathered. */
export function cellsAreFew({ cells }: BlockLabels, delays: number): boolean {
  return cells.labels.length * delays * 4 * 8 <= sumsBytes
}
