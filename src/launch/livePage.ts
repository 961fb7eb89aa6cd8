// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The live page of a job, as the run's records name it. */

export interface LivePage {
  /** Where the run's rank 0 is, by its own name. */
  readonly host: string
  /** Of 127.0.0.1 there. */
  readonly port: number
  /** `/TOKEN/` */
  readonly path: string
}

/** The page in a line of NDJSON; null for anything else. The line comes from a file that a job wrote, so nothing of it is taken on trust. */
export function livePageOf(line: string): LivePage | null {
  try {
    const { event, host, port, path } = JSON.parse(line) as Record<string, unknown>
    const known = event === 'live' && typeof host === 'string' && typeof path === 'string'
    if (!known || !Number.isInteger(port) || !/^[A-Za-z0-9][\w.-]*$/.test(host) || !/^\/\w+\/$/.test(path)) return null
    return { host, port: port as number, path }
  } catch {
    return null
  }
}

/** Where a browser finds it when `port` of 127.0.0.1 leads there. */
export function urlOf({ path }: LivePage, port: number): string {
  return `http://127.0.0.1:${port}${path}`
}
