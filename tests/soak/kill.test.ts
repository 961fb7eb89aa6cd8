// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** 200 kills at seeded random moments of an update-heavy run. */
import { expect, it } from 'vitest'
import { forget, killAndRead, momentOf, runAgain, seeded } from '../faults/kill.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithPython } from '../support/python.js'

const kills = Number(process.env.PARCORANA_KILLS ?? 200)

describeWithPython('kill -9', () => {
  const root = temporaryFolder('kills')

  it(`${kills} times: the last complete update is always readable`, async () => {
    const random = seeded(7)
    const kept: number[] = []
    for (let i = 0; i < kills; i++) {
      const killed = await killAndRead(root, String(i), momentOf(random))
      kept.push(killed.kept)
      if (i % 10 === 0) await runAgain(killed)
      forget(killed)
    }
    const among = kept.filter((updates) => updates > 0)
    process.stdout.write(
      `${kills} kills: ${kept.filter((updates) => updates < 0).length} before the file, ` +
        `${kept.filter((updates) => updates === 0).length} before the first update, ${among.length} among updates ` +
        `(${Math.min(...among)}..${Math.max(...among)} updates kept); all readable\n`,
    )
    expect(among.length).toBeGreaterThan(kills / 2)
  })
})
