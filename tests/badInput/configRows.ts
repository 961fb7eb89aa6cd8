// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Wrong configurations (exit code 3), wrong command lines (2), and results that are in the way (3). */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { type Row, text, tsConfig } from './fixture.js'

const delays = (value: unknown, ...words: string[]): Row => ({
  name: `delays ${JSON.stringify(value)}`,
  system: { delays: value },
  words: ['systemParams.delays', ...words],
  code: 3,
})

const system = (key: string, value: unknown, ...words: string[]): Row => ({
  name: `${key} ${JSON.stringify(value)}`,
  system: { [key]: value },
  words: [`systemParams.${key}`, ...words],
  code: 3,
})

export const keyRows: readonly Row[] = [
  system('numWorker', 2, 'unknown key', 'did you mean numWorkers?'),
  {
    name: 'frameNorm without a variable',
    user: { frameNorm: 'monitor:' },
    words: ['userParams.frameNorm', "'monitor:'", "'none', 'frameMean' or 'monitor:' with the name of a variable"],
    code: 3,
  },
  {
    name: 'a monitor that the dataset has not',
    user: { frameNorm: 'monitor:gmd' },
    words: ["userParams.frameNorm names the variable 'gmd'", 'add it to dataset.vars'],
    code: 3,
  },
  {
    name: 'intensity divided out twice',
    user: { frameNorm: 'frameMean', normalization: 'instantaneous' },
    words: ["userParams.frameNorm is 'frameMean'", "'instantaneous'", 'leave one out'],
    code: 3,
  },
  {
    name: 'unknown errors',
    user: { errors: 'bootstrap' },
    words: ['userParams.errors', "'bootstrap'", "'elements' or 'jackknife', or null"],
    code: 3,
  },
  {
    name: 'covariance without a jackknife',
    user: { errors: 'elements', covariance: true },
    words: ['userParams.covariance is true', "userParams.errors to 'jackknife'"],
    code: 3,
  },
  ...(
    [
      [5, 'is 5', '{ exposures: 1 to 11'],
      [{ exposures: 12 }, 'wrong at userParams.visibility.exposures', '1 to 11'],
      [{ every: 0 }, 'wrong at userParams.visibility.every', 'an integer of 1 or more, or null'],
      [{ kMax: 1.5 }, 'wrong at userParams.visibility.kMax', 'kMax: 1 to 255'],
      [{ exposure: 3 }, 'unknown key userParams.visibility.exposure', 'exposures'],
    ] as const
  ).map(([visibility, ...words]) => ({
    name: `visibility ${JSON.stringify(visibility)}`,
    user: { visibility },
    words: ['userParams.visibility is', ...words],
    code: 3,
  })),
  { name: 'unknown userParams key', user: { saturatedVale: 1 }, words: ['did you mean saturatedValue?'], code: 3 },
  {
    name: 'unknown dataset key',
    system: { dataset: { format: 'npy', path: 'frames.npy', counter: 'counters.npy' } },
    words: ['dataset.counter is unknown', 'counters'],
    code: 3,
  },
  {
    name: 'unknown format',
    system: { dataset: { format: 'tiff', path: 'frames.npy' } },
    words: ["'tiff'", 'hdf5', 'npy'],
    code: 3,
  },
  system('times', '100', "is '100'", 'must be an integer of 1 or more'),
  system('times', 0, 'is 0', 'must be an integer of 1 or more'),
  system('update', -1, 'is -1', 'integer of 0 or more'),
  system('numWorkers', 0, 'is 0', "'auto' or an integer of 1 or more"),
  system('numServers', 0, 'is 0', 'integer of 1 or more'),
  system('overwrite', 'yes', "is 'yes'", 'true or false'),
  system('transport', 'mpi', "is 'mpi'", "'auto'"),
  system('calibration', { pedestl: 1 }, 'unknown key', '.pedestl', 'did you mean pedestal?'),
  system('calibration', { commonMode: 'rows' }, ".commonMode is 'rows'", "'none', 'panel', 'row' or 'column'"),
  system('calibration', { gain: 0 }, '.gain is 0', 'a number other than 0'),
  system('calibration', { adusPerPhoton: 0 }, '.adusPerPhoton is 0', 'a number above 0'),
  system('calibration', { noise: -1 }, '.noise is -1', 'a number from 0 on'),
  system('calibration', { photonize: 'round' }, ".photonize is 'round'", 'give the ADU of one photon'),
  system('calibration', { commonMode: 'row' }, ".commonMode is 'row'", 'adusPerPhoton or commonModeLimit'),
  system('calibration', { asic: [8, 8] }, '.asic is [8, 8]', "commonMode is 'none'", 'or leave asic out'),
  system('calibration', { commonMode: 'row', commonModeLimit: 9, asic: [8] }, '.asic is [8]', '[rows, columns]'),
  system('quality', { jump: [0, 1] }, 'unknown key', '.jump', 'did you mean jumps?'),
  system('quality', { jumps: 0.1 }, '.jumps is 0.1', 'two numbers from 0 on, the smaller one first, or null'),
  system('quality', { jumps: [0.2, 0.1] }, '.jumps is [0.2,0.1]', 'the smaller one first'),
  system('quality', { longestPairs: [1, 10] }, '.longestPairs is [1,10]', 'the larger one first'),
  system('quality', { hotElements: [-1, 1] }, '.hotElements is [-1,1]', 'two numbers from 0 on'),
  system('quality', { speckleSize: 0 }, '.speckleSize is 0', 'a number above 0, or null'),
  system('holes', { values: ['least'] }, '.values is', "numbers and 'max'"),
  system('holes', { missingPanel: 'drop' }, ".missingPanel is 'drop'", "'hole' or 'frame'"),
  system('timing', { pulse: 'x' }, '.pulse is given', 'timing.train is not'),
  system('timing', { pulses: 352 }, '.pulses is given', 'timing.period is not'),
  system('timing', { pulses: 352, period: 300 }, '.period is 300', 'shorter than a train of 352 pulses'),
  system('timing', { pulses: 0, period: 1 }, '.pulses is 0', 'an integer of 1 or more'),
  system('timing', { pulses: 9, period: 99, drop: '3-9' }, '.drop holds pulse 9', 'the pulses 0 to 8'),
  system('timing', { pulses: 2, period: 99, drop: '0-1' }, '.drop leaves no pulse', 'the pulses 0 to 1'),
  system('timing', { drop: '0' }, '.drop needs', 'timing.pulses and period'),
  system('timing', { timestamps: 'time' }, '.timestamps is given', 'timing.tick is not'),
  system('timing', { tolerance: 0.7 }, '.tolerance is 0.7', 'at most 0.5'),
  system('timing', { periods: 3 }, 'unknown key', 'did you mean period?'),
  {
    name: 'MultiTau of trains',
    system: { userClass: 'MultiTau', timing: { pulses: 3, period: 100 } },
    words: ['trains of 3 pulses come every 100 ticks', 'G2IncrementalAccumulator with delays 1 .. 2', 'TwoTime'],
    code: 3,
  },
  {
    name: 'frames of trains summed',
    system: { average: 2, timing: { pulses: 3, period: 100 } },
    words: ['systemParams.average is 2', 'would mix trains', 'timing.drop'],
    code: 3,
  },
  system('userClass', 'G2AtTheEnd', "is 'G2AtTheEnd'", 'G2AtEnd'),
  system('dataset', 'exp=xcs84213:run=117', 'psana string', 'convert the run'),
  delays([], 'is empty', 'give at least one'),
  delays([3, 1], 'not in ascending order', 'sort it'),
  delays([1, 2, 2], 'holds 2 twice', 'leave one out'),
  delays([1, 2.5], '[1] is 2.5', 'whole number of ticks'),
  delays([-1, 2], '[0] is -1', 'cannot be negative'),
  delays([0, 2], '[0] is 0', '1 tick or more'),
  delays('1,2', "is '1,2'", 'list'),
  {
    name: 'per-pixel output above 1 GB that nobody asked for',
    system: {
      dataset: { format: 'synthetic', shape: [1024, 1024], events: 100, seed: 1 },
      maskNdarrayCoords: null,
      delays: Array.from({ length: 60 }, (_, i) => i + 1),
    },
    user: { colorNdarrayCoords: null, colorFineNdarrayCoords: null },
    words: ['1.4 GiB', 'systemParams.h5arrays', "'none'"],
    code: 3,
  },
]

