// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A run as an MPI job: mpiexec or srun starts the same command line once per rank; rank 0 reads the config, leads and is the viewer,
 * all others follow. Every process must call `joinMpi` and, at its end, `leave`.
 */
import { hostname } from 'node:os'
import type { ResolvedConfig } from '../config/resolved.js'
import { ConfigError, RunError } from '../errors.js'
import { roleOf } from '../roles/plan.js'
import { mpiEnvironment } from '../transports/mpi/environment.js'
import { follow } from '../transports/mpi/follow.js'
import { MpiJob } from '../transports/mpi/job.js'
import { type Body, launchMpi, type MpiHandle } from '../transports/mpi/launch.js'
import type { Hello, Note } from '../transports/mpi/notes.js'
import { placeRanks } from '../transports/mpi/placement.js'
import { playTask } from './rank.js'
import type { Ranks } from './ranks.js'
import type { RankTaskData } from './rankTask.js'
import { type Digests, digestsOf, requireSameFiles } from './sameFiles.js'

/** What rank 0 sends to all. */
interface JobTask {
  readonly data: RankTaskData
  readonly files: Digests
  readonly leader: string
}

export type Signal = 'SIGINT' | 'SIGTERM'

/** This process is rank 0 of an MPI job. */
export interface Leader {
  readonly ranks: Ranks
  /** A rank of the job was told to stop. */
  onSignal(listener: (signal: Signal) => void): void
  /** End the job: together where all ranks can, else by force. `code` is then the job's exit code. */
  leave(code: number): Promise<void>
}

export interface JoinOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly version: string
  /** Command line of this process; must be the same on all. */
  readonly words: readonly string[]
  /** Told on rank 0 only. */
  say(line: string): void
}

/**
 * Null = no MPI job. 'followed' = another rank than 0, whose part is over. Throws RunError, on rank 0, when processes do not fit
 * together or there is no MPI library.
 */
export async function joinMpi(options: JoinOptions): Promise<Leader | 'followed' | null> {
  const environment = mpiEnvironment(options.env)
  if (environment === null) return null
  const { rank } = environment
  if (rank === 0) {
    options.say(
      'rank=0 before first Collective MPI call (MPI_Barrier). If no output follows, there is a problem with the cluster.',
    )
  }
  const start = performance.now()
  const job = await MpiJob.join(environment)
  const seconds = ((performance.now() - start) / 1000).toFixed(2)
  if (job.rank === 0) options.say(`rank=0 after first Collective MPI call. Elapsed time: ${seconds} sec`)
  const hello: Hello = {
    host: hostname(),
    pid: process.pid,
    version: options.version,
    node: process.version,
    words: options.words,
  }
  if (job.rank === 0) return lead(job, hello, options)
  await followMpi(job, hello)
  return 'followed'
}

async function followMpi(job: MpiJob, hello: Hello): Promise<void> {
  const guard = guardExit(job)
  const forward = (signal: NodeJS.Signals): void =>
    job.note(0, { note: 'signal', signal: signal as Signal } satisfies Note)
  process.on('SIGINT', forward).on('SIGTERM', forward)
  job.note(0, { note: 'hello', hello } satisfies Note)
  const { end, ...rest } = await follow(job, guard.named(body))
  guard.forget()
  if (end === 'together') return job.finish()
  process.stderr.write(`parcorana: ${'reason' in rest ? rest.reason : 'the run failed'}; rank 0 did not end the job\n`)
  await job.abort(1)
}

async function lead(job: MpiJob, own: Hello, { say }: JoinOptions): Promise<Leader> {
  const guard = guardExit(job)
  let run: MpiHandle | null = null
  const leave = async (code: number): Promise<void> => {
    guard.forget()
    if (run !== null && !run.ended()) return job.abort(code === 0 ? 1 : code)
    for (let to = 1; to < job.size; to++) job.note(to, { note: 'end' } satisfies Note)
    return job.finish()
  }
  try {
    const hellos = await allHellos(job, own)
    const hosts = hellos.map(({ host }) => host)
    say(`${job.size} ranks on ${new Set(hosts).size === 1 ? hosts[0] : [...new Set(hosts)].join(', ')}, ${job.library}`)
    const ranks: Ranks = {
      fit: (resolved) => fitToJob(resolved, job.size),
      start: (data, plan) => {
        const { numServers, serverHosts } = data.resolved.systemParams
        const members = placeRanks(hosts, numServers, serverHosts)
        for (let s = 1; s <= numServers; s++) say(`server host assignment:rnk=${s}->host=${hosts[members[s]]}`)
        const task = digestsOf(data.resolved).then((files): JobTask => ({ data, files, leader: own.host }))
        run = launchMpi(job, { members, task, body: guard.named(body), roleOf: (rank) => roleOf(plan, rank).role })
        return run
      },
    }
    return { ranks, leave, onSignal: (listener) => onSignalNote(job, listener) }
  } catch (error) {
    await leave(1)
    throw error
  }
}

