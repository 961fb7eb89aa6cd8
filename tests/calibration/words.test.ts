// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What calibration says: spreads of the first events, photons against noise, values changed. */
import { describe, expect, it } from 'vitest'
import { resolveCalibration } from '../../src/config/calibration.js'
import { calibrationText } from '../../src/config/explain/calibration.js'
import { storedParams } from '../../src/config/stored.js'
import type { FrameBlock } from '../../src/formats/format.js'
import { changeText, changeWarnings, sumChanges } from '../../src/roles/changes.js'
import { FirstEventsCheck } from '../../src/roles/calibration/firstEvents.js'
import { FusedCalibration } from '../../src/roles/calibration/fused.js'
import { loadCalibrationMaps } from '../../src/roles/calibration/maps.js'
import { noiseWarnings, photonNoise } from '../../src/roles/calibration/validity.js'
import type { Calibration } from '../../src/roles/keptEvents.js'
import { withSystem } from '../config/support.js'

const spec = (values: object) => resolveCalibration(values, '/base')

describe('the first events', () => {
  const mask = Uint8Array.of(1, 1, 1, 0)
  const frames = (events: number, of: (k: number) => number): FrameBlock => {
    const data = Float32Array.from({ length: 4 * events }, (_, k) => (k % 4 === 3 ? 1e9 : of(k)))
    return { kind: 'dense', events, dtype: 'float32', data }
  }

  /** Log lines for raw frames and their calibrated values, in blocks of 2. */
  function linesOf(raw: (k: number) => number, calibrated: (k: number) => number, adusPerPhoton: number | null) {
    const lines: string[] = []
    const log = {
      debug() {},
      info: (text: string) => lines.push(text),
      warning: (text: string) => lines.push(`! ${text}`),
    }
    const inner: Calibration = { apply: ({ events }) => frames(events, calibrated), changes: [] }
    const check = new FirstEventsCheck(inner, { mask, adusPerPhoton }, log)
    for (let block = 0; block < 3; block++) check.apply(frames(2, raw))
    return lines
  }

  it('three of them are looked at, over the used pixels', () => {
    const lines = linesOf(
      (k) => 100 * (k % 2),
      (k) => 50 * (k % 2),
      null,
    )
    expect(lines.map((line) => line.match(/^event (\d): .* ([\d.]+) raw, ([\d.]+) ADU calibrated$/)?.slice(1))).toEqual(
      ['0', '1', '2'].map((event) => [event, '47.14', '23.57']),
    )
  })

  it.each([
    ['a flat raw frame', () => 7, (k: number) => 50 * (k % 2), null, 'the raw frame is flat'],
    [
      'calibrated below 10 ADU',
      (k: number) => 20 * (k % 2),
      (k: number) => 15 * (k % 2),
      null,
      'calibrated below 10 ADU',
    ],
    ['a flat calibrated frame', (k: number) => 20 * (k % 2), () => 0, 100, 'the calibrated frame is flat'],
    ['99 % apart', (k: number) => 2000 * (k % 2), (k: number) => 0.1 * (k % 2), 100, 'by more than 99 %'],
  ] as const)('%s is warned about', (_, raw, calibrated, adus, words) => {
    expect(linesOf(raw, calibrated, adus).filter((line) => line.startsWith('! ') && line.includes(words))).toHaveLength(
      3,
    )
  })

  it('photon counts may have little spread', () => {
    expect(
      linesOf(
        (k) => 20 * (k % 2),
        (k) => 0.1 * (k % 2),
        100,
      ).some((line) => line.startsWith('!')),
    ).toBe(false)
  })
})

describe('photons against noise', () => {
  const found = async (values: object) => {
    const own = spec({ adusPerPhoton: 100, photonize: 'round', ...values })
    const maps = await loadCalibrationMaps(own, [2, 2], Uint8Array.of(1, 1, 1, 0))
    return { own, noise: photonNoise(own, maps, Uint8Array.of(1, 1, 1, 0)) }
  }

  it.each([
    [10, 0, 10, 2.8665e-7],
    [15, 0, 6.6667, 4.2906e-4],
    [20, 0, 5, 6.2097e-3],
    [25, 3, 4, 2.275e-2],
  ])('noise of %d ADU: %d weak pixels, %d sigma, %d false photons', async (noise, weak, sigmas, falsePhotons) => {
    const { own, noise: result } = await found({ noise })
    expect(result?.pixels).toBe(3)
    expect(result?.weak).toBe(weak)
    expect(result?.medianSigmas).toBeCloseTo(sigmas, 3)
    expect((result?.falsePhotons ?? 0) / falsePhotons).toBeCloseTo(1, 2)
    expect(noiseWarnings(own, result).length).toBe(weak === 0 ? 0 : 1)
  })

  it('gain, threshold and lld count', async () => {
    expect((await found({ noise: 10, gain: 3 })).noise?.weak).toBe(3)
    const higher = (await found({ noise: 25, photonize: 'threshold', lld: 0.75 })).noise
    expect((higher?.falsePhotons ?? 0) / 1.3499e-3).toBeCloseTo(1, 2)
  })

  it('nothing is known without a noise map', async () => {
    const { own, noise } = await found({})
    expect(noise).toBeNull()
    expect(noiseWarnings(own, noise).join()).toMatch(/noise is not given.*parcorana dark/)
    expect(noiseWarnings(spec({ pedestal: 1 }), null)).toEqual([])
  })
})

