// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** MPI jobs that go wrong on purpose: what is done to them, and what must be true afterwards. */
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type ResultFacts, readResult, updateEvery, writeScenario } from '../faults/fixture.js'
import { MpiCli, type MpiName } from '../support/mpi.js'
import { pythonJson } from '../support/python.js'

/** Viewer 0, server 1, master 2, a worker; where a failure needs another worker, it says so. */
const jobRanks = 4
/** From the failure to the end of mpiexec. */
export const secondsMost = 10

export interface Failure {
  readonly name: string
  readonly ranks?: number
  /** Body of the user's class; members that fail note the time on stderr as `failed at <ms>`. */
  readonly members?: string
  /** Done to the job after its first update, or when it has printed `when`; the failure is then now. */
  act?(job: MpiCli, turn: number): void
  readonly when?: RegExp
  /** What mpiexec ends with. */
  code(mpi: MpiName): number | readonly number[]
  /** On stdout or stderr: MPICH's own words about a dead rank go to stdout. */
  readonly says: RegExp
  /** The partial result has its final name, always or where the time was enough; else its last update is in `.inprogress`. */
  readonly partial?: 'always' | 'inTime'
  readonly env?: NodeJS.ProcessEnv
  /** Ranks start all the while and so take every core: beside other tests one job at a time. */
  readonly alone?: boolean
  /** Seconds that are no part of the end: for which `env` has mpiexec wait, or in which the run has yet to begin. */
  added?(mpi: MpiName): number
}

const stopped = /^parcorana: stopped by SIGTERM after \d+ events; the partial result is /m
const note = "process.stderr.write('failed at ' + Date.now() + '\\n')"
const atEvent = (events: number, action: string): string =>
  `n = 0\nworkerAdjustData(data) { if (++this.n === ${events}) { ${action} } }`

function kill(job: MpiCli, rank: number, signal: NodeJS.Signals): void {
  process.kill(job.ranks().get(rank) as number, signal)
}

export const failures: readonly Failure[] = [
  {
    name: 'a rank throws',
    members: atEvent(120, `${note}; throw new Error('no beam today')`),
    code: () => 1,
    says: /^parcorana: worker \(rank 3\) failed in workerAdjustData\(\): no beam today$/m,
  },
  {
    name: 'a rank exits',
    members: atEvent(120, `${note}; process.exit(3)`),
    code: () => 3,
    says: /^parcorana: worker \(rank 3\) failed: its process exited with code 3$/m,
  },
  {
    name: 'a rank throws while another computes without end',
    ranks: 5,
    members: atEvent(
      120,
      `if (this.rank === 3) { ${note}; throw new Error('no beam today') } else for (;;) Math.random()`,
    ).replace('n = 0', 'constructor(a, b, c, d) { super(a, b, c, d); this.rank = c.rank }\nn = 0'),
    code: () => 1,
    says: /^parcorana: worker \(rank 3\) failed in workerAdjustData\(\): no beam today$/m,
  },
  {
    name: 'kill -9 of a worker, a server, the viewer in turn',
    act: (job, turn) => kill(job, [3, 1, 0][turn % 3] as number, 'SIGKILL'),
    code: (mpi) => (mpi === 'openmpi' ? 137 : 9),
    says: /signal 9/,
    // Open MPI tells the others to end before it kills them, which may be time enough.
    partial: 'inTime',
  },
  {
    name: 'a rank falls silent, as when its host is gone',
    act: (job) => kill(job, 3, 'SIGSTOP'),
    code: () => 1,
    says: /^parcorana: worker \(rank 3\) failed: did not answer for 4\.5 s: it was killed, or its host is gone$/m,
  },
  {
    name: 'SIGTERM to all ranks, as scancel and the time limit of srun do',
    act: (job) => {
      for (const pid of job.ranks().values()) process.kill(pid, 'SIGTERM')
    },
    code: () => 143,
    says: stopped,
    partial: 'always',
  },
  {
    name: 'SIGTERM before the run has begun',
    // Rank 0 makes an instance to see what the run will need, and is held up in that.
    members: `constructor(a, b, c, d) {
      super(a, b, c, d)
      if ((process.env.OMPI_COMM_WORLD_RANK ?? process.env.PMI_RANK) !== '0' || c.role !== 'master') return
      process.stderr.write('preparing\\n')
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500)
    }`,
    when: /^preparing$/m,
    act: (job) => kill(job, 0, 'SIGTERM'),
    code: () => 143,
    says: stopped,
    partial: 'always',
    alone: true,
    // In which all ranks of the run are only set up.
    added: () => 5,
  },
  {
    name: 'SIGTERM to mpiexec',
    act: (job) => process.kill(job.mpiexec(), 'SIGTERM'),
    // What mpiexec ends with when it is itself told to end is its own affair.
    code: (mpi) => (mpi === 'openmpi' ? [1, 143] : [0, 143]),
    says: stopped,
    partial: 'always',
    // Seconds to Open MPI's SIGTERM, in which it reads nothing and the run goes on, and again to its SIGKILL; its mpiexec ends no sooner.
    env: { OMPI_MCA_odls_base_sigkill_timeout: '8' },
    added: (mpi) => (mpi === 'openmpi' ? 2 * (8 - 1) : 0),
  },
]

