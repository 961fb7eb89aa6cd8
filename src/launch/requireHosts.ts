// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Do the hosts of an MPI job answer? Looked at before mpiexec is: MPICH's waits for ever where ssh fails, Open MPI's says twenty lines. */
import { hostname, networkInterfaces } from 'node:os'
import { HostUnreachable, ScriptNotExecutable } from './errors.js'
import type { Mpiexec } from './mpiexec.js'
import { execute } from './process.js'
import { shellLine } from './quote.js'

const patienceSeconds = 20

/** Start `command` on every host, all at once. Rejects with HostUnreachable, or ScriptNotExecutable where it does not end with 0. */
export async function requireHosts(
  hosts: readonly string[],
  command: readonly string[],
  mpi: Mpiexec,
  env: NodeJS.ProcessEnv = process.env,
): Promise<void> {
  // There Open MPI starts its daemons by Slurm, and ssh may be closed.
  if (mpi === 'openmpi' && env.SLURM_JOB_ID !== undefined) return
  const agent = agentOf(mpi, env)
  await Promise.all(hosts.filter((host) => !isHere(host)).map((host) => requireHost(host, command, agent)))
}

/** The words that mpiexec itself would start, without questions where that is ssh. */
function agentOf(mpi: Mpiexec, env: NodeJS.ProcessEnv): string[] {
  const given = mpi === 'openmpi' ? env.OMPI_MCA_plm_rsh_agent?.split(':')[0] : env.HYDRA_LAUNCHER_EXEC
  const words = given?.trim().split(/\s+/) ?? []
  if (words[0]) return words
  return ['ssh', '-o', 'BatchMode=yes', '-o', 'ConnectTimeout=10']
}

function isHere(host: string): boolean {
  const own = hostname()
  if (['localhost', own, own.split('.')[0]].includes(host)) return true
  const addresses = Object.values(networkInterfaces()).flatMap((each) => each ?? [])
  return addresses.some(({ address }) => address === host)
}

async function requireHost(host: string, command: readonly string[], agent: readonly string[]): Promise<void> {
  const argv = [...agent, host, shellLine(command)]
  const { code, stderr } = await execute(argv, { timeoutSeconds: patienceSeconds })
  if (code === 0) return
  const absent = stderr === `${agent[0]}: not found`
  const path = /^.*(not found|No such file|Cannot find module).*$/m.exec(stderr)?.[0]
  if (path !== undefined && !absent && code !== 255) {
    const next = 'Node and parcorana must lie at the same path on all hosts'
    throw new ScriptNotExecutable({ tried: `'${shellLine(command)}' on ${host}`, found: path.trim(), next }, { host })
  }
  const said = stderr.trim().split('\n').at(-1) || `ended with ${code}`
  const found = code === 137 ? `no answer within ${patienceSeconds} s` : said
  const next = `'${agent[0]} ${host}' must work without a question`
  throw new HostUnreachable({ tried: `host ${host} of --hosts`, found, next }, { host, reason: 'network' })
}
