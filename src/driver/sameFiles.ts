// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Ranks on several hosts read config, class, mask and labels each for themselves: these must be the same files everywhere. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ResolvedConfig } from '../config/resolved.js'
import { InputError, messageOf } from '../errors.js'

/** SHA-256 by absolute path. */
export type Digests = Readonly<Record<string, string>>

const labelKeys = ['colorNdarrayCoords', 'colorFineNdarrayCoords', 'qmap']

/** Of every file that all ranks read. Throws InputError where one cannot be read. */
export async function digestsOf({ configPath, systemParams, analyses }: ResolvedConfig): Promise<Digests> {
  const classes = analyses.map(({ userClass }) => (userClass.kind === 'file' ? userClass.path : null))
  const labels = analyses.flatMap(({ userParams }) => labelKeys.map((key) => userParams[key]))
  const paths = [configPath, systemParams.maskNdarrayCoords, ...classes, ...labels]
  const files = [...new Set(paths.filter((path) => typeof path === 'string' && path !== ''))] as string[]
  return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await digestOf(path)])))
}

/** Throws InputError where this host's file is another one than that with the digest in `wanted`. */
export async function requireSameFiles(wanted: Digests, host: string, leader: string): Promise<void> {
  for (const [path, digest] of Object.entries(wanted)) {
    if ((await digestOf(path, ` on ${host}`)) === digest) continue
    throw new InputError(`${path} on ${host} differs from the one on ${leader}; use one file that all hosts see`, {
      path,
    })
  }
}

async function digestOf(path: string, where = ''): Promise<string> {
  try {
    return createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
  } catch (error) {
    throw new InputError(`${path} cannot be read${where}: ${messageOf(error)}`, { path }, { cause: error })
  }
}
