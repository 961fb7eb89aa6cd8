// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The files around one result: its final name, `.inprogress` while the run goes on, and two hidden private ones. */
import { randomBytes } from 'node:crypto'
import { constants, existsSync, statSync } from 'node:fs'
import { copyFile, link, open, readdir, rm, stat } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { ConfigError, RunError, messageOf } from '../errors.js'

export interface ResultPaths {
  readonly final: string
  readonly inProgress: string
  /** Private: updates gather here. */
  readonly work: string
  /** Private: becomes `inProgress` by renaming. */
  readonly next: string
}

/** Hidden files of runs that were killed carry this in their names. */
const hidden = /^\.(.+)\.[0-9a-f]+\.parcorana-(?:work|next)(?:\.settled)?$/
/** A hidden file without `.inprogress` beside it is stale after this time; a starting run needs it for a moment. */
const staleMilliseconds = 10 * 60_000

/** What tells the hidden files of one run from those of another. */
export function runToken(): string {
  return randomBytes(6).toString('hex')
}

export function resultPaths(path: string, token = runToken()): ResultPaths {
  const final = resolve(path)
  const own = (role: string) => join(dirname(final), `.${basename(final)}.${token}.parcorana-${role}`)
  return { final, inProgress: `${final}.inprogress`, work: own('work'), next: own('next') }
}

/** Throws ConfigError where the result exists (unless `overwrite`), is being written, or has no folder. */
export function refuseExisting({ final, inProgress }: ResultPaths, overwrite: boolean): void {
  const folder = dirname(final)
  if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(`the folder ${folder} of h5output does not exist: create it or change h5output`, { folder })
  }
  if (existsSync(inProgress)) throw inProgressError(inProgress)
  if (!overwrite && existsSync(final)) {
    throw new ConfigError(
      `the result ${final} exists: give --overwrite to replace it, or another h5output (%C in the name counts up) to keep it`,
      { path: final },
    )
  }
  if (statSync(final, { throwIfNoEntry: false })?.isDirectory()) {
    throw new ConfigError(`h5output ${final} is a folder: give the name of a file`, { path: final })
  }
}

function inProgressError(path: string): ConfigError {
  return new ConfigError(
    `${path} exists: another run is writing it or one was killed; rename it to keep its last complete update, or delete it, then start again`,
    { path },
  )
}

/** Give `from` the name `paths.inProgress` unless that exists, atomically. Throws ConfigError where it exists. */
export async function createExclusively(from: string, paths: ResultPaths): Promise<void> {
  try {
    await moveUnlessExists(from, paths.inProgress)
  } catch (error) {
    if (existsSync(paths.inProgress)) throw inProgressError(paths.inProgress)
    throw error
  }
}

/** Give the finished `.inprogress` its final name. Throws RunError where that appeared meanwhile; the result stays. */
export async function giveFinalName({ inProgress, final }: ResultPaths): Promise<void> {
  try {
    await moveUnlessExists(inProgress, final)
  } catch (error) {
    if (!existsSync(final)) throw error
    throw new RunError(
      `${final} appeared while this run wrote its result: the complete result is ${inProgress}, rename it to keep it`,
      { path: final, kept: inProgress },
      { cause: error },
    )
  }
}

/** `rename` replaces its target, a hard link does not; file systems without hard links get a copy. */
async function moveUnlessExists(from: string, to: string): Promise<void> {
  try {
    await link(from, to)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw error
    await copyFile(from, to, constants.COPYFILE_EXCL)
    await syncFile(to)
  }
  await rm(from)
}

/** Copy, sharing blocks where the file system can. */
export async function cloneFile(from: string, to: string): Promise<void> {
  try {
    await copyFile(from, to, constants.COPYFILE_FICLONE)
  } catch (error) {
    throw new RunError(
      `${to} could not be written (${messageOf(error)}): check the free space of its folder`,
      {},
      {
        cause: error,
      },
    )
  }
}

/** Wait until the contents of `path` are on disk. */
export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Remove files; absent ones are no error. */
export async function removeFiles(...paths: readonly string[]): Promise<void> {
  for (const path of paths) for (const suffix of ['', '.settled']) await rm(`${path}${suffix}`, { force: true })
}

/** After a run whose viewer could not tidy up itself: remove its hidden files, and its `.inprogress` unless that holds an update. */
export async function removeLeftovers(paths: ResultPaths, holdsUpdate: boolean): Promise<void> {
  if (!existsSync(paths.work)) return
  await removeFiles(paths.work, paths.next)
  if (!holdsUpdate) await removeFiles(paths.inProgress)
}

/** Remove hidden files of killed runs: those of our own name, and those whose `.inprogress` is gone for a while. */
export async function removeStale({ final, work, next }: ResultPaths): Promise<void> {
  const folder = dirname(final)
  for (const name of await readdir(folder)) {
    const owner = hidden.exec(name)?.[1]
    const path = join(folder, name)
    if (owner === undefined || path.startsWith(work) || path.startsWith(next)) continue
    if (owner === basename(final) || (await isAbandoned(path, join(folder, `${owner}.inprogress`)))) {
      await rm(path, { force: true })
    }
  }
}

async function isAbandoned(path: string, inProgress: string): Promise<boolean> {
  if (existsSync(inProgress)) return false
  const found = await stat(path).catch(() => null)
  return found !== null && Date.now() - found.mtimeMs > staleMilliseconds
}
