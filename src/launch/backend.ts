// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A way to run jobs somewhere: Slurm or a plain process, here or behind ssh. */
import { type LaunchError, ScriptNotExecutable, SubmissionRefused } from './errors.js'
import type { JobFiles } from './jobFiles.js'
import { type Runner, shellScript } from './runner.js'
import type { SlurmOptions } from './slurm/options.js'
import type { JobStatus } from './state.js'

/** A job that is ready to go: all paths are those of the machine it runs on. */
export interface PreparedJob {
  readonly files: JobFiles
  /** Text of `files.script`. */
  readonly script: string
  /** A program or script that must exist there and be executable; a name without `/` is looked up in PATH. Null = not looked at. */
  readonly program: string | null
  /** What Slurm is asked for on its command line. */
  readonly options: SlurmOptions
  /** Tells this submission from every other; Slurm keeps it as the job's comment. Null = none. */
  readonly token: string | null
}

/** What is known about a job that was submitted. */
export interface SubmittedJob {
  readonly id: string
  readonly files: JobFiles
  readonly token: string | null
  readonly cancelled: boolean
}

export interface Backend {
  readonly runner: Runner
  /** The commands that `submit` would run, in order, as argv of programs on this machine. */
  plan(job: PreparedJob): string[][]
  /** Put the script in place and start it; returns the id. */
  submit(job: PreparedJob): Promise<string>
  status(job: SubmittedJob): Promise<JobStatus>
  /** End it as its user would: SIGTERM first. */
  cancel(job: SubmittedJob): Promise<void>
  /** Id of a job that an earlier process submitted with `token` and died before it noted the id; null = there is none. */
  find(token: string, files: JobFiles): Promise<string | null>
}

const placeScript = `
case $1 in
  '') ;;
  */*) [ -e "$1" ] || exit 66; [ -x "$1" ] && [ ! -d "$1" ] || exit 77 ;;
  *) command -v "$1" >/dev/null 2>&1 || exit 66 ;;
esac
mkdir -p -- "\${2%/*}" "\${3%/*}" && umask 022 && cat > "$2" && chmod 755 "$2" || exit 73`

/** Checks the program, makes the folders of script and log, and writes the script, which comes on stdin. */
export function placeCommand({ program, files }: PreparedJob): string[] {
  return shellScript(placeScript, program ?? '', files.script, files.log)
}

/** Run `placeCommand`. Rejects with ScriptNotExecutable, or SubmissionRefused where the folder cannot be written. */
export async function placeJob(runner: Runner, job: PreparedJob): Promise<void> {
  const { code, stderr } = await runner.run(placeCommand(job), { input: job.script })
  if (code === 0) return
  const tried = `${job.program ?? job.files.script} on ${runner.where}`
  const details = { path: job.program, host: runner.where }
  if (code === 66) {
    const next = job.program?.includes('/')
      ? 'check the name, and whether that machine sees the folder (paths are mapped: see --dry-run)'
      : 'give its path; that of parcorana there with --engine'
    throw new ScriptNotExecutable({ tried, found: 'does not exist', next }, details)
  }
  if (code === 77) {
    throw new ScriptNotExecutable({ tried, found: 'is not executable', next: `chmod +x ${job.program}` }, details)
  }
  throw folderError(runner, job, stderr)
}

function folderError(runner: Runner, { files }: PreparedJob, stderr: string): LaunchError {
  const found = `the script could not be written (${stderr.trim().split('\n').at(-1)})`
  const next = 'give a folder that can be written there, with --folder'
  return new SubmissionRefused({ tried: `${files.script} on ${runner.where}`, found, next }, { path: files.script })
}

/** Text of a small file there; '' where it does not exist. */
export async function readThere(runner: Runner, path: string): Promise<string> {
  return (await runner.run(shellScript('cat -- "$1" 2>/dev/null', path))).stdout
}
