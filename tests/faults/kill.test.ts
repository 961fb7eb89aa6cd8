// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `kill -9` at random moments; 200 times in tests/soak. */
import { expect, it } from 'vitest'
import { temporaryFolder } from '../support/folder.js'
import { describeWithPython } from '../support/python.js'
import { killAndRead, momentOf, runAgain, seeded } from './kill.js'

const root = temporaryFolder('kill')

describeWithPython('kill -9', () => {
  const random = seeded(20_261_120)
  const moments = Array.from({ length: 5 }, () => momentOf(random))

  it.each(moments.map((moment, i) => ({ ...moment, i })))(
    '$milliseconds ms after the $after: the last update is readable, the next run works',
    async (moment) => {
      const killed = await killAndRead(root, String(moment.i), moment)
      if (moment.after === 'first update') expect(killed.kept).toBeGreaterThanOrEqual(1)
      await runAgain(killed)
    },
  )
})
