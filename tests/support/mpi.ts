// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Real MPI jobs: the mpiexec of each MPI, and groups of tests that need one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
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
