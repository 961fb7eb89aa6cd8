// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs a program to its end. No shell, ever. */
import { spawn } from 'node:child_process'

export interface Finished {
  /** 127 when the program does not exist, 128 + n when signal n ended it. */
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface ExecuteOptions {
  /** Goes to stdin; not given = stdin is empty. */
  readonly input?: string
  readonly env?: NodeJS.ProcessEnv
  readonly cwd?: string
  /** Ends the program with SIGKILL and code 137; default 60 s. */
  readonly timeoutSeconds?: number
}

/** Run `argv` and collect what it says. Rejects never for what the program does. */
export function execute(argv: readonly string[], options: ExecuteOptions = {}): Promise<Finished> {
  const { input, env = process.env, cwd, timeoutSeconds = 60 } = options
  const [program = '', ...args] = argv
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      env,
      stdio: ['pipe', 'pipe', 'pipe'],
      ...(cwd === undefined ? {} : { cwd }),
    })
    // Not spawn's own timeout, which keeps this process alive where the program does not exist.
    const late = setTimeout(() => child.kill('SIGKILL'), timeoutSeconds * 1000)
    let [stdout, stderr] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    // A program that reads nothing closes its end; what it says and its code tell the rest.
    child.stdin.on('error', () => {})
    child.stdin.end(input ?? '')
    child.once('error', (error: NodeJS.ErrnoException) => {
      clearTimeout(late)
      resolve({ code: 127, stdout, stderr: error.code === 'ENOENT' ? `${program}: not found` : error.message })
    })
    child.once('close', (code, signal) => {
      clearTimeout(late)
      resolve({ code: code ?? 128 + (signalNumbers[`${signal}`] ?? 9), stdout, stderr })
    })
  })
}

const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGABRT: 6, SIGKILL: 9, SIGTERM: 15 }
