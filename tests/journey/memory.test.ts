// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** 200,000 events leave no trace in memory; a slow viewer slows the run down instead of filling memory. */
import { describe, expect, it } from 'vitest'
import { temporaryFolder } from '../support/folder.js'
import { expectFlat, longRunConfig, slowViewer } from './longRun.js'

const events = 200_000

describe('memory of 200,000 events', () => {
  const folder = temporaryFolder('memory')

  it('is flat', async () => {
    const { peak } = await expectFlat('200,000 events', folder, longRunConfig(events, {}), events)
    expect(peak).toBeLessThan(600)
  })

  it('is flat with a viewer that publishes slowly', async () => {
    const settings = { update: 8000, userClass: slowViewer }
    const config = longRunConfig(events, settings, { sleepMilliseconds: 600 })
    const { samples, peak } = await expectFlat('slow viewer', folder, config, events)
    expect(samples.at(-1)?.seconds, 'the viewer sets the pace').toBeGreaterThan(25 * 0.6)
    expect(peak).toBeLessThan(900)
  })
})
