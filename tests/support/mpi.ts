// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Real MPI jobs: the mpiexec of each MPI, and groups of tests that need one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { describe } from 'vitest'
import { sessionFolder } from '../../src/launch/sessionFolder.js'
import { cliPath } from './cli.js'
import { missing } from './shared.js'

export const mpis = ['openmpi', 'mpich'] as const
export type MpiName = (typeof mpis)[number]

/** Seconds after which a job is killed, whatever it does. */
const patienceSeconds = 120

/** Is there an mpiexec of this MPI? */
function hasMpi(mpi: MpiName): boolean {
  return versionOf(mpi) !== ''
}

const versions = new Map<MpiName, string>()

/** What mpiexec says to `--version`; '' = there is none. */
function versionOf(mpi: MpiName): string {
  const known = versions.get(mpi)
  if (known !== undefined) return known
  const { status, stdout } = spawnSync(`mpiexec.${mpi}`, ['--version'], { encoding: 'utf8' })
  const version = status === 0 ? stdout : ''
  versions.set(mpi, version)
  return version
}

/** A group of tests for each MPI of `which`: skipped with a clear line where absent, failed under PARCORANA_REQUIRE_ALL=1. */
export function describeWithMpi(name: string, body: (mpi: MpiName) => void, which: readonly MpiName[] = mpis): void {
  for (const mpi of which) {
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

/** The environment of this process for an MPI job. */
export function mpiEnv(): NodeJS.ProcessEnv {
  return { ...bareEnvironment(), ...environment }
}

/** Start `mpiexec -n ranks <node arguments>`; killed with all its ranks after two minutes. */
export function startMpiexec(
  mpi: MpiName,
  ranks: number,
  nodeArguments: readonly string[],
  options: { readonly cwd?: string; readonly env?: NodeJS.ProcessEnv; readonly seconds?: number } = {},
): ChildProcess {
  const seconds = String(options.seconds ?? patienceSeconds)
  const words = ['-k', '5', seconds, `mpiexec.${mpi}`, '-n', String(ranks), process.execPath, ...nodeArguments]
  const session = sessionFolder(versionOf(mpi), process.env)
  const env = { ...mpiEnv(), ...session.env, ...options.env }
  const child = spawn('timeout', words, { cwd: options.cwd ?? process.cwd(), env, stdio: ['pipe', 'pipe', 'pipe'] })
  return child.once('close', session.remove)
}

function bareEnvironment(): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(PARCORANA_|NODE_OPTIONS$|VITEST)/.test(name))
  return Object.fromEntries(own)
}

export interface JobEnd {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** Date.now() when mpiexec had ended. */
  readonly ended: number
}

/** `mpiexec -n ranks parcorana <words>`, with a look at its processes. */
export class MpiCli {
  readonly child: ChildProcess
  readonly end: Promise<JobEnd>
  readonly #mark = `${process.pid}.${++jobs}`
  readonly #text = { stdout: '', stderr: '' }
  readonly #listeners = new Set<() => void>()

  constructor(mpi: MpiName, ranks: number, words: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}) {
    const marked = { ...env, TEST_MPI_JOB: this.#mark }
    this.child = startMpiexec(mpi, ranks, [cliPath, ...words], { cwd, env: marked })
    this.child.stdin?.end()
    for (const name of ['stdout', 'stderr'] as const) {
      this.child[name]?.setEncoding('utf8').on('data', (chunk: string) => {
        this.#text[name] += chunk.replaceAll('\r', '')
        for (const listener of this.#listeners) listener()
      })
    }
    this.end = new Promise((resolve, reject) => {
      this.child.once('error', reject)
      this.child.once('close', (code) => resolve({ code, ...this.#text, ended: Date.now() }))
    })
  }

  /** Resolves with the match when `pattern` fits what has come so far; rejects when the job ends without. */
  seen(pattern: RegExp): Promise<RegExpExecArray> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(this.#text.stdout + this.#text.stderr)
        if (found === null) return
        this.#listeners.delete(look)
        resolve(found)
      }
      this.#listeners.add(look)
      void this.end.then(() => reject(new Error(`ended without ${pattern}: ${this.#text.stderr}`)), reject)
      look()
    })
  }

  /** Process ids of the job's ranks that are there now, by MPI rank. */
  ranks(): Map<number, number> {
    return new Map(this.#processes().flatMap(({ pid, rank }) => (rank === null ? [] : [[rank, pid]])))
  }

  /** Process id of the mpiexec. */
  mpiexec(): number {
    const found = this.#processes().find(({ words }) => /^mpiexec/.test(words[0]?.split('/').at(-1) ?? ''))
    if (found === undefined) throw new Error('no mpiexec')
    return found.pid
  }

  #processes(): { pid: number; rank: number | null; words: string[] }[] {
    return readdirSync('/proc').flatMap((name) => {
      try {
        const values = readFileSync(`/proc/${name}/environ`, 'utf8').split('\0')
        const words = readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0')
        if (!/^\d+$/.test(name) || !values.includes(`TEST_MPI_JOB=${this.#mark}`)) return []
        const rank = values.map((value) => /^(?:OMPI_COMM_WORLD_RANK|PMI_RANK)=(\d+)$/.exec(value)?.[1]).find(Boolean)
        return [{ pid: Number(name), rank: rank === undefined ? null : Number(rank), words }]
      } catch {
        return []
      }
    })
  }
}

let jobs = 0

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
