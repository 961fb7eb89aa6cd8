// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The built command line as a process of its own, as users start it. */
import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { repositoryRoot } from './shared.js'

/** `npm run build` makes it. */
export const cliPath = join(repositoryRoot, 'dist/src/cli.js')

export interface CliEnd {
  /** Null when a signal killed the process. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

export interface CliRun {
  readonly child: ChildProcess
  readonly end: Promise<CliEnd>
  /** What has come on stderr so far. */
  readonly stderr: () => string
  readonly stdout: () => string
  /** Resolves when `pattern` matches stdout and stderr so far; rejects when the process ends without. */
  seen(pattern: RegExp): Promise<void>
}

export interface CliOptions {
  readonly cwd: string
  /** On top of the environment without PARCORANA_* variables. */
  readonly env?: Readonly<Record<string, string>>
  /** Options of node itself. */
  readonly node?: readonly string[]
}

/** Start `parcorana <args>` without a shell. */
export function startCli(args: readonly string[], { cwd, env = {}, node = [] }: CliOptions): CliRun {
  const started = performance.now()
  const child = spawn(process.execPath, [...node, cliPath, ...args], {
    cwd,
    env: { ...bareEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const text = { stdout: '', stderr: '' }
  const listeners = new Set<() => void>()
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
      for (const listener of listeners) listener()
    })
  }
  const end = new Promise<CliEnd>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => {
      resolve({ code, signal, ...text, seconds: (performance.now() - started) / 1000 })
    })
  })
  const seen = (pattern: RegExp): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (!pattern.test(text.stdout + text.stderr)) return
        listeners.delete(look)
        resolve()
      }
      listeners.add(look)
      void end.then(() => reject(new Error(`ended without ${pattern}: ${text.stderr}`)), reject)
      look()
    })
  return { child, end, seen, stdout: () => text.stdout, stderr: () => text.stderr }
}

/** Run to the end. */
export function runCli(args: readonly string[], options: CliOptions): Promise<CliEnd> {
  return startCli(args, options).end
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PARCORANA_|NODE_OPTIONS$|VITEST)/.test(name))
  return Object.fromEntries(own)
}
