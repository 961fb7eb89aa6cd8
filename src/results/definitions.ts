// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the numbers of a result mean, in words for its attributes. */

const normalizations: Readonly<Record<string, string>> = {
  finecolor:
    'mean over the elements of a color of (G2/n) / (<IP/n>_fine <IF/n>_fine), where <>_fine is the mean over the elements of the fine color',
  static:
    'per static bin <G2>/(<IP><IF>) of means over its elements; g2 is the mean over the static bins of a dynamic bin',
  ring: '<G2>/(<IP><IF>) of means over all elements of the bin',
  instantaneous:
    'sum over t of <I(t) I(t+d)> / sum over t of <I(t)><I(t+d)>, <> = mean over the elements of the bin at one time',
}

/** The g2 definition in words; unknown names stand for themselves. */
export function g2Definition(normalization: string): string {
  return normalizations[normalization] ?? normalization
}

/** Attributes of an update group: what its arrays hold. */
export const arrayDefinitions = {
  G2: 'mean over pairs of I(t) I(t+delay), per element',
  IP: 'mean over pairs of I(t), the EARLIER frame of each pair, per element',
  IF: 'mean over pairs of I(t+delay), the LATER frame of each pair, per element',
  delay_units: 'ticks between the earlier and the later event of a pair',
  undefined_values: 'NaN in curves (no pairs, or zero intensity); 0 in per-element arrays',
} as const