export const fileRows: readonly Row[] = [
  {
    name: 'missing config',
    args: ['-c', 'nothing.ts'],
    words: ['/nothing.ts does not exist', "'parcorana init'"],
    code: 3,
  },
  {
    name: 'config of ParCorAna',
    config: { file: 'config.py', text: 'system_params = {}\n' },
    words: ['/config.py is a Python file', 'write it as .ts'],
    code: 3,
  },
  {
    name: 'config of unknown type',
    config: { file: 'config.yaml', text: 'systemParams:\n' },
    words: ['/config.yaml', "'.yaml'", '.ts'],
    code: 3,
  },
  {
    name: 'JSON with a syntax error',
    config: { file: 'bad.json', text: '{\n  "systemParams": {\n    "times": 3,\n  }\n}\n' },
    words: ['/bad.json is not valid JSON at line 4'],
    code: 3,
  },
  {
    name: 'JSON that ends too early',
    config: { file: 'bad.json', text: '{\n  "systemParams": {\n' },
    words: ['/bad.json is not valid JSON at line 3'],
    code: 3,
  },
  {
    name: 'TypeScript with a syntax error',
    config: { file: 'bad.ts', text: 'export default {\n  systemParams: {\n' },
    words: ['/bad.ts has a syntax error at line 3'],
    code: 3,
  },
  {
    name: 'config without default export',
    config: { file: 'bad.ts', text: 'export const systemParams = {}\n' },
    words: ['/bad.ts exports systemParams by name', 'export default'],
    code: 3,
  },
  {
    name: 'config that throws',
    config: { file: 'bad.ts', text: 'const a = 1\nthrow new Error("no beam today")\nexport default a\n' },
    words: ['/bad.ts threw an error at line 2: no beam today'],
    code: 3,
  },
  {
    name: 'config that imports what is not there',
    config: { file: 'bad.ts', text: "import x from './absent.js'\nexport default x\n" },
    words: ['/bad.ts imports', 'absent.js', 'cannot be found'],
    code: 3,
  },
  {
    name: 'metadata file that is missing',
    system: { metadataFile: 'meta.json' },
    words: ['systemParams.metadataFile ', '/meta.json does not exist'],
    code: 3,
  },
]

