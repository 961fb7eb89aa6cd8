// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The public surface is a reviewed list: a new name is a promise. */
import { describe, expect, it } from 'vitest'

describe('the public entry', () => {
  it('exports these names', async () => {
    const engine: Record<string, unknown> = await import('../../src/index.js')
    expect(engine).toMatchObject({
      defineConfig: expect.any(Function),
      makeDelayList: expect.any(Function),
      run: expect.any(Function),
      G2Common: expect.any(Function),
      G2AtEnd: expect.any(Function),
      G2IncrementalAccumulator: expect.any(Function),
      G2IncrementalWindowed: expect.any(Function),
    })
    expect(engine.G2atEnd).toBe(engine.G2AtEnd)
    expect(Object.keys(engine).sort()).toMatchInlineSnapshot(`
      [
        "ConfigError",
        "G2AtEnd",
        "G2Common",
        "G2IncrementalAccumulator",
        "G2IncrementalWindowed",
        "G2atEnd",
        "HostUnreachable",
        "InputError",
        "InterruptedError",
        "Job",
        "JobStore",
        "JobUnknown",
        "KeyMissing",
        "LaunchError",
        "MultiTau",
        "MultipleMetadata",
        "NoBeamtime",
        "ParcoranaError",
        "QueuedTooLong",
        "RankError",
        "ReservationInvalid",
        "RunError",
        "SchedulerUnreachable",
        "ScriptNotExecutable",
        "SubmissionRefused",
        "ThreadPool",
        "Trigger",
        "TriggerMethod",
        "TwoTime",
        "UsageError",
        "defineConfig",
        "makeDelayList",
        "run",
      ]
    `)
  })
})
