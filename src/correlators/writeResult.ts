// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The default layout of one update in the result file: ParCorAna's names, with units and definitions as attributes. */
import { frameNormText } from './frameNorm.js'
import { writeVisibility } from './visibility/write.js'
import type { BeamFacts, BeamReport, Curves, LazyArrays, ResultGroup, SpeckleFacts } from './resultGroup.js'

export const definitions: Readonly<Record<string, string>> = {
  finecolor:
    'mean over the elements of a color of (G2/n) / (<IP/n>_fine <IF/n>_fine), <>_fine = mean over the elements of the same finecolor',
  static: 'per static bin <G2>/(<IP><IF>), then plain mean over the static bins of a dynamic bin',
  ring: '<G2>/(<IP><IF>), means over all elements of the color',
  instantaneous:
    'sum over pairs of <I(t)I(t+d)> / sum over pairs of <I(t)><I(t+d)>, means over the elements of the color',
}

const sumNames: Readonly<Record<string, string>> = {
  G2: 'mean over pairs of I(t) I(t+d)',
  IP: 'mean over pairs of I(t), the earlier event',
  IF: 'mean over pairs of I(t+d), the later event',
}

interface Published {
  readonly counts: Float64Array
  readonly curves: Curves
  readonly saturated: Uint8Array
}

/** Write delays, pair counts, g2 and its error per color, and the saturated map. */
export function writeCurves(
  group: ResultGroup,
  { counts, curves, saturated }: Published,
  shape: readonly number[],
): void {
  const { delays, g2, error, colors, elements, normalization, errorMethod } = curves
  const D = delays.length
  group.attributes({ normalization, definition: definitions[normalization] ?? '', error_method: errorMethod })
  group.dataset('delays', BigInt64Array.from(delays, BigInt), { attributes: { units: 'ticks' } })
  group.dataset('delay_counts', BigInt64Array.from(counts, BigInt), {
    attributes: { long_name: 'number of pairs of events per delay' },
  })
  colors.forEach((color, c) => {
    const attributes = { normalization, elements: elements[c] ?? 0, units: '1' }
    group.dataset(`delay_curve_color_${color}`, g2.slice(c * D, (c + 1) * D), { attributes })
    group.dataset(`delay_curve_error_color_${color}`, error.slice(c * D, (c + 1) * D), {
      attributes: { ...attributes, error_method: curves.errorMethods?.[c] ?? errorMethod },
    })
    if (curves.covariance != null)
      group.dataset(`covariance/color_${color}`, curves.covariance.slice(c * D * D, (c + 1) * D * D), {
        shape: [D, D],
        attributes: {
          units: '1',
          long_name: 'covariance of g2 between delays',
          error_method: curves.errorMethods?.[c] ?? '',
        },
      })
  })
  if (curves.speckle != null) writeSpeckle(group.group('speckle'), curves.speckle)
  if (curves.visibility != null) writeVisibility(group.group('visibility'), curves.visibility, colors)
  if (curves.beam !== undefined) writeBeam(group, curves, curves.beam)
  group.dataset('saturated', saturated, {
    shape,
    attributes: { long_name: '1 = left the colors for ever' },
    constant: true,
  })
}

/** Speckle size; NaN where speckles were not seen. */
function writeSpeckle(group: ResultGroup, { size, all, correlation, pairs }: SpeckleFacts): void {
  const axes = 'first along columns (rows covered), then along rows (columns covered)'
  const width = 'integral width: sum over shifts of C(shift) / C(0) as far as it is seen; w for squares of w pixels'
  const attributes = { units: 'pixels', definition: width }
  group.dataset('size', size, {
    shape: [size.length / 2, 2],
    attributes: { ...attributes, long_name: `edge of a speckle per color: ${axes}` },
  })
  group.dataset('size_all', all, {
    attributes: { ...attributes, long_name: `edge of a speckle, all colors together: ${axes}` },
  })
  const definition =
    'C(s) = <A(p) B(p+s)> / (<A(p)> <B(p+s)>) - 1, A and B two events one after the other, <> over pixels of one color'
  group.dataset('autocorrelation', correlation, {
    shape: [2, correlation.length / 2],
    attributes: {
      units: '1',
      long_name: `spatial autocorrelation against shift in pixels: ${axes}`,
      definition,
      pairs,
    },
  })
}

/** Beam intensity beside every curve; NaN where undefined. */
function writeBeam(group: ResultGroup, { colors, delays }: Curves, beam: BeamFacts): void {
  const D = delays.length
  const { frameNorm, factor, intensity, report } = beam
  group.attributes({ frame_norm: frameNorm, frame_norm_definition: frameNormText(frameNorm) })
  colors.forEach((color, c) => {
    const definition =
      'g_I0(d) = <S(t)S(t+d)> / (<S(t)><S(t+d)>), S = sum over the elements of the color (without value: as the mean of the others), <> = mean over pairs'
    group.dataset(`delay_curve_intensity_color_${color}`, intensity.slice(c * D, (c + 1) * D), {
      attributes: { units: '1', long_name: 'autocorrelation of the intensity of the color', definition },
    })
  })
  if (factor !== null)
    group.dataset('frame_norm_curve', factor, { attributes: { units: '1', long_name: 'what g2 was divided by' } })
  if (report !== null) writeReport(group.group('beam'), report)
}

function writeReport(more: ResultGroup, { variation, slopeOffset, slopeParts, warnings }: BeamReport): void {
  more.attributes({ warnings: warnings.length === 0 ? 'none' : warnings.join('\n') })
  more.dataset('variation', variation, {
    attributes: { units: '1', long_name: 'standard deviation from event to event over the mean, without photon noise' },
  })
  more.dataset('slope_offset', slopeOffset, {
    attributes: {
      units: '1',
      long_name: 'per color: what ring and instantaneous g2 have too much because the intensity has a slope inside it',
      definition: `<I^2> / <I>^2 - 1 over the ${slopeParts} of the color, weighted by elements`,
    },
  })
}

/** Write every array of the update as per-pixel means, one dataset per delay, pulling one delay at a time. */
export async function writeMeans(
  group: ResultGroup,
  { arrays, curves }: { arrays: LazyArrays; curves: Curves },
  shape: readonly number[],
): Promise<void> {
  for (const name of arrays.names) {
    for (const delay of curves.delays) {
      const mean = await arrays.mean(name, delay)
      const attributes = { long_name: sumNames[name] ?? `${name} per pair`, delay_ticks: delay }
      group.dataset(`${name}/delay_${String(delay).padStart(6, '0')}`, mean, { shape, attributes })
    }
  }
}
