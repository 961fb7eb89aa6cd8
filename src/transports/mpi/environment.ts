// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What mpiexec and srun tell a process about its job, before MPI is opened. */

export interface MpiEnvironment {
  readonly size: number
  readonly rank: number
  /** The first of its host: what is wrong on all ranks of a host is said once. */
  readonly firstOfHost: boolean
  /** ABIs whose libraries may serve this job, in the order of preference; or the path that PARCORANA_MPI gives. */
  readonly libraries: readonly string[]
  /** Who started the processes, in words. */
  readonly starter: string
}

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The MPI job that this process belongs to; null outside one, and in a job of one process.
 * Variables of a Slurm *allocation* do not count: a plain process in a batch script is no MPI rank.
 */
export function mpiEnvironment(env: Environment): MpiEnvironment | null {
  const job = openMpi(env) ?? pmi(env) ?? slurmStep(env)
  if (job === null || job.size < 2) return null
  const local = env.OMPI_COMM_WORLD_LOCAL_RANK ?? env.MPI_LOCALRANKID ?? env.SLURM_LOCALID ?? '0'
  const libraries = env.PARCORANA_MPI ? [env.PARCORANA_MPI] : job.libraries
  return { ...job, libraries, firstOfHost: local === '0' }
}

/** Open MPI's mpiexec. */
function openMpi(env: Environment): MpiEnvironment | null {
  return jobOf(env.OMPI_COMM_WORLD_SIZE, env.OMPI_COMM_WORLD_RANK, ['openmpi', 'standard'], 'mpiexec of Open MPI')
}

/** MPICH's mpiexec, and `srun --mpi=pmi2`. */
function pmi(env: Environment): MpiEnvironment | null {
  return jobOf(env.PMI_SIZE, env.PMI_RANK, ['mpich', 'standard'], 'mpiexec of MPICH or srun --mpi=pmi2')
}

/** `srun` with another plug-in: with pmix both MPIs may be there, Open MPI is the usual one. */
function slurmStep(env: Environment): MpiEnvironment | null {
  const libraries = ['openmpi', 'mpich', 'standard']
  return jobOf(env.SLURM_STEP_NUM_TASKS, env.PMIX_RANK ?? env.SLURM_PROCID, libraries, 'srun')
}

function jobOf(size: string | undefined, rank: string | undefined, libraries: string[], starter: string) {
  if (!/^\d+$/.test(size ?? '') || !/^\d+$/.test(rank ?? '')) return null
  return { size: Number(size), rank: Number(rank), libraries, starter, firstOfHost: true }
}
