// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** How to get at a job again: plain data that a job record keeps, turned into a backend. */
import type { Backend } from './backend.js'
import { directBackend } from './directBackend.js'
import { notesBackend } from './notesBackend.js'
import { localRunner, type Runner } from './runner.js'
import { restBackend } from './restBackend.js'
import type { RestTarget } from './slurm/rest.js'
import { slurmBackend } from './slurmBackend.js'
import { type SshTarget, sshRunner } from './ssh.js'

export interface JobAccess {
  readonly kind: 'slurm' | 'pbs' | 'lsf' | 'direct'
  /** Of 'slurm': its REST service instead of its programs. */
  readonly rest?: RestTarget | undefined
  /** Null = on this machine. */
  readonly ssh: SshTarget | null
}

export function runnerOf(ssh: SshTarget | null): Runner {
  return ssh === null ? localRunner() : sshRunner(ssh)
}

export function backendOf({ kind, ssh, rest }: JobAccess): Backend {
  if (rest !== undefined) return restBackend(rest)
  const runner = runnerOf(ssh)
  if (kind === 'slurm') return slurmBackend(runner)
  return kind === 'direct' ? directBackend(runner) : notesBackend(kind, runner)
}
