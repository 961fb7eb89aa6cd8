// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Which keys are paths and which decide how a run works rather than what it computes. Plain lists, because ranks need them and
 * must not load the schema; a test compares them with it.
 */

export const experimentKeys: readonly string[] = [
  'tickSeconds',
  'exposureSeconds',
  'energyKev',
  'distanceM',
  'beamCenterPx',
  'pixelSizeM',
  'colorQ',
  'sample',
  'user',
]

/** Keys of systemParams that equal runs may differ in: paths, rank and block settings, verbosity. */
export const systemRunKeys: readonly string[] = [
  'maskNdarrayCoords',
  'testMaskNdarrayCoords',
  'testNumEvents',
  'metadataFile',
  'workerStoreDtype',
  'numServers',
  'numWorkers',
  'serverHosts',
  'transport',
  'blockSize',
  'verbosity',
  'h5output',
  'testH5output',
  'overwrite',
]

/** Keys of userParams that are paths. */
export const userPathKeys: readonly string[] = ['colorNdarrayCoords', 'colorFineNdarrayCoords', 'qmap']

/** True where `value` under `name` of a dataset is a path of its own: `path`; for npy also counters, streams and vars. */
export function isPathEntry(format: string, name: string, value: unknown): value is string {
  if (typeof value !== 'string' || value === '' || name === 'format') return false
  const pathKeys = format === 'npy' ? ['path', 'counters', 'streams', 'vars'] : ['path']
  return pathKeys.includes(name) || /\.(npy|npz|h5|hdf5|hdf|nxs|cxi|json|csv|txt|bin|imm|spc)$/i.test(value)
}

/** True for an object with keys, as opposed to a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
