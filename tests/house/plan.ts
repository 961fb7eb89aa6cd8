// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The house's plan: every room and top-level file of `src` and `workers` with its level. A room imports only lower levels. */

/** Keys are `src/<folder>`, `src/<file>.ts` or `workers`; nothing outside this list may exist. */
export const plan: Readonly<Record<string, number>> = {
  'src/units.ts': 0,
  'src/errors.ts': 0,
  'src/kernels': 1,
  'src/io': 1,
  'src/buffers': 2,
  'src/masks': 2,
  'src/formats': 2,
  'src/correlators': 3,
  'src/roles': 4,
  'src/transports': 5,
  'src/results': 5,
  'src/config': 5,
  'src/simulate': 5,
  'src/web': 6,
  'src/launch': 6,
  'src/driver': 7,
  'src/cli.ts': 8,
  'src/cli': 8,
  'src/index.ts': 8,
  /** Entry points stand on top: they are started by file name, nothing imports them. */
  workers: 9,
}

/** Rooms that are one room under two names. */
const same: Readonly<Record<string, string>> = { 'src/cli': 'src/cli.ts' }

/** The plan's key that `file` (relative to the repository root, with `/`) belongs to; the key it would need when it is missing. */
export function roomOf(file: string): string {
  const [top = '', second = ''] = file.split('/')
  const room = top === 'src' ? `src/${second}` : top
  return same[room] ?? room
}
