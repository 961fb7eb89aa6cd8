// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Which sums over exposures a process uses: the built WebAssembly, or the reference with PARCORANA_KERNEL=reference. */
import { ExposureKernel, type ExposureOptions, type ExposureSums } from './exposures.js'
import { ReferenceExposures } from './exposuresReference.js'

/** The other names of pair kernels are theirs to check. */
export function openExposures(options: ExposureOptions, name = process.env.PARCORANA_KERNEL ?? 'wasm'): ExposureSums {
  return name === 'reference' ? new ReferenceExposures(options) : new ExposureKernel(options)
}
