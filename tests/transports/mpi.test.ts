// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The contract of all transports, on the processes of a real MPI job: one job per MPI for all scenarios. */
import type { ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterAll, expect, it } from 'vitest'
import { describeWithMpi, type MpiName, startMpiexec } from '../support/mpi.js'
import { communicatorContract, type ScenarioResult, type ScenarioRun } from './contract.js'

const program = fileURLToPath(new URL('./ranks/mpi.mjs', import.meta.url))

/** An MPI job that answers each line it is given with a line. */
class Job {
  readonly #child: ChildProcess
  readonly #lines: AsyncIterator<string>
  readonly greeting: Promise<string>
  readonly code: Promise<number | null>
  #stderr = ''

  constructor(mpi: MpiName) {
    this.#child = startMpiexec(mpi, 8, [program], { seconds: 240 })
    this.#lines = createInterface(this.#child.stdout as NodeJS.ReadableStream)[Symbol.asyncIterator]()
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#stderr += text
    })
    this.code = new Promise((resolve) => this.#child.once('close', resolve))
    this.greeting = this.#next()
  }

  async run(scenario: ScenarioRun): Promise<ScenarioResult> {
    await this.greeting
    this.#child.stdin?.write(`${JSON.stringify(scenario)}\n`)
    return JSON.parse(await this.#next()) as ScenarioResult
  }

  end(): void {
    this.#child.stdin?.end('\n')
  }

  async #next(): Promise<string> {
    const { value, done } = await this.#lines.next()
    if (done) throw new Error(`the job ended: ${this.#stderr}`)
    return value as string
  }
}

const said = { openmpi: /Open MPI/, mpich: /MPICH/ }

describeWithMpi('MPI transport', (mpi) => {
  const job = new Job(mpi)
  afterAll(() => job.end())

  it('finds the library of the mpiexec that started it', async () => {
    expect(JSON.parse(await job.greeting).library).toMatch(said[mpi])
  })

  communicatorContract(`mpi (${mpi})`, (run) => job.run(run))

  it('ends with all ranks', async () => {
    job.end()
    expect(await job.code).toBe(0)
  })
})