export const classRows: readonly Row[] = [
  {
    name: 'class file without default export',
    files: text('my.ts', "import { G2AtEnd } from 'parcorana'\nexport class My extends G2AtEnd {}\n"),
    system: { userClass: './my.ts' },
    words: ['/my.ts has no default export', 'export default class'],
    code: 3,
  },
  {
    name: 'class that does not extend G2Common',
    files: text('my.ts', 'export default class My {}\n'),
    system: { userClass: './my.ts' },
    words: ['/my.ts is class My, which does not extend G2Common', "import G2Common from 'parcorana'"],
    code: 3,
  },
  {
    name: 'default export that is no class',
    files: text('my.ts', 'export default 7\n'),
    system: { userClass: './my.ts' },
    words: ['/my.ts is the number 7', 'extends G2Common'],
    code: 3,
  },
  {
    name: 'class in the config that does not extend G2Common',
    config: { file: 'config.ts', text: tsConfig('class Mine {}', 'Mine') },
    words: ['systemParams.userClass is class Mine, which does not extend G2Common'],
    code: 3,
  },
  { name: 'class file missing', system: { userClass: './no.ts' }, words: ['/no.ts does not exist'], code: 3 },
  {
    name: 'class file with a syntax error',
    files: text('my.ts', 'export default class My {\n  a = = 1\n}\n'),
    system: { userClass: './my.ts' },
    words: ['/my.ts has a syntax error at line 2'],
    code: 3,
  },
  {
    name: 'class file that imports what parcorana has not',
    files: text('my.ts', "import { G2Commonn } from 'parcorana'\nexport default class My extends G2Commonn {}\n"),
    system: { userClass: './my.ts' },
    words: ['/my.ts', /G2Commonn|undefined/],
    code: 3,
  },
]

