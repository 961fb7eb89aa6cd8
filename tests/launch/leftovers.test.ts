// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a starter leaves behind ends, whether it listens to SIGTERM or not; others stay. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { endLeftovers, launchMark } from '../../src/launch/leftovers.js'

/** Start `script` in the background of a shell that ends at once; returns the script's process id. */
async function leave(script: string, env: Record<string, string>): Promise<number> {
  const shell = spawn('sh', ['-c', `${script} >/dev/null 2>&1 & echo $!`], { env: { ...process.env, ...env } })
  const [text] = (await once(shell.stdout, 'data')) as [Buffer]
  return Number(String(text))
}

/** One that has ended may wait for its parent to notice. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}/stat`) && !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
}

it('ends them and nobody else', async () => {
  const mark = launchMark()
  const quick = await leave('sleep 60', mark)
  const deaf = await leave(`sh -c 'trap "" TERM; while :; do sleep 0.1; done'`, mark)
  const other = await leave('sleep 60', launchMark())
  expect([quick, deaf, other].map(isAlive)).toEqual([true, true, true])
  await endLeftovers(mark)
  expect([quick, deaf, other].map(isAlive)).toEqual([false, false, true])
  process.kill(other)
})
