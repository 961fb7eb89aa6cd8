// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * One step of the calibration of a frame. The engine's own, in their order: `pedestal`, `commonMode`, `background`, `gain` (gain,
 * gain map and flat field), `photons` (ADU to photons), `lld`, `photonize`; a step that the configuration does not ask for is missing.
 */
export interface CalibrationStep {
  readonly name: string
  /** Changes one frame in place: float32, detector shape, flat, in C order. NaN = the pixel has no value in this frame. */
  apply(frame: Float32Array): void
}
