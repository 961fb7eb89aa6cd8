// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { UsageError } from '../errors.js'
import type { SshTarget } from '../launch/ssh.js'

/** `[user@]host[:port]`. Throws UsageError. */
export function parseTarget(text: string, option: string): SshTarget {
  const [, user, host, port] = /^(?:([\w.-]+)@)?([\w.-]+)(?::(\d+))?$/.exec(text) ?? []
  if (host === undefined || Number(port ?? 22) > 65_535)
    throw new UsageError(`${option} is '${text}'; give [user@]host[:port]`, { text })
  return { host, user, port: port === undefined ? undefined : Number(port) }
}
