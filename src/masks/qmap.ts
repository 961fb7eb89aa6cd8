// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The q-map file of the Advanced Photon Source: mask, dynamic (color) and static (fine color) partition in one HDF5 file. */
import { openHdf5 } from '../io/hdf5.js'
import { lookUp, readDataset } from '../io/hdf5Read.js'
import { InputError } from '../errors.js'
import { checkFineColors, checkLabels, type Labels } from './labels.js'
import { checkMask, fullMask, type Mask } from './mask.js'

export interface QMap {
  /** All pixels where the file has no mask. */
  readonly mask: Mask
  readonly colors: Labels
  readonly fineColors: Labels
  /** q per color (index = color - 1), in the unit the file was written with; null where the file has none. */
  readonly q: Float64Array | null
}

/** Groups that hold the maps: the q-map file itself, a result of boost_corr. */
const groups = ['/qmap', '/xpcs/qmap']

/** Read and check `path`; `shape` null takes any shape. Pixels outside the mask keep their labels. */
export async function loadQMap(path: string, shape: readonly number[] | null): Promise<QMap> {
  const h5 = await openHdf5(path)
  try {
    const group = groups.find((name) => lookUp(h5, `${name}/dynamic_roi_map`) !== null) ?? '/qmap'
    const dynamic = readDataset(h5, `${group}/dynamic_roi_map`)
    const fixed = readDataset(h5, `${group}/static_roi_map`)
    const masked = lookUp(h5, `${group}/mask`) === null ? null : readDataset(h5, `${group}/mask`)
    const colors = checkLabels(dynamic, 'color', shape, `${path}:${group}/dynamic_roi_map`)
    const fineColors = checkLabels(fixed, 'fine color', colors.shape, `${path}:${group}/static_roi_map`)
    const mask = masked === null ? fullMask(colors.shape) : checkMask(masked, colors.shape, `${path}:${group}/mask`)
    checkFineColors(mask, colors, fineColors, `${path}:${group}/static_roi_map`)
    const listed = lookUp(h5, `${group}/dynamic_v_list_dim0`) === null ? null : qPerColor(h5, group, colors.largest)
    return { mask, colors, fineColors, q: listed }
  } finally {
    h5.close()
  }
}

/** The file numbers used bins 1..N and keeps where each lies on the (q, phi) grid: natural index = q * nphi + phi. */
function qPerColor(h5: Awaited<ReturnType<typeof openHdf5>>, group: string, largest: number): Float64Array {
  const values = readDataset(h5, `${group}/dynamic_v_list_dim0`).data
  const points =
    lookUp(h5, `${group}/dynamic_num_pts`) === null ? null : readDataset(h5, `${group}/dynamic_num_pts`).data
  const mapping =
    lookUp(h5, `${group}/dynamic_index_mapping`) === null
      ? null
      : readDataset(h5, `${group}/dynamic_index_mapping`).data
  const phis = Math.max(1, points?.[1] ?? 1)
  return Float64Array.from({ length: largest }, (_, bin) => {
    const natural = mapping?.[bin] ?? bin
    const q = values[Math.floor(natural / phis)]
    if (q === undefined)
      throw new InputError(
        `${h5.path} has no q value for color ${bin + 1}: write dynamic_v_list_dim0 for all of its bins`,
        { path: h5.path, color: bin + 1 },
      )
    return q
  })
}
