// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `--hosts` and `--ranks`: the same command line again, under mpiexec. */
import { spawn } from 'node:child_process'
import { availableParallelism, constants } from 'node:os'
import { RunError, UsageError } from '../errors.js'
import { endLeftovers, launchMark } from '../launch/leftovers.js'
import { mpiexecArgv, mpiexecOf, parseHosts } from '../launch/mpiexec.js'
import { execute } from '../launch/process.js'
import { requireHosts } from '../launch/requireHosts.js'
import { commonFolder, type SessionFolder, sessionFolder } from '../launch/sessionFolder.js'
import { mpiEnvironment } from '../transports/mpi/environment.js'
import { thisEngine } from './engine.js'

export interface MpiexecArguments {
  hosts?: string | undefined
  ranks?: number | undefined
}

/** Null = neither was given. Otherwise run the job and return its exit code. `words`: this process's own command line. */
export async function underMpiexec(args: MpiexecArguments, words: readonly string[]): Promise<number | null> {
  const { hosts, ranks } = args
  if (hosts === undefined && ranks === undefined) return null
  const job = mpiEnvironment(process.env)
  if (job !== null) {
    throw new UsageError(
      `${hosts === undefined ? '--ranks' : '--hosts'} starts mpiexec, but ${job.starter} has started this process already; leave one of them out`,
    )
  }
  if (ranks !== undefined && !(Number.isInteger(ranks) && ranks >= 4)) {
    throw new UsageError(`--ranks is ${ranks}, but a job has at least 4: viewer, server, master and a worker`, {
      ranks,
    })
  }
  const slots = hosts === undefined ? [] : parseHosts(hosts, availableParallelism())
  const all = slots.reduce((sum, one) => sum + one.ranks, 0)
  if (ranks !== undefined && slots.length > 0 && ranks > all) {
    throw new UsageError(`--ranks is ${ranks}, but --hosts ${hosts} has room for ${all}; give more with host:N`, {
      ranks,
    })
  }
  const program = process.env.PARCORANA_MPIEXEC || 'mpiexec'
  const said = await execute([program, '--version'])
  const version = said.stdout + said.stderr
  const mpi = said.code === 0 ? mpiexecOf(version) : null
  if (mpi === null) {
    throw new RunError(
      `'${program}' is no mpiexec of Open MPI or MPICH; load the site's MPI module or set PARCORANA_MPIEXEC to its path`,
      { program },
    )
  }
  const names = slots.map(({ host }) => host)
  await requireHosts(names, [...thisEngine(), '--version'], mpi)
  const command = [...thisEngine(), ...withoutOurs(words)]
  const session = slots.length === 0 ? sessionFolder(version, process.env) : commonFolder
  return runThrough(mpiexecArgv(program, mpi, slots, ranks ?? all, command), session)
}

/** The command line for each rank. */
function withoutOurs(words: readonly string[]): string[] {
  const ours = (word: string | undefined): boolean => word === '--hosts' || word === '--ranks'
  return words.filter((word, i) => !ours(word) && !ours(words[i - 1]) && !/^--(hosts|ranks)=/.test(word))
}

/** With our own stdout and stderr; signals go on to it, and nothing of it stays here. */
async function runThrough([program = '', ...argv]: readonly string[], session: SessionFolder): Promise<number> {
  const mark = launchMark()
  const env = { ...process.env, ...session.env, ...mark }
  const child = spawn(program, argv, { stdio: ['ignore', 'inherit', 'inherit'], env })
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal)
  process.on('SIGINT', pass).on('SIGTERM', pass)
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject)
      child.once('close', (code, signal) => resolve(code ?? 128 + (signal === null ? 1 : constants.signals[signal])))
    })
  } finally {
    await endLeftovers(mark)
    session.remove()
    process.off('SIGINT', pass).off('SIGTERM', pass)
  }
}
