// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `--live` of a run and of its job. */
import { UsageError } from '../errors.js'

/** A page on a port that may be chosen; the value is a number, 0 = any that is free. */
export const liveOption = {
  type: 'string',
  coerce: portOf,
  describe: 'a live page on this port of 127.0.0.1 (without a number: a free one)',
} as const

function portOf(given: string | undefined): number | undefined {
  if (given === undefined) return undefined
  if (/^\d*$/.test(given) && Number(given) <= 65_535) return Number(given)
  throw new UsageError(`--live is '${given}'; give a port from 1 to 65535, or nothing for any that is free`, { given })
}
