// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Photon statistics against exposure: P(k), mean and contrast of every color. */

/** `L` exposures, `C` colors of the curves; row-major [color][exposure]. Undefined values are NaN. */
export interface VisibilityFacts {
  /** Ticks, [L]. */
  readonly exposures: Float64Array
  /** Exposures of the run that were looked at, [L]. */
  readonly counts: Float64Array
  /** One of so many stretches of `stretch` ticks, or trains, was looked at. */
  readonly every: number
  readonly stretch: number
  /** Values of [color][exposure][k], k = 0..kMax and, last, all above: elements times exposures with k photons. */
  readonly photons: Float64Array
  readonly kMax: number
  /** Photons per element and exposure. */
  readonly mean: Float64Array
  readonly contrast: Float64Array
  readonly error: Float64Array
  /** What `contrast` should be by g2 of the same run. */
  readonly fromG2: Float64Array
  /** In words: what `contrast` is divided by. */
  readonly definition: string
}

/** Some value of the run is no number of photons: there is no P(k). */
export interface NoVisibility {
  readonly reason: string
}
