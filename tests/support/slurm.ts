// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A real Slurm on this machine alone: munged, slurmctld and slurmd under one folder, on free ports, without systemd. */
import { randomBytes } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { endByPidFile, freePorts, must, until } from './daemons.js'

export const slurmPrograms = ['munged', 'slurmctld', 'slurmd', 'sbatch', 'scontrol', 'squeue', 'scancel', 'srun']

export interface SlurmCluster {
  readonly folder: string
  /** `SLURM_CONF`, for every program that speaks to this cluster. */
  readonly env: Readonly<Record<string, string>>
  /** The one node's name. */
  readonly node: string
  scontrol(...args: readonly string[]): string
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
  const env = { SLURM_CONF: conf }
  const all = { ...process.env, ...env }
  const stop = async (): Promise<void> => {
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
    return { folder, env, node, scontrol, logs, stop }
  } catch (error) {
    const said = logs()
    await stop()
    throw new Error(`Slurm did not start: ${error instanceof Error ? error.message : error}\n${said}`)
  }
}

function idle(show: () => string): boolean {
  try {
    return /\bState=IDLE\b/.test(show())
  } catch {
    return false
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