/** The part of every rank, whatever its role. */
const body: Body = async (world, task, main) => {
  const { data, files, leader } = task as JobTask
  if (world.rank > 0) await requireSameFiles(files, hostname(), leader)
  return playTask(world, data, main)
}

/** Everybody's hello by MPI rank. Throws RunError where they differ in what must be equal. */
function allHellos(job: MpiJob, own: Hello): Promise<Hello[]> {
  const found: (Hello | null)[] = Array.from({ length: job.size }, (_, rank) => (rank === 0 ? own : null))
  return new Promise((resolve, reject) => {
    job.onNote((from, note) => {
      const told = note as Note
      if (told.note !== 'hello') return
      found[from] = told.hello
      if (found.every((hello) => hello !== null)) {
        const hellos = found as Hello[]
        const differing = hellos.findIndex((hello) => difference(hello, own) !== null)
        if (differing < 0) resolve(hellos)
        else
          reject(new RunError(`rank ${differing} on ${hellos[differing].host} ${difference(hellos[differing], own)}`))
      }
    })
    job.onLost(reject)
  })
}

function difference(hello: Hello, own: Hello): string | null {
  if (hello.version !== own.version)
    return `has parcorana ${hello.version}, but rank 0 on ${own.host} has ${own.version}; install the same version on all hosts`
  if (major(hello.node) !== major(own.node))
    return `runs on Node ${hello.node}, but rank 0 on ${own.host} on ${own.node}; use the same Node on all hosts`
  if (hello.words.join(' ') !== own.words.join(' '))
    return `was started as 'parcorana ${hello.words.join(' ')}', but rank 0 as 'parcorana ${own.words.join(' ')}'; start all ranks alike`
  return null
}

const major = (version: string): string => version.split('.')[0]

/** Workers are what is left of the job. */
function fitToJob(resolved: ResolvedConfig, size: number): ResolvedConfig {
  const { transport, numServers, numWorkers } = resolved.systemParams
  const workers = size - numServers - 2
  if (transport === 'threads') {
    throw new ConfigError(
      `systemParams.transport is 'threads', but this is an MPI job of ${size} ranks; use 'auto', or start without mpiexec`,
      { key: 'systemParams.transport' },
    )
  }
  if (workers < 1) {
    throw new ConfigError(
      `an MPI job of ${size} ranks is too small for ${numServers} server${numServers === 1 ? '' : 's'}; start at least ${numServers + 3} (viewer, servers, master, one worker)`,
      { key: 'systemParams.numServers' },
    )
  }
  if (numWorkers !== 'auto' && numWorkers !== workers) {
    throw new ConfigError(
      `systemParams.numWorkers is ${numWorkers}, but ${size} ranks with ${numServers} server${numServers === 1 ? '' : 's'} leave ${workers} worker${workers === 1 ? '' : 's'}; use 'auto' or start ${numWorkers + numServers + 2} ranks`,
      { key: 'systemParams.numWorkers' },
    )
  }
  return { ...resolved, systemParams: { ...resolved.systemParams, transport: 'mpi', numWorkers: workers } }
}

function onSignalNote(job: MpiJob, listener: (signal: Signal) => void): void {
  job.onNote((_, note) => {
    const told = note as Note
    if (told.note === 'signal') listener(told.signal)
  })
}

/** A process that exits in the middle of the job names itself and takes the others with it. */
function guardExit(job: MpiJob): { named(body: Body): Body; forget(): void } {
  let name = `rank ${job.rank}`
  const onExit = (code: number): void => {
    process.stderr.write(`parcorana: ${name} failed: its process exited with code ${code}\n`)
    job.abortNow(code === 0 ? 1 : code)
  }
  process.on('exit', onExit)
  return {
    named: (body) => (world, task, main) => {
      const { data } = task as JobTask
      name = `${roleOf({ servers: data.resolved.systemParams.numServers }, world.rank).role} (rank ${world.rank})`
      return body(world, task, main)
    },
    forget: () => process.off('exit', onExit),
  }
}
