// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `--live`: a run with its live page. */
import { hostname } from 'node:os'
import { basename } from 'node:path'
import type { ResolvedConfig } from '../config/resolved.js'
import { runResolved, type RunOptions, type RunResult } from '../driver/run.js'
import { knownTruth } from '../driver/show.js'
import { messageOf } from '../errors.js'
import { LivePictures } from '../web/livePictures.js'
import { LiveRun } from '../web/liveRun.js'
import { type LiveServer, serveLive } from '../web/liveServer.js'
import { printJson } from './output.js'

export interface LiveArguments {
  readonly config: string
  /** Port; 0 = any that is free. */
  readonly live: number
  readonly json: boolean
}

/** Run as `runResolved` does, with a page that shows how it goes on. Rejects also with UsageError for a port that cannot be had. */
export async function runLive(resolved: ResolvedConfig, options: RunOptions, args: LiveArguments): Promise<RunResult> {
  const run = new LiveRun({
    name: basename(args.config),
    host: hostname(),
    analyses: resolved.analyses.map(({ name }) => name ?? ''),
    writes: resolved.systemParams.h5output !== null,
  })
  const pictures = new LivePictures((name, set) => knownTruth(resolved, name, set))
  const server = await serveLive(run, pictures, args.live)
  const end = (outcome: string): void => {
    run.end(outcome)
    // Nobody waits for it: what is on its way goes out while the process ends.
    void server.close()
  }
  try {
    const result = await runResolved(resolved, {
      ...options,
      // Only now nothing stands in the way of the run.
      writesTo: (output) => {
        run.writesTo(output)
        announce(server, args.json)
      },
      progress: (event) => {
        run.hear(event)
        options.progress?.(event)
      },
      warn: (sentence) => {
        run.warn(sentence)
        options.warn?.(sentence)
      },
    })
    end(`complete after ${result.accounting.read} events`)
    return result
  } catch (error) {
    end(messageOf(error))
    throw error
  }
}

function announce({ port, path, url }: LiveServer, json: boolean): void {
  const host = hostname()
  if (json) printJson({ event: 'live', ts: new Date().toISOString(), host, port, path, url })
  process.stderr.write(`live page: ${url}\n`)
  if (!json) process.stderr.write(`from another machine first: ssh -N -L ${port}:127.0.0.1:${port} ${host}\n`)
}
