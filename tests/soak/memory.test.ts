// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Five million events: a hundred bytes kept per event would show. */
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/folder.js'
import { expectFlat, longRunConfig, slowViewer } from '../journey/longRun.js'

const folder = temporaryFolder('soak')

it('five million events', async () => {
  const { peak } = await expectFlat('5,000,000 events', folder, longRunConfig(5_000_000, {}), 5_000_000)
  expect(peak).toBeLessThan(600)
})

it('a million events and 250 slow updates', async () => {
  const config = longRunConfig(1_000_000, { update: 4000, userClass: slowViewer }, { sleepMilliseconds: 400 })
  const { peak } = await expectFlat('slow viewer', folder, config, 1_000_000)
  expect(peak).toBeLessThan(900)
})
