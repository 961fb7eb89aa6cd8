// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Version of the package, from its own package.json (built or source tree). */
import { existsSync, readFileSync } from 'node:fs'

export function version(): string {
  const place = ['../../../package.json', '../../package.json']
    .map((path) => new URL(path, import.meta.url))
    .find(existsSync)
  if (place === undefined) return 'unknown'
  return (JSON.parse(readFileSync(place, 'utf8')) as { version: string }).version
}
