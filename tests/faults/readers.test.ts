// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Whoever reads the progress may go away (`parcorana --json | head -1`): the run goes on and its result is whole. */
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { startCli } from '../support/cli.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonJson } from '../support/python.js'
import { type ResultFacts, readResult, writeScenario } from './fixture.js'

const root = temporaryFolder('readers')

describeWithPython('a run whose reader goes away', () => {
  it.each(['stdout', 'stderr'] as const)('from %s', async (stream) => {
    const folder = writeScenario(root, stream, { system: { verbosity: 'DEBUG' } })
    const run = startCli(['-c', 'config.json', '--json'], { cwd: folder })
    await run.seen(/"event":"events"/)
    run.child[stream]?.destroy()
    const { code, stderr } = await run.end
    expect(code, stderr).toBe(0)
    expect(pythonJson<ResultFacts>(readResult, join(folder, 'out.h5'))).toMatchObject({ complete: 1, read: 600 })
  })
})
