// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Real MPI jobs: the mpiexec of each MPI, and groups of tests that need one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { describe } from 'vitest'
import { missing } from './shared.js'

export const mpis = ['openmpi', 'mpich'] as const
export type MpiName = (typeof mpis)[number]

/** Seconds after which a job is killed, whatever it does. */
const patienceSeconds = 60

/** Is there an mpiexec of this MPI? */
export function hasMpi(mpi: MpiName): boolean {
  return spawnSync(`mpiexec.${mpi}`, ['--version'], { stdio: 'ignore' }).status === 0
}

/** A group of tests for each MPI: skipped with a clear line where absent, failed under PARCORANA_REQUIRE_ALL=1. */
export function describeWithMpi(name: string, body: (mpi: MpiName) => void): void {
  for (const mpi of mpis) {
    const title = `${name}: ${mpi}`
    if (hasMpi(mpi)) describe(title, () => body(mpi))
    else missing(title, `mpiexec.${mpi} is absent`)
  }
}

/** More ranks than cores, as root, quiet about what it finds on the way. */
const environment = {
  OMPI_ALLOW_RUN_AS_ROOT: '1',
  OMPI_ALLOW_RUN_AS_ROOT_CONFIRM: '1',
  OMPI_MCA_rmaps_base_oversubscribe: '1',
}

/** Start `mpiexec -n ranks <node arguments>`; killed with all its ranks after a minute. */
export function startMpiexec(
  mpi: MpiName,
  ranks: number,
  nodeArguments: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly seconds?: number } = {},
): ChildProcess {
  const seconds = String(options.seconds ?? patienceSeconds)
  const words = ['-k', '5', seconds, `mpiexec.${mpi}`, '-n', String(ranks), process.execPath, ...nodeArguments]
  const env = { ...bareEnvironment(), ...environment, ...options.env }
  return spawn('timeout', words, { cwd: options.cwd ?? process.cwd(), env, stdio: ['pipe', 'pipe', 'pipe'] })
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PARCORANA_|NODE_OPTIONS$|VITEST)/.test(name))
  return Object.fromEntries(own)
}

/** An MPI job that answers each line it is given with a line of JSON; the first line is its greeting. Starts with the first question. */
export class MpiTalk {
  readonly #start: () => ChildProcess
  #child: ChildProcess | null = null
  #lines: AsyncIterator<string> | null = null
  #greeting: Promise<unknown> | null = null
  #code: Promise<number | null> = Promise.resolve(null)
  #stderr = ''

  constructor(mpi: MpiName, ranks: number, nodeArguments: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#start = () => startMpiexec(mpi, ranks, nodeArguments, { seconds: 300, env })
  }

  greeting(): Promise<unknown> {
    this.#greeting ??= this.#greet()
    return this.#greeting
  }

  async ask<T>(question: object): Promise<T> {
    await this.greeting()
    this.#child?.stdin?.write(`${JSON.stringify(question)}\n`)
    return (await this.#next()) as T
  }

  /** Say that no question comes any more. */
  end(): void {
    if (this.#child?.stdin?.writable) this.#child.stdin.end('\n')
  }

  /** Exit code of mpiexec. */
  code(): Promise<number | null> {
    return this.#code
  }

  #greet(): Promise<unknown> {
    const child = this.#start()
    this.#child = child
    this.#lines = createInterface(child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]()
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.#code = new Promise((resolve) => child.once('close', resolve))
    return this.#next()
  }

  async #next(): Promise<unknown> {
    const next = await this.#lines?.next()
    if (next === undefined || next.done) throw new Error(`the job ended: ${this.#stderr}`)
    return JSON.parse(next.value)
  }
}
