// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** One pass over photons of known speckle and over camera frames gives the stored numbers of every program, and says why they differ. */
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { ParcoranaConfig } from '../../src/config/types.js'
import { resolveConfig } from '../../src/config/resolve.js'
import { type Pass, runAgree } from '../../src/driver/agree/agree.js'
import { type Cause, causesOf } from '../../src/driver/agree/causes.js'
import { type Match, matchPeer } from '../../src/driver/agree/compare.js'
import { readPeer } from '../../src/driver/agree/peer.js'
import { agreeText } from '../../src/driver/agree/text.js'
import { classes } from '../../src/driver/classes.js'
import { serveEngineNames } from '../../src/driver/engineNames.js'
import { describeWithShared } from '../support/shared.js'

serveEngineNames()

async function passOf(config: ParcoranaConfig): Promise<Pass> {
  const { resolved } = await resolveConfig(config, { configPath: null, baseDir: process.cwd() }, { classes })
  return runAgree(resolved, null)
}

const named = (causes: readonly Cause[], name: string): Cause => causes.find((cause) => cause.name === name) as Cause

describeWithShared('agree', (shared) => {
  describe('photons of known speckle', () => {
    const file = (name: string): string => join(shared, 'data', 'speckle-sparse', name)
    let pass: Pass
    beforeAll(async () => {
      const dataset = { format: 'rigaku', path: file('frames.rigaku.bin'), shape: [128, 128] }
      const userParams = { colorNdarrayCoords: file('dqmap.npy'), colorFineNdarrayCoords: file('sqmap.npy') }
      pass = await passOf({
        systemParams: { dataset, maskNdarrayCoords: file('mask.npy'), verbosity: 'ERROR' },
        userParams,
      })
    })

    async function matchOf(name: string, withErrors: boolean): Promise<Match> {
      const errors = withErrors ? file(`${name}.err.npy`) : undefined
      return matchPeer(pass, await readPeer({ g2: file(`${name}.g2.npy`), delays: file(`${name}.tau.npy`), errors }))
    }

    it('boost_corr is static, but for three 16-bit sums, with errors of per-pixel g2', async () => {
      const match = await matchOf('boost_corr', true)
      expect(match).toMatchObject({
        definition: 'static',
        tolerance: 5e-6,
        compared: 684,
        within: 681,
        unexplained: [],
      })
      expect(match.bfloat16.map(({ color, delay }) => [color, delay])).toEqual([
        [1, 96],
        [1, 112],
        [1, 128],
      ])
      expect(Math.abs(match.largest?.value ?? 1)).toBeLessThan(2e-4)
      expect(match.errors?.least).toBeGreaterThan(0.98)
      expect(match.errors?.most).toBeLessThan(1.02)
      const text = agreeText(pass, causesOf(pass), match, 'mine.npy')
      expect(text).toContain("mine.npy is 'static' (boost_corr -nf 0")
      expect(text).toContain('rounded to bfloat16')
      expect(text).toContain("the standard deviation of each pixel's own G2/(IP IF)")
    })

    it('scikit-beam is ring, in every digit', async () => {
      const match = await matchOf('scikit-beam', false)
      expect(match).toMatchObject({ definition: 'ring', compared: 702, within: 702, unexplained: [] })
      expect(Math.abs(match.largest?.value ?? 1)).toBeLessThan(1e-11)
    })

    it('xpcs-eigen is static, up to the levels where its own sums go wrong', async () => {
      const match = await matchOf('xpcs-eigen', true)
      expect(match).toMatchObject({ definition: 'static', compared: 684 })
      expect(match.within).toBeGreaterThan(600)
      expect(match.fromLevel).toBeGreaterThanOrEqual(16)
      expect(match.unexplained.filter(({ delay }) => delay <= 80)).toEqual([])
      expect(match.errors?.least).toBeGreaterThan(0.98)
      expect(match.errors?.most).toBeLessThan(1.02)
      expect(agreeText(pass, [], match, 'e.npy')).toContain('these levels were summed over other frames')
    })

    it('says what every difference is worth', () => {
      const causes = causesOf(pass)
      expect(causes).toHaveLength(6)
      const frames = named(causes, 'frame normalisation')
      expect(frames.rms).toBeGreaterThan(4e-3)
      expect(frames.rms).toBeLessThan(6e-3)
      expect(Math.abs(frames.largest?.value ?? 0)).toBeLessThan(7.6e-2)
      expect(frames.words).toContain('mostly noise')
      // Up to delay 8 the pairs are the same; above, only the lags that change their level differ.
      expect(named(causes, 'level sums').equal).toBe(8 * 18)
      const lags = named(causes, 'level of a lag')
      expect(lags.points - lags.equal).toBeLessThanOrEqual(8 * 18)
      expect(Math.abs(lags.largest?.value ?? 0)).toBeCloseTo(0.25, 1)
      expect(named(causes, 'weights').words).toContain("weights 'photon' are safer")
    })

    it('finds no definition for numbers of something else', async () => {
      const peer = await readPeer({ g2: file('boost_corr.g2.npy'), delays: file('boost_corr.tau.npy') })
      const match = matchPeer(pass, { ...peer, g2: Array.from(peer.g2, (value) => value + 0.01) })
      expect(match.within).toBe(0)
      expect(agreeText(pass, [], match, 'odd.npy')).toContain('odd.npy is none of these')
      expect(() => matchPeer(pass, { ...peer, rings: 17, path: 'p.npy' })).toThrow(
        'p.npy has 17 rings, but the colors have 18; give the same mask and labels',
      )
    })
  })

  describe('camera frames', () => {
    const file = (name: string): string => join(shared, 'data', 'frames-bulk-water', name)
    let pass: Pass
    beforeAll(async () => {
      const dataset = { format: 'npy', path: file('crop256x128x128_u8.npy') }
      pass = await passOf({
        systemParams: { dataset, verbosity: 'ERROR' },
        userParams: { qmap: file('qmap_rings.h5') },
      })
    })

    it('boost_corr is static, without 16-bit sums', async () => {
      const files = {
        g2: file('boost_g2.g2.npy'),
        delays: file('boost_g2.tau.npy'),
        errors: file('boost_g2.g2_err.npy'),
      }
      const match = matchPeer(pass, await readPeer(files))
      expect(match).toMatchObject({ definition: 'static', compared: 216, within: 216, bfloat16: [], unexplained: [] })
      expect(Math.abs(match.largest?.value ?? 1)).toBeLessThan(2e-6)
      expect(match.errors?.least).toBeGreaterThan(0.98)
      expect(match.errors?.most).toBeLessThan(1.02)
    })

    it('scikit-beam is ring, in every digit', async () => {
      const match = matchPeer(pass, await readPeer({ g2: file('skb_g2.g2.npy'), delays: file('skb_g2.lags.npy') }))
      expect(match).toMatchObject({ definition: 'ring', compared: 160, within: 160 })
      expect(Math.abs(match.largest?.value ?? 1)).toBeLessThan(1e-12)
    })

    it('sees that the lamp flickers', () => {
      expect(named(causesOf(pass), 'frame normalisation').words).toContain('the intensity does vary')
      expect(named(causesOf(pass), 'beam').largest?.value).toBeLessThan(-5e-5)
    })
  })
})
