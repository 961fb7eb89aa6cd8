// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a person sees after a run: a table of g2 per ring and, if asked for, a plot beside the result. */
import { writeFile } from 'node:fs/promises'
import type { ResolvedConfig } from '../config/resolved.js'
import { truth as syntheticTruth } from '../formats/synthetic.js'
import type { CurveSet, Truth } from '../results/curveText.js'
import { curvesSvg } from '../results/plot.js'
import { readCurves, readResult } from '../results/reader.js'
import { curvesTable } from '../results/table.js'

export interface ShowOptions {
  readonly table: boolean
  readonly plot: boolean
}

/** Text for stderr about the last update of every analysis in `output`; writes `<result>.svg` for `plot`. */
export async function showResult(
  output: string,
  resolved: ResolvedConfig,
  { table, plot }: ShowOptions,
): Promise<string> {
  const result = await readResult(output)
  const lines: string[] = []
  for (const { name, updates } of result.analyses) {
    const last = updates.at(-1)
    if (last === undefined) continue
    const set = await readCurves(output, last)
    const truth = knownTruth(resolved, name, set)
    if (name !== '') lines.push(`analysis ${name}`)
    if (table) lines.push(curvesTable(set, result, truth))
    if (plot)
      lines.push(`plot: ${await writePlot(output, name, curvesSvg(set, result, truth === undefined ? {} : { truth }))}`)
  }
  return lines.length === 0 ? '' : `${lines.join('\n')}\n`
}

/** The known g2 of a synthetic movie, where the colors are its rings and the class is one of ours. `analysis`: its name, '' for the only one. */
export function knownTruth(
  { systemParams, analyses }: ResolvedConfig,
  analysis: string,
  { curves }: CurveSet,
): Truth | undefined {
  const { dataset } = systemParams
  const kind = analyses.find(({ name }) => (name ?? '') === analysis)?.userClass.kind
  if (dataset.format !== 'synthetic' || kind !== 'builtin') return undefined
  const { stride, average } = systemParams
  if (average > 1) return undefined
  const known = syntheticTruth(dataset)
  return known.rings === curves.colors.length ? (color, delay) => known.g2(color, delay * stride) : undefined
}

async function writePlot(output: string, name: string, svg: string): Promise<string> {
  const path = `${output.replace(/\.(h5|hdf5?)$/i, '')}${name === '' ? '' : `_${name}`}.svg`
  await writeFile(path, svg)
  return path
}
