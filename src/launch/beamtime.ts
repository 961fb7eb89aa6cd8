// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The beamtime that is open at a beamline, from its metadata file. Same files and keys as MENTO reads:
 * `<root>/current`, else `<root>/commissioning`, holding exactly one `*metadata*.json`.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { messageOf } from '../errors.js'
import { MultipleMetadata, NoBeamtime } from './errors.js'

export interface OnlineResources {
  readonly reservedNodes: readonly string[]
  readonly slurmReservation: string | null
  readonly slurmPartition: string | null
  readonly userAccount: string | null
  /** Absolute. */
  readonly sshPrivateKeyPath: string | null
}

export interface Beamtime {
  /** Of the metadata file; null = given as an object. */
  readonly metadataPath: string | null
  readonly tag: 'current' | 'commissioning'
  readonly beamline: string | null
  /** `beamtimeId` of a user run, `id` of a commissioning run. */
  readonly id: string | null
  /** The beamtime's folder as the compute nodes see it. */
  readonly corePath: string | null
  /** Null = the beamtime was started without online resources. */
  readonly online: OnlineResources | null
  /** Everything the file says: title, pi, users, eventStart, ... */
  readonly metadata: Readonly<Record<string, unknown>>
}

const tags = ['current', 'commissioning'] as const
export const howToGetResources =
  "open the beamtime with online resources at the site: 'startBeamtime --beamtimeId N --beamline P --online', or 'startComissioning' likewise (add --feature gpu for a GPU node)"

/** The open beamtime below `root`. Throws NoBeamtime, MultipleMetadata. */
export function findBeamtime(root: string): Beamtime {
  for (const tag of tags) {
    const files = metadataFiles(join(root, tag))
    if (files.length > 1) {
      const found = `${files.length} metadata files (${files.join(', ')})`
      const next = 'leave the one of this beamtime there, or name it with --metadata'
      throw new MultipleMetadata({ tried: join(root, tag), found, next }, { folder: join(root, tag), files })
    }
    const [file] = files
    if (file !== undefined) return readBeamtime(join(root, tag, file), tag)
  }
  const tried = tags.map((tag) => join(root, tag)).join(' and ')
  const next = `${howToGetResources}, or name the folder with --root`
  throw new NoBeamtime({ tried, found: 'no *metadata*.json', next }, { root })
}

function metadataFiles(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .filter((name) => /metadata.*\.json$/.test(name))
    .sort()
}

/** The beamtime that the file at `path` describes. Throws NoBeamtime. */
export function readBeamtime(path: string, tag: Beamtime['tag'] = 'current'): Beamtime {
  const wrong = (found: string, cause?: unknown): NoBeamtime =>
    new NoBeamtime({ tried: path, found, next: 'ask the beamline staff for a proper metadata file' }, { path, cause })
  let metadata: unknown
  try {
    metadata = JSON.parse(readFileSync(path, 'utf8'))
  } catch (error) {
    if (existsSync(path)) throw wrong(`cannot be read as JSON (${messageOf(error)})`)
    throw new NoBeamtime(
      { tried: path, found: 'does not exist', next: 'check the path given with --metadata' },
      { path },
    )
  }
  if (typeof metadata !== 'object' || metadata === null || Array.isArray(metadata)) throw wrong('holds no JSON object')
  const beamtime = beamtimeOf(metadata as Record<string, unknown>, path, tag)
  const absent = [beamtime.beamline === null ? "'beamline'" : '', beamtime.id === null ? "'beamtimeId' or 'id'" : '']
  const missing = absent.filter((key) => key !== '')
  if (missing.length > 0) throw wrong(`has no ${missing.join(' and no ')}`)
  return beamtime
}

/** A beamtime from an object with the keys of a metadata file; what it lacks is null. Paths in it count from `path`'s folder. */
export function beamtimeOf(
  metadata: Readonly<Record<string, unknown>>,
  path: string | null = null,
  tag?: Beamtime['tag'],
): Beamtime {
  const user = textOf(metadata.beamtimeId)
  return {
    metadataPath: path,
    tag: tag ?? (user !== null ? 'current' : 'commissioning'),
    beamline: textOf(metadata.beamline),
    id: user ?? textOf(metadata.id),
    corePath: textOf(metadata.corePath),
    online: onlineOf(metadata.onlineAnalysis, path),
    metadata,
  }
}

function onlineOf(value: unknown, path: string | null): OnlineResources | null {
  if (typeof value !== 'object' || value === null) return null
  const facts = value as Record<string, unknown>
  const key = textOf(facts.sshPrivateKeyPath)
  return {
    reservedNodes: Array.isArray(facts.reservedNodes) ? facts.reservedNodes.flatMap((node) => textOf(node) ?? []) : [],
    slurmReservation: textOf(facts.slurmReservation),
    slurmPartition: textOf(facts.slurmPartition),
    userAccount: textOf(facts.userAccount),
    sshPrivateKeyPath: key === null || isAbsolute(key) || path === null ? key : join(dirname(path), key),
  }
}

function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}
