// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `--test-main` and `--test-alt`: the same run on the test mask and the first `testNumEvents` events. */
import type { ResolvedConfig } from './resolved.js'

export interface TestMode {
  readonly resolved: ResolvedConfig
  readonly notes: readonly string[]
}

/** `testNumEvents` frames from `begin` on; 0 = all. */
function testFrames({ testNumEvents, begin }: ResolvedConfig['systemParams']): number {
  return testNumEvents === 0 ? 0 : begin + testNumEvents
}

/**
 * 'main': the engine itself, on `testMaskNdarrayCoords` and `testNumEvents`. 'alt': the alternative calculation with the same
 * parameters, which writes `testH5output` and reads with one server. A mask, number of events or output from the command line wins.
 */
export function testMode(config: ResolvedConfig, mode: 'main' | 'alt'): TestMode {
  const { systemParams: system, sources } = config
  const notes: string[] = []
  const given = (key: string): boolean => sources[`systemParams.${key}`] === 'command line'
  const set = <T>(key: string, from: string, value: T): T => {
    notes.push(`test mode: ${key} is ${JSON.stringify(value)}, from ${from}`)
    return value
  }
  const mask = system.testMaskNdarrayCoords
  const shared = {
    maskNdarrayCoords:
      given('maskNdarrayCoords') || mask === null
        ? system.maskNdarrayCoords
        : set('maskNdarrayCoords', 'testMaskNdarrayCoords', mask),
    numEvents: given('numEvents') ? system.numEvents : set('numEvents', 'testNumEvents', testFrames(system)),
  }
  const alternative =
    mode === 'main'
      ? {}
      : {
          h5output: given('h5output') ? system.h5output : set('h5output', 'testH5output', system.testH5output),
          numServers: system.numServers === 1 ? 1 : set('numServers', 'the alternative test, which is serial', 1),
        }
  return { resolved: { ...config, systemParams: { ...system, ...shared, ...alternative } }, notes }
}
