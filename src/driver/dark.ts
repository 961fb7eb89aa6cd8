// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana dark`: dark frames -> pedestal, noise and bad pixels in one HDF5 file, which `systemParams.calibration` reads. */
import { existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { resolveDataset } from '../config/dataset.js'
import { ConfigError, InputError } from '../errors.js'
import type { DenseFrames, FrameSource } from '../formats/format.js'
import { CalibrationKernel } from '../kernels/calibration.js'
import { ResultFile } from '../results/hdf5File.js'
import { badBits, countBadPixels, findBadPixels, medianOf } from '../roles/calibration/badPixels.js'
import { DarkFrames, type DarkSums } from '../roles/calibration/darkMaps.js'
import { linesOf, type CalibrationSpec } from '../roles/calibration/spec.js'
import { sentinelsOf, withHoles } from '../roles/holes/sentinels.js'
import { shapeText, sizeOf } from '../units.js'
import { blockEvents } from './setup.js'
import { openDataset } from './source.js'

export interface DarkOptions {
  /** As `systemParams.dataset`; relative paths count from `cwd`. */
  readonly dataset: string
  readonly cwd: string
  readonly output: string
  readonly overwrite: boolean
  /** Frames read; 0 = all. */
  readonly frames: number
  readonly sigmas: number
  /** Subtracted from every frame before the noise is taken. */
  readonly commonMode: CalibrationSpec['commonMode']
  readonly asic: CalibrationSpec['asic']
}

export interface DarkReport {
  readonly output: string
  readonly frames: number
  readonly shape: readonly number[]
  /** Over good pixels. */
  readonly pedestal: { readonly median: number; readonly least: number; readonly most: number }
  readonly noise: { readonly median: number; readonly least: number; readonly most: number }
  readonly bad: number
  readonly kinds: readonly (readonly [kind: string, pixels: number])[]
}

/** Throws ConfigError where the output exists, InputError for fewer than two frames or photon events. */
export async function makeDark(options: DarkOptions): Promise<DarkReport> {
  const source = await openDataset(await resolveDataset(options.dataset, options.cwd))
  try {
    if (existsSync(options.output) && !options.overwrite) {
      throw new ConfigError(`${options.output} exists already; choose another name (-o) or give --overwrite`, {
        path: options.output,
      })
    }
    const frames = options.frames > 0 ? Math.min(options.frames, source.events) : source.events
    if (frames < 2) {
      throw new InputError(`${options.dataset} has ${frames} dark frames; at least 2 are needed, better 1000`, {
        frames,
      })
    }
    const plain = await sumsOf(source, frames, null)
    const status = findBadPixels(plain.mean, plain.deviation, source.shape, options.sigmas)
    const sums = await withoutCommonMode(source, frames, plain, status, options)
    const later = findBadPixels(plain.mean, sums.deviation, source.shape, options.sigmas)
    const bad = status.map((bits, p) => (bits === 0 ? later[p] : bits))
    await writeDark(options, source.shape, frames, sums, bad)
    return reportOf(options, source.shape, frames, sums, bad)
  } finally {
    await source.close()
  }
}

async function sumsOf(
  source: FrameSource,
  frames: number,
  change: ((frames: DenseFrames) => DenseFrames) | null,
): Promise<DarkSums> {
  const sums = new DarkFrames(sizeOf(source.shape))
  const step = blockEvents('auto', source)
  for (let first = 0; first < frames; first += step) {
    const indices = Int32Array.from({ length: Math.min(step, frames - first) }, (_, i) => first + i)
    const block = withHoles(await source.read(indices), sentinelsOf(source))
    if (block.kind === 'events') {
      throw new InputError(
        'the dataset gives photon events, which have no pedestal: give frames of a charge-integrating detector',
      )
    }
    const { data } = change === null ? block : change(block)
    sums.add(data, indices.length)
  }
  return sums.result()
}

/** The noise that is left when the common mode of every frame is gone; the pedestal stays. */
async function withoutCommonMode(
  source: FrameSource,
  frames: number,
  { mean, deviation, values }: DarkSums,
  status: Uint8Array,
  { commonMode, asic, sigmas }: DarkOptions,
): Promise<DarkSums> {
  const lines = linesOf(source.shape, { commonMode, asic })
  if (lines === null) return { mean, deviation, values }
  const limit = sigmas * medianOf(deviation.filter((noise) => noise > 0))
  const options = { frameSize: mean.length, background: null, commonMode: { lines, limit }, scale: 1 } as const
  const gain = new Float32Array(mean.length).fill(1)
  const good = Float32Array.from(mean, (value, p) => (status[p] === 0 ? value : Number.NaN))
  const photonize = { photonize: 'none', lld: Number.NEGATIVE_INFINITY } as const
  const kernel = new CalibrationKernel({ ...options, gain, pedestal: good, ...photonize })
  const left = await sumsOf(source, frames, ({ data, dtype, events }) => {
    return { kind: 'dense', events, dtype: 'float32', data: kernel.run(data, dtype, events, 'float32').data }
  })
  const noise = left.deviation.map((own, p) => (status[p] === 0 ? own : deviation[p]))
  return { mean, deviation: noise, values }
}

async function writeDark(
  { output, dataset, sigmas, commonMode, asic, overwrite }: DarkOptions,
  shape: readonly number[],
  frames: number,
  { mean, deviation }: DarkSums,
  status: Uint8Array,
): Promise<void> {
  const work = `${output}.inprogress`
  const file = await ResultFile.create(work)
  try {
    const dark = file.group('/dark')
    const bits = Object.entries(badBits).map(([kind, bit]) => `${bit} = ${kind}`)
    dark.attributes({ dataset, frames, sigmas, common_mode: commonMode, ...(asic === null ? {} : { asic }) })
    const adu = { units: 'ADU' }
    dark.dataset('pedestal', Float32Array.from(mean), { shape, attributes: { ...adu, long_name: 'mean' } })
    dark.dataset('noise', Float32Array.from(deviation), {
      shape,
      attributes: { ...adu, long_name: 'standard deviation' },
    })
    dark.dataset(
      'badPixels',
      status.map((bits) => (bits === 0 ? 0 : 1)),
      { shape, attributes: { long_name: '1 = bad' } },
    )
    dark.dataset('status', status, { shape, attributes: { long_name: `0 = good; ${bits.join(', ')}` } })
    await file.settle()
  } catch (error) {
    file.close()
    await rm(work, { force: true })
    throw error
  }
  file.close()
  if (overwrite) await rm(output, { force: true })
  await rename(work, output)
}

function reportOf(
  { output }: DarkOptions,
  shape: readonly number[],
  frames: number,
  { mean, deviation }: DarkSums,
  status: Uint8Array,
): DarkReport {
  const spread = (values: Float64Array) => {
    const good = values.filter((_, p) => status[p] === 0).sort()
    return { median: medianOf(good), least: good[0] ?? Number.NaN, most: good.at(-1) ?? Number.NaN }
  }
  return { output, frames, shape, pedestal: spread(mean), noise: spread(deviation), ...countBadPixels(status) }
}

/** The report for people. `adusPerPhoton` null = unknown. */
export function darkText(report: DarkReport, adusPerPhoton: number | null): string {
  const { frames, shape, bad, kinds } = report
  const number = (value: number): string => String(Number(value.toPrecision(4)))
  const line = (name: 'pedestal' | 'noise'): string => {
    const { median, least, most } = report[name]
    return `${name.padEnd(9)}median ${number(median)} ADU, ${number(least)} to ${number(most)} over good pixels`
  }
  const percent = number((100 * bad) / sizeOf(shape))
  const sigmas =
    adusPerPhoton === null ? [] : [`photon   ${number(adusPerPhoton / report.noise.median)} sigma of the middle pixel`]
  return [
    `dark     ${frames} frames of ${shapeText(shape)}`,
    line('pedestal'),
    line('noise'),
    `bad      ${bad} pixels (${percent} %)${kinds.map(([kind, pixels]) => `; ${pixels} ${kind}`).join('')}`,
    ...sigmas,
    '',
  ].join('\n')
}
