// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Wrong files and wrong use of files: exit code 4, or 3 where a key of the config is to blame. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { cut, events, labels, npy, type Row, shape, text, writeForeignFilter, writeHdf5 } from './fixture.js'

const ones = (count: number): Uint8Array => new Uint8Array(count).fill(1)
const hdf5 = { format: 'hdf5', path: 'frames.h5' }
const npyFrames = { format: 'npy', path: 'frames.npy' }

/** Value `value` at pixel `index`, everything else good. */
const labelled = (name: string, index: number, value: number): NonNullable<Row['files']> =>
  npy(
    name,
    labels((values) => {
      values[index] = value
    }),
    shape,
  )

export const maskRows: readonly Row[] = [
  {
    name: 'mask of another shape',
    files: npy('mask.npy', ones(12), [3, 4]),
    words: ['mask ', '/mask.npy has shape 3 x 4 but the detector has 4 x 3', 'use one made for this detector'],
    code: 4,
  },
  {
    name: 'mask with other values',
    files: npy('mask.npy', ones(12).fill(2, 5, 6), shape),
    words: ['/mask.npy holds 2 at (1, 2)', '0 (ignored) and 1 (correlated)'],
    code: 4,
  },
  {
    name: 'mask that is NaN somewhere',
    files: npy('mask.npy', new Float64Array(12).fill(1).fill(Number.NaN, 3, 4), shape),
    words: ['/mask.npy holds NaN at (1, 0)'],
    code: 4,
  },
  {
    name: 'mask that is all zero',
    files: npy('mask.npy', new Uint8Array(12), shape),
    words: ['/mask.npy is 0 everywhere', 'set the pixels to correlate to 1'],
    code: 4,
  },
  {
    name: 'missing mask',
    system: { maskNdarrayCoords: 'nomask.npy' },
    words: ['/nomask.npy does not exist', 'check the path'],
    code: 4,
  },
  { name: 'missing mask from -m', args: ['-m', 'nonexistent'], words: ['/nonexistent', 'does not exist'], code: 4 },
  {
    name: 'mask that is no .npy',
    files: text('mask.npy', 'hello'),
    words: ['/mask.npy is not a .npy file', 'save it with numpy.save'],
    code: 4,
  },
]

export const colorRows: readonly Row[] = [
  {
    name: 'negative color',
    files: labelled('color.npy', 4, -1),
    words: ['color file ', '/color.npy holds -1 at (1, 1)', '0 (not used) to 16384'],
    code: 4,
  },
  {
    name: 'color too large',
    files: labelled('color.npy', 4, 16_385),
    words: ['/color.npy holds 16385 at (1, 1)', '16384'],
    code: 4,
  },
  {
    name: 'color that is no integer',
    files: npy('color.npy', Float64Array.from(labels()).fill(1.5, 2, 3), shape),
    words: ['/color.npy holds 1.5 at (0, 2)'],
    code: 4,
  },
  {
    name: 'fine color out of range',
    files: labelled('fine.npy', 11, 99_999),
    words: ['fine color file ', '/fine.npy holds 99999 at (3, 2)'],
    code: 4,
  },
  {
    name: 'fine color 0 under a color',
    files: labelled('fine.npy', 7, 0),
    words: ['fine color file ', '/fine.npy is 0 at 1 pixel that has a color', '(2, 1)', 'give every colored pixel'],
    code: 4,
  },
  {
    name: 'color of another shape',
    files: npy('color.npy', labels(), [3, 4]),
    words: ['color file ', '/color.npy has shape 3 x 4 but the detector has 4 x 3'],
    code: 4,
  },
  { name: 'missing color', user: { colorNdarrayCoords: 'no.npy' }, words: ['/no.npy does not exist'], code: 4 },
  {
    name: 'missing fine color',
    user: { colorFineNdarrayCoords: 'no.npy' },
    words: ['/no.npy does not exist'],
    code: 4,
  },
]

