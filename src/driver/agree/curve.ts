// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** g2 per color and delay as something to compare. */
import type { VariantName } from '../../correlators/agree/variants.js'
import type { AnalysisCurves, Pass } from './agree.js'
import type { DefinitionSource } from './definitions.js'

export interface Curve {
  readonly colors: Int32Array
  readonly delays: Float64Array
  /** `[color * delays + delay]` */
  readonly values: Float64Array
}

/** A difference `b - a` at one place. */
export interface Difference {
  readonly color: number
  readonly delay: number
  readonly value: number
}

export function curveOf({ analyses }: Pick<Pass, 'analyses'>, { analysis, variant }: DefinitionSource): Curve {
  return variantOf(analyses[analysis], variant)
}

export function variantOf({ colors, delays, g2, variants }: AnalysisCurves, variant: VariantName | null): Curve {
  const values = variant === null ? g2 : (variants[variant] ?? new Float64Array(g2.length).fill(Number.NaN))
  return { colors, delays, values }
}

export function errorsOf({ colors, delays, error }: AnalysisCurves): Curve {
  return { colors, delays, values: error }
}

/** The value at a color and delay; NaN where there is none. */
export function valueAt({ colors, delays, values }: Curve, color: number, delay: number): number {
  const [c, d] = [colors.indexOf(color), delays.indexOf(delay)]
  return c < 0 || d < 0 ? Number.NaN : values[c * delays.length + d]
}

/** b - a wherever both are defined. */
export function differences(a: Curve, b: Curve): Difference[] {
  const found: Difference[] = []
  for (const color of a.colors) {
    for (const delay of a.delays) {
      const value = valueAt(b, color, delay) - valueAt(a, color, delay)
      if (Number.isFinite(value)) found.push({ color, delay, value })
    }
  }
  return found
}

export function largest(list: readonly Difference[]): Difference | null {
  return list.reduce<Difference | null>((most, one) => {
    return most === null || Math.abs(one.value) > Math.abs(most.value) ? one : most
  }, null)
}

export function rootMeanSquare(values: readonly number[]): number {
  return values.length === 0 ? 0 : Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length)
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted.length === 0 ? Number.NaN : sorted[Math.floor(sorted.length / 2)]
}
