// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Maps of the calibration that do not fit: exit code 4, or 3 where they leave nothing. */
import { npy, type Row, shape, writeHdf5 } from './fixture.js'

const maps = ['pedestal', 'background', 'gain', 'gainMap', 'flat', 'noise'] as const
const factors = ['gain', 'gainMap', 'flat'] as const

/** A map of ones with `value` at pixel 4, which is (1, 1). */
const spoilt = (value: number): NonNullable<Row['files']> =>
  npy('map.npy', new Float32Array(12).fill(1).fill(value, 4, 5), shape)

const row = (name: string, calibration: Record<string, unknown>, words: Row['words'], files?: Row['files']): Row => ({
  name,
  system: { calibration },
  words,
  code: 4,
  ...(files === undefined ? {} : { files }),
})

export const calibrationRows: readonly Row[] = [
  ...maps.map((key) =>
    row(
      `${key} of another shape`,
      { [key]: 'map.npy' },
      [`calibration.${key} `, '/map.npy has shape 3 x 4 but the detector has 4 x 3', 'use one made for this detector'],
      npy('map.npy', new Float32Array(12), [3, 4]),
    ),
  ),
  ...maps.map((key) =>
    row(
      `${key} that is NaN in a used pixel`,
      { [key]: 'map.npy' },
      [
        `calibration.${key} `,
        '/map.npy is NaN at (1, 1)',
        'mask that pixel out, or set it to 1 in calibration.badPixels',
      ],
      spoilt(Number.NaN),
    ),
  ),
  ...factors.map((key) =>
    row(
      `${key} that is 0 in a used pixel`,
      { [key]: 'map.npy' },
      ['/map.npy is 0 at (1, 1)', 'mask that pixel out'],
      spoilt(0),
    ),
  ),
  row('noise below 0', { noise: 'map.npy' }, ['/map.npy is -2 at (1, 1)', 'mask that pixel out'], spoilt(-2)),
  row('chips that do not fill a panel', { commonMode: 'row', commonModeLimit: 9, asic: [2, 2] }, [
    'calibration.asic is [2, 2], but a panel of the detector has 4 x 3 pixels',
    'give rows and columns that divide these',
  ]),
  row('missing pedestal', { pedestal: 'none.npy' }, ['/none.npy does not exist', 'check the path']),
  row('missing bad pixels', { badPixels: 'none.h5:/dark/badPixels' }, ['/none.h5']),
  row(
    'pedestal without its dataset',
    { pedestal: 'frames.h5:/nothing' },
    ['/frames.h5', '/nothing'],
    async (folder) => void (await writeHdf5(folder)),
  ),
  {
    ...row(
      'bad pixels everywhere',
      { badPixels: 'map.npy' },
      ['calibration.badPixels ', '/map.npy leaves no pixel of the mask'],
      npy('map.npy', new Uint8Array(12).fill(1), shape),
    ),
    code: 3,
  },
]