describe('values changed', () => {
  it('are summed over ranks, and warned about above 0.1 %', () => {
    const changes = sumChanges([
      [
        { name: 'lld', changed: 1, of: 1000 },
        { name: 'notzero', changed: 0, of: 0 },
      ],
      [
        { name: 'lld', changed: 2, of: 2000 },
        { name: 'saturatedValue', changed: 3, of: 2000 },
      ],
    ])
    expect(changes.map(changeText)).toEqual([
      'lld changed 3 of 3,000 values (0.1 %)',
      '3 of 2,000 values (0.15 %) reach saturatedValue',
    ])
    expect(changeWarnings(changes)).toEqual([
      '3 of 2,000 values (0.15 %) reach saturatedValue: mask these pixels out, or check userParams.saturatedValue',
    ])
  })
})

it('photon events are refused', async () => {
  const own = spec({ pedestal: 3 })
  const calibration = new FusedCalibration(own, await loadCalibrationMaps(own, [4], new Uint8Array(4).fill(1)), true)
  const none = { event: new Uint16Array(0), pixel: new Uint32Array(0), value: new Uint16Array(0) }
  expect(() => calibration.apply({ kind: 'events', events: 1, dtype: 'uint16', ...none })).toThrow(
    /leave calibration out$/,
  )
})

it('a pixel without a value makes its block float, and only that one', async () => {
  const own = spec({ pedestal: 1000, adusPerPhoton: 100, photonize: 'round' })
  const calibration = new FusedCalibration(own, await loadCalibrationMaps(own, [3], new Uint8Array(3).fill(1)), true)
  const of = (...values: number[]) => {
    const block = { kind: 'dense', events: 1, dtype: 'float32', data: Float32Array.from(values) } as const
    const { dtype, ...rest } = calibration.apply(block)
    return [dtype, Array.from('data' in rest ? rest.data : [])]
  }
  expect(of(1000, 1100, 1201)).toEqual(['uint8', [0, 1, 2]])
  expect(of(1000, Number.NaN, 1201)).toEqual(['float32', [0, Number.NaN, 2]])
  expect(of(1000, 1100, 31_000)).toEqual(['uint16', [0, 1, 300]])
  expect(of(1000, 1100, 1201)).toEqual(['uint16', [0, 1, 2]])
  expect(() => of(0, 0, 1e8)).toThrow('a pixel calibrates to more than 65,535 photons')
})

describe('the configuration', () => {
  it('has absolute paths, and stores no path with the result', async () => {
    const calibration = { pedestal: 'dark.h5:/dark/pedestal', gain: 1.5, adusPerPhoton: 10, photonize: 'round' }
    const { resolved } = await withSystem({ calibration })
    expect(resolved.systemParams.calibration).toMatchObject({
      pedestal: '/base/dark.h5:/dark/pedestal',
      gain: 1.5,
      lld: null,
    })
    const { systemParams, run } = storedParams(resolved)
    expect(systemParams.calibration).toEqual({ pedestal: 'file', gain: 1.5, adusPerPhoton: 10, photonize: 'round' })
    expect(run['calibration.pedestal']).toBe('/base/dark.h5:/dark/pedestal')
    expect(storedParams((await withSystem({})).resolved).systemParams).not.toHaveProperty('calibration')
  })

  it('is printed in the order of its steps', () => {
    const given = {
      photonize: 'threshold',
      flat: 2,
      background: 3,
      adusPerPhoton: 10,
      pedestal: 5,
      commonMode: 'panel',
      lld: 0.6,
    }
    expect(
      calibrationText(spec(given))[0]
        ?.split('\n')
        .map((line) => line.slice(10)),
    ).toEqual([
      'subtract pedestal 5',
      'subtract common mode of each panel, values within half a photon',
      'subtract background 3',
      'divide by flat 2',
      'divide by 10 ADU per photon',
      'count photons from 0.6 on',
    ])
    expect(calibrationText(spec({ badPixels: 'bad.npy' }))[0]).toBe('calibrate mask out badPixels /base/bad.npy')
    expect(calibrationText(spec({}))).toEqual([])
  })
})
