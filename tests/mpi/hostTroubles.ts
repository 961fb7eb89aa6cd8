// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Jobs on two hosts that lose one of them or the link between: what is done, and what must be true afterwards. */
import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, readdirSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type ResultFacts, readResult, writeScenario } from '../faults/fixture.js'
import { cliPath } from '../support/cli.js'
import { mpiEnv, type MpiName } from '../support/mpi.js'
import { pythonJson, pythonWithH5py } from '../support/python.js'
import { secondsMost } from './failures.js'
import type { TwoHosts } from './namespaces.js'

interface End {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
  /** When all of its output had come, in ms. */
  readonly at: number
}

export interface HostsJob {
  readonly child: ChildProcess
  readonly end: Promise<End>
}

export interface Trouble {
  readonly name: string
  /** Done to the jobs in `folders`, which have ranks on both hosts; returns what undoes it. */
  make(hosts: TwoHosts, folders: readonly string[]): () => void
}

export const troubles: readonly Trouble[] = [
  {
    name: 'a cut link',
    make: (hosts) => {
      hosts.cutLink()
      return () => hosts.mendLink()
    },
  },
  {
    name: "kill -9 of all of a host's ranks",
    make: (hosts, folders) => {
      const there = hosts.onSecond()
      for (const folder of folders) killAll(there.filter((pid) => marked(folder).includes(pid)))
      return () => {}
    },
  },
  {
    name: 'kill -9 of everything on a host but its sshd',
    make: (hosts) => {
      killAll(hosts.onSecond())
      return () => {}
    },
  },
]

/** `parcorana -c config.json <words>` on the first of `hosts`. */
export function startOnHosts(hosts: TwoHosts, mpi: MpiName, folder: string, words: readonly string[]): HostsJob {
  const command = [process.execPath, cliPath, '-c', 'config.json', ...words]
  const env = { ...mpiEnv(), ...hosts.env, PARCORANA_MPIEXEC: `mpiexec.${mpi}`, OMPI_MCA_orte_tmpdir_base: folder }
  const child = spawn('timeout', ['-k', '5', '60', ...hosts.onFirst(command)], { cwd: folder, env, stdio: 'pipe' })
  const text = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk
    })
  }
  const end = new Promise<End>((resolve) => child.once('close', (code) => resolve({ code, ...text, at: Date.now() })))
  return { child, end }
}

/** Start jobs, all at once, wait for an update of each, make the trouble, and look at how they end. Returns the seconds of each. */
export async function checkTrouble(
  hosts: TwoHosts,
  root: string,
  mpi: MpiName,
  { name, make }: Trouble,
  { turn, atOnce }: { turn: number; atOnce: number },
): Promise<number[]> {
  const dataset = { format: 'synthetic', shape: [12, 10], events: 5_000_000, seed: 3 }
  const system = { dataset, numServers: 2, numWorkers: 'auto' }
  const folders = Array.from({ length: atOnce }, (_, i) =>
    writeScenario(root, `${mpi} ${name} ${turn} ${i}`, { system }),
  )
  const where = hosts.addresses.map((address) => `${address}:3`).join(',')
  const jobs = folders.map((folder) => startOnHosts(hosts, mpi, folder, ['--hosts', where, '--json']))
  await Promise.all(jobs.map(untilUpdate))
  const mend = make(hosts, folders)
  const began = Date.now()
  const ends = await Promise.all(jobs.map(({ end }) => end))
  mend()
  const seconds = ends.map(({ at }) => (at - began) / 1000)
  for (const [i, { code, stderr }] of ends.entries()) {
    expect(code).not.toBe(0)
    expect(seconds[i], stderr).toBeLessThan(secondsMost)
    await checkLeft(folders[i])
  }
  return seconds
}

function untilUpdate({ child, end }: HostsJob): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.on('data', (text: string) => text.includes('"event":"update"') && resolve())
    void end.then(({ stderr }) => reject(new Error(stderr)))
  })
}

/** No process of the job, and its last update. */
async function checkLeft(folder: string): Promise<void> {
  for (let looks = 0; looks < 50 && marked(folder).length > 0; looks++) await sleep(100)
  expect(marked(folder), 'processes left behind').toEqual([])
  if (pythonWithH5py() === null) return
  const partial = join(folder, 'out.h5')
  const facts = pythonJson<ResultFacts>(readResult, existsSync(partial) ? partial : `${partial}.inprogress`)
  expect(facts.updates).toBeGreaterThanOrEqual(1)
  expect(facts.complete).toBe(0)
}

function killAll(pids: readonly string[]): void {
  expect(pids.length).toBeGreaterThanOrEqual(3)
  for (const pid of pids) process.kill(Number(pid), 'SIGKILL')
}

/** Processes that work in `folder`: the ranks of its job, on both hosts. */
function marked(folder: string): string[] {
  return readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readlinkSync(`/proc/${name}/cwd`) === folder
    } catch {
      return false
    }
  })
}