export const outputRows: readonly Row[] = [
  {
    name: 'result exists',
    files: text('out.h5', 'precious'),
    words: ['/out.h5 exists', '--overwrite', 'another h5output'],
    code: 3,
  },
  {
    name: '.inprogress exists',
    files: text('out.h5.inprogress', 'precious'),
    words: ['/out.h5.inprogress exists', 'rename it to keep', 'delete it'],
    code: 3,
  },
  {
    name: '.inprogress exists, with --overwrite',
    files: text('out.h5.inprogress', 'precious'),
    args: ['-c', 'config.json', '--overwrite'],
    words: ['/out.h5.inprogress exists', 'rename it to keep', 'delete it'],
    code: 3,
  },
  {
    name: 'folder of the result is missing',
    system: { h5output: 'results/out.h5' },
    words: ['/results of h5output does not exist', 'create it'],
    code: 3,
  },
  {
    name: 'result is a folder',
    files: (folder) => void mkdirSync(join(folder, 'out.h5')),
    args: ['-c', 'config.json', '--overwrite'],
    words: ['/out.h5 is a folder'],
    code: 3,
  },
  { name: '%J outside a batch job', system: { h5output: 'out_%J.h5' }, words: ['%J', 'not a batch job'], code: 3 },
]

export const usageRows: readonly Row[] = [
  {
    name: 'unknown command',
    args: ['chek', '-c', 'config.json'],
    words: ["unknown command 'chek'", "did you mean 'check'?"],
    code: 2,
  },
  {
    name: 'unknown flag',
    args: ['-c', 'config.json', '--num-worker', '2'],
    words: ["'num-worker'", 'did you mean --num-workers?'],
    code: 2,
  },
  {
    name: 'a word of a flag, mistyped',
    args: ['-c', 'config.json', '--wrokers', '2'],
    words: ["'wrokers'", 'did you mean --num-workers?'],
    code: 2,
  },
  {
    name: 'unknown command alone',
    args: ['xylophone'],
    words: ["unknown command 'xylophone'", 'run, check, init, cmp'],
    code: 2,
  },
  { name: 'config without its flag', args: ['config.json'], words: ['-c config.json'], code: 2 },
  { name: 'flag without its value', args: ['-c'], words: ['-c needs a value', '--help'], code: 2 },
  { name: 'no config', args: [], words: ['-c config.ts'], code: 2 },
  {
    name: 'port that is none',
    args: ['-c', 'config.json', '--live', '70000'],
    words: ["--live is '70000'; give a port from 1 to 65535, or nothing"],
    code: 2,
  },
  {
    name: 'page of no run',
    args: ['-c', 'config.json', '--live', '--dry-run'],
    words: ['--live and --dry-run exclude each other'],
    code: 2,
  },
  {
    name: 'number that is none',
    args: ['-c', 'config.json', '-n', 'ten'],
    words: ["--numevents needs a number, but got 'ten'"],
    code: 2,
  },
  { name: 'a stray word', args: ['-c', 'config.json', 'again'], words: ["'again'", '--help'], code: 2 },
  {
    name: 'both tests at once',
    args: ['-c', 'config.json', '--test-main', '--test-alt'],
    words: ['test-main', 'test-alt'],
    code: 2,
  },
  { name: 'workers 0 by flag', args: ['-c', 'config.json', '-w', '0'], words: ['numWorkers is 0', "'auto'"], code: 3 },
  { name: 'mpi by flag', args: ['-c', 'config.json', '--transport', 'mpi'], words: ["'mpi'", "'auto'"], code: 3 },
  { name: 'cmp of missing files', args: ['cmp', 'a.h5', 'b.h5'], words: ['a.h5 does not exist'], code: 2 },
  { name: 'cmp of one file', args: ['cmp', 'a.h5'], words: ['needs 2 file names, but got 1', '--help'], code: 2 },
  { name: 'dark of no file', args: ['dark'], words: ['needs 1 file name, but got 0', '--help'], code: 2 },
  {
    name: 'dark of a missing file',
    args: ['dark', 'a.npy', '-o', 'config.json'],
    words: ['a.npy does not exist'],
    code: 4,
  },
  { name: 'init over a file', args: ['init', 'config.json'], words: ['config.json', 'choose a new name'], code: 4 },
]
