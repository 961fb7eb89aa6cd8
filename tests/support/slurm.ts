// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A real Slurm on this machine alone: munged, slurmctld and slurmd under one folder, on free ports, without systemd. */
import { type ChildProcess, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { endByPidFile, findProgram, freePorts, must, until } from './daemons.js'

export const slurmPrograms = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol', 'squeue', 'scancel', 'srun']

export interface SlurmCluster {
  readonly folder: string
  /** `SLURM_CONF`, for every program that speaks to this cluster. */
  readonly env: Readonly<Record<string, string>>
  /** The one node's name. */
  readonly node: string
  scontrol(...args: readonly string[]): string
  /** Start the REST service; `stop` ends it. */
  startRest(): Promise<{ readonly url: string; readonly token: string }>
  /** Last lines of the daemons' logs. */
  logs(): string
  stop(): Promise<void>
}

/** Partition `ponline` (default) with one node of 2 cores that has the feature `gpu`. Ready when the node is idle. */
export async function startSlurm(): Promise<SlurmCluster> {
  // A socket's path has at most 107 characters: a short folder of its own.
  const folder = mkdtempSync(join(tmpdir(), 'pcslurm-'))
  const node = hostname()
  for (const name of ['munge', 'state', 'spool']) mkdirSync(join(folder, name), { mode: 0o755 })
  const [controlPort, nodePort] = await freePorts(2)
  const conf = join(folder, 'slurm.conf')
  writeFileSync(conf, slurmConf(folder, node, controlPort as number, nodePort as number))
  writeFileSync(join(folder, 'cgroup.conf'), 'CgroupPlugin=cgroup/v1\n')
  writeFileSync(join(folder, 'plugstack.conf'), '')
  writeFileSync(join(folder, 'munge/key'), randomBytes(1024), { mode: 0o400 })
  writeFileSync(join(folder, 'jwt.key'), randomBytes(32), { mode: 0o600 })
  const env = { SLURM_CONF: conf }
  const all = { ...process.env, ...env }
  const daemons: ChildProcess[] = []
  const stop = async (): Promise<void> => {
    for (const daemon of daemons) daemon.kill('SIGKILL')
    endProcessesOf(conf)
    // The controller saves its state for ten seconds before it ends, but nobody will want it.
    const patience = { 'd.pid': 5, 'ctld.pid': 0.2, 'munge/pid': 5 }
    for (const [name, seconds] of Object.entries(patience)) await endByPidFile(join(folder, name), seconds)
    rmSync(folder, { recursive: true, force: true })
  }
  const logs = (): string => ['ctld.log', 'd.log'].map((name) => tailOf(join(folder, name))).join('\n')
  try {
    const munge = (name: string) => join(folder, 'munge', name)
    must('munged', [
      `--key-file=${munge('key')}`,
      `--socket=${munge('socket')}`,
      `--pid-file=${munge('pid')}`,
      `--log-file=${munge('log')}`,
      `--seed-file=${munge('seed')}`,
      '--force',
    ])
    must('slurmctld', ['-f', conf, '-i'], all)
    must('slurmd', ['-f', conf, '-N', node], all)
    const scontrol = (...args: readonly string[]): string => must('scontrol', args, all)
    await until('an idle node', () => idle(() => scontrol('show', 'node', node, '-o')))
    const startRest = () => rest(all, scontrol, daemons)
    return { folder, env, node, scontrol, startRest, logs, stop }
  } catch (error) {
    const said = logs()
    await stop()
    throw new Error(`Slurm did not start: ${error instanceof Error ? error.message : error}\n${said}`)
  }
}

async function rest(env: NodeJS.ProcessEnv, scontrol: SlurmCluster['scontrol'], daemons: ChildProcess[]) {
  const [port] = await freePorts(1)
  const program = findProgram('slurmrestd') as string
  const args = ['-a', 'rest_auth/jwt', '-s', 'openapi/v0.0.38', `127.0.0.1:${port}`]
  // It does not like to be root, and speaks for whoever holds a token: its own is never used.
  const own = { ...env, SLURMRESTD_SECURITY: 'disable_user_check', SLURM_JWT: 'daemon' }
  daemons.push(spawn(program, args, { env: own, stdio: 'ignore' }))
  const url = `http://127.0.0.1:${port}`
  await until(
    'slurmrestd',
    () =>
      fetch(url).then(
        () => true,
        () => false,
      ),
    10,
  )
  return { url, token: scontrol('token', 'lifespan=600').trim().replace('SLURM_JWT=', '') }
}

function idle(show: () => string): boolean {
  try {
    return /\bState=IDLE\b/.test(show())
  } catch {
    return false
  }
}

/** Jobs and their step daemons, which outlive slurmd: whoever was started with this cluster's configuration. */
function endProcessesOf(conf: string): void {
  for (const pid of readdirSync('/proc').map(Number)) {
    if (!(pid > 1) || pid === process.pid) continue
    try {
      if (readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').includes(`SLURM_CONF=${conf}`))
        process.kill(pid, 'SIGKILL')
    } catch {
      // It has ended meanwhile.
    }
  }
}

function tailOf(path: string): string {
  try {
    return readFileSync(path, 'utf8').split('\n').slice(-12).join('\n')
  } catch {
    return ''
  }
}

function slurmConf(folder: string, node: string, controlPort: number, nodePort: number): string {
  return `ClusterName=loop
SlurmctldHost=${node}(127.0.0.1)
SlurmctldPort=${controlPort}
SlurmdPort=${nodePort}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket=${folder}/munge/socket
AuthAltTypes=auth/jwt
AuthAltParameters=jwt_key=${folder}/jwt.key
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerParameters=sched_interval=1,batch_sched_delay=0,bf_interval=1
SlurmdParameters=config_overrides
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/filetxt
JobCompLoc=${folder}/jobcomp.log
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/ctld.pid
SlurmdPidFile=${folder}/d.pid
SlurmctldLogFile=${folder}/ctld.log
SlurmdLogFile=${folder}/d.log
PlugStackConfig=${folder}/plugstack.conf
MpiDefault=none
KillWait=20
MinJobAge=60
ReturnToService=2
NodeName=${node} NodeAddr=127.0.0.1 CPUs=4 RealMemory=4000 State=UNKNOWN Feature=gpu
PartitionName=ponline Nodes=${node} Default=YES MaxTime=1-0 State=UP
`
}
