// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** g2 as a table on a terminal: one row per color at a few delays, known values below. */
import { agreement, curveNames, delayAxis, type CurveFacts, type CurveSet, type Truth } from './curveText.js'

export interface TableOptions {
  /** Most columns of delays. Default 5. */
  readonly columns?: number
  /** Most colors; further ones are counted in a last line. Default 12. */
  readonly rows?: number
}

/** Lines without a trailing newline. Undefined points show as `-`. */
export function curvesTable(set: CurveSet, facts: CurveFacts, truth?: Truth, options: TableOptions = {}): string {
  const { curves } = set
  const axis = delayAxis(facts)
  const names = curveNames(set, facts)
  const picked = pickDelays(set, options.columns ?? 5)
  const rows: string[][] = [[`delay (${axis.unit})`, ...picked.map((d) => shortest(curves.delays[d]! * axis.scale))]]
  const shown = Math.min(names.length, options.rows ?? 12)
  for (let c = 0; c < shown; c++) {
    const at = (d: number) => c * curves.delays.length + d
    rows.push([names[c]!, ...picked.map((d) => measured(curves.g2[at(d)]!, curves.error[at(d)]!))])
    if (truth === undefined) continue
    rows.push(['  known', ...picked.map((d) => known(truth(curves.colors[c]!, curves.delays[d]!)))])
  }
  const lines = aligned(rows)
  if (shown < names.length) lines.push(`and ${names.length - shown} more colors`)
  if (truth !== undefined) {
    const { inside, points, errors } = agreement(set, truth)
    lines.push(`${inside} of ${points} points lie within ${errors} standard errors of the known g2`)
  }
  return lines.join('\n')
}

/** Delays with pairs, spread evenly over their logarithms, first and last included. */
function pickDelays({ curves, counts }: CurveSet, columns: number): number[] {
  const usable = [...curves.delays.keys()].filter((d) => (counts[d] ?? 0) > 0)
  if (usable.length <= columns) return usable
  const log = (d: number) => Math.log(Math.max(curves.delays[d]!, 0.5))
  const [first, last] = [log(usable[0]!), log(usable.at(-1)!)]
  const wanted = Array.from({ length: columns }, (_, i) => first + ((last - first) * i) / (columns - 1))
  const nearest = wanted.map((value) =>
    usable.reduce((best, d) => (Math.abs(log(d) - value) < Math.abs(log(best) - value) ? d : best)),
  )
  return [...new Set(nearest)]
}

function measured(value: number, error: number): string {
  if (!Number.isFinite(value)) return '-'
  if (!Number.isFinite(error)) return value.toFixed(4)
  const digits = digitsFor(error)
  return `${value.toFixed(digits)} ± ${error.toFixed(digits)}`
}

/** Decimals that show two digits of a small error: at least 4, at most 8. */
function digitsFor(error: number): number {
  return error > 0 ? Math.min(8, Math.max(4, 1 - Math.floor(Math.log10(error)))) : 4
}

function known(value: number): string {
  return Number.isFinite(value) ? value.toFixed(4) : '-'
}

function shortest(value: number): string {
  return String(Number(value.toPrecision(3)))
}

/** First column left, others so that the values line up at their left edge. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)))
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('   ')
      .trimEnd(),
  )
}