export const dataRows: readonly Row[] = [
  {
    name: 'missing dataset',
    system: { dataset: { ...npyFrames, path: 'no.npy' } },
    words: ['/no.npy does not exist', 'check the path'],
    code: 4,
  },
  {
    name: 'missing HDF5 dataset',
    system: { dataset: { ...hdf5, path: 'no.h5' } },
    words: ['/no.h5 does not exist', 'check the path'],
    code: 4,
  },
  {
    name: 'dataset that is a folder',
    files: (folder) => void mkdirSync(join(folder, 'sub.npy')),
    system: { dataset: { ...npyFrames, path: 'sub.npy' } },
    words: ['/sub.npy is not a file', 'give the .npy file itself'],
    code: 4,
  },
  {
    name: 'truncated .npy',
    files: cut('frames.npy', 200),
    words: ['/frames.npy has 200 of 272 bytes', 'truncated', 'copy it again'],
    code: 4,
  },
  { name: '.npy cut inside its header', files: cut('frames.npy', 9), words: ['/frames.npy', 'truncated'], code: 4 },
  { name: 'empty .npy', files: cut('frames.npy', 0), words: ['/frames.npy', '0 B', 'numpy.save'], code: 4 },
  {
    name: '.npy without a detector axis',
    files: npy('frames.npy', ones(events)),
    words: ['/frames.npy has shape 12', 'first axis events'],
    code: 4,
  },
  {
    name: 'no frames at all',
    files: npy('frames.npy', ones(0), [0, ...shape]),
    words: ['/frames.npy has shape 0 x 4 x 3', 'frames are needed'],
    code: 4,
  },
  {
    name: 'frames of another shape than the mask',
    files: npy('frames.npy', ones(events * 20), [events, 4, 5]),
    words: ['has shape 4 x 3 but the detector has 4 x 5'],
    code: 4,
  },
  {
    name: 'HDF5 file that is none',
    files: text('frames.h5', 'not an HDF5 file'),
    system: { dataset: hdf5 },
    words: ['/frames.h5 is not an HDF5 file', 'check the path'],
    code: 4,
  },
  {
    name: 'truncated HDF5 file',
    files: async (folder) => {
      await writeHdf5(folder)
      await cut('frames.h5', 1000)(folder)
    },
    system: { dataset: hdf5 },
    words: ['/frames.h5', /truncated|cannot be opened/],
    code: 4,
  },
  {
    name: 'HDF5 dataset that is absent',
    files: async (folder) => void (await writeHdf5(folder)),
    system: { dataset: { ...hdf5, dataset: '/entry/frames' } },
    words: ['/entry/frames', '/frames.h5'],
    code: 4,
  },
  {
    name: 'HDF5 dataset behind a filter that is not there',
    files: (folder) => writeForeignFilter(folder, 32_700, 'exotic'),
    system: { dataset: hdf5 },
    words: ['/entry/data/data', '/frames.h5', "filter 'exotic' (id 32700)", 'rewrite it with gzip'],
    code: 4,
  },
  {
    name: 'HDF5 dataset behind szip',
    files: (folder) => writeForeignFilter(folder, 4, 'szip'),
    system: { dataset: hdf5 },
    words: ["filter 'szip' (id 4)", 'cannot be decoded'],
    code: 4,
  },
  {
    name: 'mask in HDF5 behind a filter that is not there',
    files: (folder) => writeForeignFilter(folder, 32_700, 'exotic'),
    system: { maskNdarrayCoords: 'frames.h5:/entry/data/data' },
    words: ["filter 'exotic' (id 32700)"],
    code: 4,
  },
  {
    name: 'HDF5 counters of another length',
    files: async (folder) => void (await writeHdf5(folder, { counters: new Float64Array(events - 1) })),
    system: { dataset: { ...hdf5, counters: '/counters' } },
    words: ['counters /counters', `${events - 1} values for ${events} events`],
    code: 4,
  },
]

export const perEventRows: readonly Row[] = [
  {
    name: 'counters of the wrong length',
    files: npy('counters.npy', new Float64Array(events + 1)),
    words: ['counters ', '/counters.npy has 13 values for 12 events', 'one value per event'],
    code: 4,
  },
  {
    name: 'counters of two axes',
    files: npy('counters.npy', new Float64Array(events), [events, 1]),
    words: ['/counters.npy has shape 12 x 1', 'single axis of 12'],
    code: 4,
  },
  {
    name: 'counters that are not integers',
    files: npy('counters.npy', new Float64Array(events).fill(0.5)),
    words: ['/counters.npy holds 0.5 at event 0', 'integers'],
    code: 4,
  },
  {
    name: 'missing counters',
    system: { dataset: { ...npyFrames, counters: 'no.npy' } },
    words: ['/no.npy does not exist'],
    code: 4,
  },
  {
    name: 'streams of the wrong length',
    files: npy('streams.npy', new Int32Array(3)),
    system: { dataset: { ...npyFrames, streams: 'streams.npy' } },
    words: ['streams ', '/streams.npy has 3 values for 12 events'],
    code: 4,
  },
  {
    name: 'variable of the wrong length',
    files: npy('ipm.npy', new Float64Array(5)),
    words: ['vars.ipm ', '/ipm.npy has 5 values for 12 events'],
    code: 4,
  },
  {
    name: 'filter on a variable that the dataset lacks',
    system: { filters: [{ var: 'gdet', min: 1 }] },
    words: ["'gdet'", 'the dataset has: ipm', 'dataset.vars'],
    code: 3,
  },
]