/** `times` calls of `one`, `together` at a time. */
export async function inTurns<T>(times: number, together: number, one: (turn: number) => Promise<T>): Promise<T[]> {
  const all: T[] = []
  let next = 0
  const lane = async (): Promise<void> => {
    while (next < times) {
      const turn = next++
      all[turn] = await one(turn)
    }
  }
  await Promise.all(Array.from({ length: together }, lane))
  return all
}

/** Make `failure` happen in a new folder and check everything; returns the seconds from the failure to the end. */
export async function checkFailure(root: string, mpi: MpiName, failure: Failure, turn: number): Promise<number> {
  const { members, act, when = /"event":"update"/, code, says, partial, env = {}, ranks = jobRanks } = failure
  const dataset = { format: 'synthetic', shape: [12, 10], events: 5_000_000, seed: 3 }
  const number = failures.indexOf(failure)
  const folder = writeScenario(root, `${mpi}-${number}-${turn}`, {
    ...(members === undefined ? {} : { members }),
    system: { dataset, numWorkers: 'auto' },
  })
  const job = new MpiCli(mpi, ranks, ['-c', 'config.json', '--json'], folder, env)
  let failed = Number.NaN
  if (act !== undefined) {
    await job.seen(when)
    failed = Date.now()
    act(job, turn)
  }
  const end = await job.end
  const { stderr, stdout, ended } = end
  const left = await stillThere(job)
  for (const pid of left) process.kill(pid, 'SIGKILL')
  expect(left, `ranks left behind: ${stderr}`).toEqual([])
  expect([code(mpi)].flat(), stderr).toContain(end.code)
  expect(stdout + stderr).toMatch(says)
  const seconds = (ended - (act === undefined ? Number(/failed at (\d+)/.exec(stderr)?.[1]) : failed)) / 1000
  expect(seconds - (failure.added?.(mpi) ?? 0)).toBeLessThan(secondsMost)
  const renamed = existsSync(join(folder, 'out.h5'))
  if (partial !== 'inTime') expect(renamed, stderr).toBe(partial === 'always')
  checkFiles(folder, stdout, renamed)
  return seconds
}

/** Ranks that do not end with mpiexec; the kernel has a moment for those that were killed just now. */
async function stillThere(job: MpiCli): Promise<number[]> {
  for (let looks = 0; looks < 30 && job.ranks().size > 0; looks++)
    await new Promise((resolve) => setTimeout(resolve, 100))
  return [...job.ranks().values()]
}

/** The last update is there as a whole. */
function checkFiles(folder: string, stdout: string, partial: boolean): void {
  const reported = stdout.split('\n').filter((line) => /"event":"update".*\}$/.test(line)).length
  const path = join(folder, partial ? 'out.h5' : 'out.h5.inprogress')
  expect(existsSync(path), readdirSync(folder).join(' ')).toBe(true)
  const facts = pythonJson<ResultFacts>(readResult, path)
  // The final update of a partial result may stand in the place of one before it.
  expect(facts.updates).toBeGreaterThanOrEqual(reported - (partial ? 1 : 0))
  expect(facts.complete).toBe(0)
  expect(facts.read).toBe(facts.correlated)
  if (!partial) expect(facts.read).toBe(facts.updates * updateEvery)
}
