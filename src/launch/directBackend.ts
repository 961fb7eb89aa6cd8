// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Jobs without a scheduler: a process of its own session, here or behind ssh, which outlives who started it. */
import { SubmissionRefused } from './errors.js'
import { type Backend, placeCommand, placeJob } from './backend.js'
import { type Runner, shellScript } from './runner.js'
import type { JobStatus } from './state.js'
import { readNotes } from './statusFile.js'

/** `setsid` of a background process keeps its id, which is then also the id of its session and process group. */
const start = 'setsid "$1" > "$2" 2>&1 < /dev/null & echo $!'
/** The process first (which leads its group a moment after its start), then the notes: one that ends in between has written them. */
const look = '{ kill -0 "$2" || kill -0 "-$2"; } 2>/dev/null && echo alive; cat -- "$1" 2>/dev/null'
/** Without `--` before the group: some shells do not know it here. */
const end = `kill -TERM "-$1" 2>/dev/null || exit 0
n=0
while [ $n -lt 100 ] && kill -0 "-$1" 2>/dev/null; do sleep 0.1; n=$((n + 1)); done
kill -KILL "-$1" 2>/dev/null; exit 0`

/** The id of such a job is that of its process. */
export function directBackend(runner: Runner): Backend {
  const startCommand = (script: string, log: string): string[] => shellScript(start, script, log)
  return {
    runner,
    plan: (job) => [runner.argv(placeCommand(job)), runner.argv(startCommand(job.files.script, job.files.log))],
    submit: async (job) => {
      await placeJob(runner, job)
      const { code, stdout, stderr } = await runner.run(startCommand(job.files.script, job.files.log))
      const id = /^(\d+)$/m.exec(stdout)?.[1]
      if (code === 0 && id !== undefined) return id
      const found = stderr.trim() || `ended with ${code}`
      throw new SubmissionRefused({
        tried: `start of ${job.files.script} on ${runner.where}`,
        found,
        next: 'see there',
      })
    },
    status: async ({ id, files, cancelled }) => {
      const { stdout } = await runner.run(shellScript(look, files.status, id))
      return statusOf(stdout, cancelled)
    },
    cancel: async ({ id }) => void (await runner.run(shellScript(end, id))),
    find: async (_, files) => {
      // The script notes its start at once; its process leads the group that the log's name stands for.
      const { stdout } = await runner.run(shellScript('cat -- "$1" 2>/dev/null', files.status))
      return readNotes(stdout).pid
    },
  }
}

function statusOf(text: string, cancelled: boolean): JobStatus {
  const alive = text.startsWith('alive\n')
  const { exitCode, host } = readNotes(text)
  if (exitCode !== null) {
    const state = exitCode === 0 ? 'COMPLETED' : cancelled ? 'CANCELLED' : 'FAILED'
    return { state, reason: null, exitCode, host }
  }
  if (alive) return { state: 'RUNNING', reason: null, exitCode: null, host }
  const reason = 'its process is gone without a word: killed, or the machine was restarted'
  return { state: cancelled ? 'CANCELLED' : 'FAILED', reason, exitCode: 137, host }
}
