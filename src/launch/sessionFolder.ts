// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Open MPI 4 keeps its files in one folder per user and machine, which a job that ends removes while another begins: of 1840
 * short jobs, four at a time, 3 could not start ("mkdir: File exists"). A job of ours has a folder of its own where all its ranks are here:
 * elsewhere nobody would remove it, and `orte_local_tmpdir_base`, for this machine alone, ends every rank but the first.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SessionFolder {
  /** For the environment of mpiexec. */
  readonly env: Readonly<Record<string, string>>
  /** When mpiexec has ended. */
  remove(): void
}

/** Where Open MPI keeps its files, or another MPI does. */
export const commonFolder: SessionFolder = { env: {}, remove: () => {} }

/** For ranks on this machine. Nothing where mpiexec is not Open MPI 4, or the user has chosen the place. `version`: what mpiexec says to `--version`. */
export function sessionFolder(version: string, env: NodeJS.ProcessEnv): SessionFolder {
  const chosen = Object.keys(env).some((name) => /^OMPI_MCA_orte_(local_|remote_)?tmpdir_base$/.test(name))
  if (chosen || !/openrte/i.test(version)) return commonFolder
  // Short, since the names of sockets below it are.
  const folder = mkdtempSync(join(tmpdir(), 'parc-'))
  return {
    env: { OMPI_MCA_orte_tmpdir_base: folder },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}
