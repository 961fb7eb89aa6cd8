// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What users get wrong with `parcorana agree`. */
import { npy, type Row, text, writeHdf5 } from './fixture.js'

const agree = (
  name: string,
  args: readonly string[],
  words: Row['words'],
  code: number,
  files?: Row['files'],
): Row => ({
  name,
  args: ['agree', ...args],
  words,
  code,
  ...(files === undefined ? {} : { files }),
})

const g2 = npy('g2.npy', new Float32Array(6), [2, 3])

export const agreeRows: readonly Row[] = [
  agree('no file', [], ['the command got 0 of the 1 words'], 2),
  agree('frames that are missing', ['none.npy'], ['/none.npy does not exist'], 4),
  agree(
    'a config with a color',
    ['config.json', '--color', 'color.npy'],
    ['--color is for frames, but config.json is a config', 'say it there'],
    2,
  ),
  agree(
    'delays without a peer',
    ['frames.npy', '--peer-delays', 'd.npy'],
    ['--peer-delays and --peer-errors belong to --peer, which is missing'],
    2,
  ),
  agree(
    'a peer without delays',
    ['frames.npy', '--peer', 'g2.npy'],
    ['--peer g2.npy', 'give them with --peer-delays FILE.npy'],
    2,
    g2,
  ),
  agree(
    'a peer with other delays',
    ['frames.npy', '--peer', 'g2.npy', '--peer-delays', 'color.npy'],
    ['g2.npy has 6 values of g2 for 12 delays, but must be [delays, rings]'],
    4,
    g2,
  ),
  agree(
    'a peer with other rings',
    ['frames.npy', '--peer', 'g2.npy', '--peer-delays', 'tau.npy'],
    ['g2.npy has 3 rings, but the colors have 1', 'give the same mask and labels'],
    4,
    (folder) => {
      void g2(folder)
      void npy('tau.npy', Float64Array.of(1, 2))(folder)
    },
  ),
  agree(
    'a result of an unknown layout',
    ['frames.npy', '--peer', 'frames.h5'],
    ['frames.h5 holds neither /xpcs/multitau/normalized_g2 nor /exchange/norm-0-g2', 'or .npy arrays'],
    4,
    async (folder) => void (await writeHdf5(folder)),
  ),
  agree(
    'an output that exists',
    ['frames.npy', '-o', 'old.h5'],
    ['/old.h5 exists', '--overwrite'],
    3,
    text('old.h5', ''),
  ),
]
