// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Do the tasks of a job make a run? Said before anything queues. */
import { UsageError } from '../errors.js'

export interface Layout {
  readonly servers: number
  /** 'auto' = what is left. */
  readonly workers: 'auto' | number
  readonly transport: 'auto' | 'threads' | 'mpi'
}

/** One task is a process with threads; several are ranks: viewer, master, servers, workers. Throws UsageError. */
export function requireRanks(tasks: number, nodes: number, { servers, workers, transport }: Layout): void {
  if (tasks === 1) return
  if (transport === 'threads') {
    throw new UsageError(
      `the job has ${tasks} tasks, but transport 'threads' runs in one; leave out --ntasks-per-node and --nodes, or set transport to 'auto'`,
      { tasks },
    )
  }
  const others = servers + 2
  const wanted = others + (workers === 'auto' ? 1 : workers)
  if (workers === 'auto' ? tasks >= wanted : tasks === wanted) return
  const kinds = `viewer, master, ${counted(servers, 'server')}, ${workers === 'auto' ? '1 worker' : counted(workers, 'worker')}`
  const next = `give --ntasks-per-node ${Math.ceil(wanted / nodes)}`
  throw new UsageError(
    workers === 'auto'
      ? `${counted(nodes, 'node')} with ${counted(tasks / nodes, 'task')} each are ${tasks} ranks, but this run needs at least ${wanted} (${kinds}); ${next} or more, such as the cores of a node`
      : `the job has ${tasks} ranks, but numWorkers ${workers} makes ${wanted} (${kinds}); set numWorkers to 'auto', or ${next} if that comes out even`,
    { tasks, wanted },
  )
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}
