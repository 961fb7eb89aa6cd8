// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The two-time views, /xpcs/twotime for pyXpcsViewer and NXxpcs's own: hard links to what `TwoTime` wrote into its update. */
import { twoTimeGroup } from '../correlators/twoTime/writeMaps.js'
import type { PublishedAnalysis } from '../roles/publisher.js'
import type { ResultFile } from './hdf5File.js'

/** `path` is the group of the last update of an analysis; does nothing where it holds no two-time maps. */
export function linkTwoTime(file: ResultFile, path: string, { curves: { colors } }: PublishedAnalysis): boolean {
  const own = `${path}/${twoTimeGroup}`
  if (!file.has(own) || colors.length === 0) return false
  const aps = '/xpcs/twotime'
  const group = file.group(aps)
  colors.forEach((color, c) => {
    const name = `c2_${String(c + 1).padStart(5, '0')}`
    file.link(`${own}/map_color_${color}`, `${aps}/correlation_map/${name}`)
  })
  file.link(`${own}/g2`, `${aps}/normalized_g2`)
  file.link(`${own}/g2_error`, `${aps}/normalized_g2_err`)
  file.link(`${own}/g2_age_windows`, `${aps}/normalized_g2_segments`)
  group.dataset(
    'processed_bins',
    BigInt64Array.from(colors, (_, c) => BigInt(c + 1)),
    {
      attributes: { long_name: 'dynamic bin of every map, 1-based' },
    },
  )
  group.dataset('config/stride_frame', 1n)
  file.link(`${own}/frames_per_point`, `${aps}/config/avg_frame`)
  linkNexus(file, own, colors)
  return true
}

function linkNexus(file: ResultFile, own: string, colors: Int32Array): void {
  const nexus = '/entry/twotime'
  file.group(nexus).attributes({ NX_class: 'NXdata', signal: 'g2_from_two_time_corr_func' })
  colors.forEach((color) => {
    file.link(`${own}/map_color_${color}`, `${nexus}/two_time_corr_func/map_color_${color}`)
  })
  file.link(`${own}/g2`, `${nexus}/g2_from_two_time_corr_func`)
  file.link(`${own}/g2_error`, `${nexus}/g2_err_from_two_time_corr_func`)
  file.link(`${own}/g2_age_windows`, `${nexus}/g2_from_two_time_corr_func_partials`)
}
