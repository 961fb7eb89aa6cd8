// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The HDF5 result of a run. Updates gather in a private work file; each complete one is copied, gets its views, and is
 * renamed over `<name>.inprogress`, so that whoever opens that file, also after a crash, finds the last complete update.
 *
 *   work file (/system /user)  --copy-->  next file (+ /run /xpcs /entry)  --rename-->  <name>.inprogress
 *   work file (the same)  --rename at the end-->  <name>
 */
import { rename } from 'node:fs/promises'
import { labelTable } from '../correlators/normalizations.js'
import type { ResultGroup } from '../correlators/resultGroup.js'
import { RunError } from '../errors.js'
import type { Publisher, PublishedUpdate, RunFacts, RunSummary, UpdateFacts } from '../roles/publisher.js'
import { arrayDefinitions, g2Definition } from './definitions.js'
import { type ApsInput, type ApsMaps, apsMaps, type InUse, mapsKey, writeAps, writeQmap } from './hdf5Aps.js'
import { writeChanges } from './hdf5Changes.js'
import { ResultFile } from './hdf5File.js'
import { writeQuality } from './hdf5Quality.js'
import { writeNexus } from './hdf5Nexus.js'
import { writeAccounting, writeRun, writeSystem, writeUpdateFacts } from './hdf5System.js'
import { linkTwoTime } from './hdf5TwoTime.js'
import { writeUnnormalized } from './hdf5Unnormalized.js'
import {
  cloneFile,
  createExclusively,
  giveFinalName,
  refuseExisting,
  removeFiles,
  removeStale,
  resultPaths,
  syncFile,
  type ResultPaths,
} from './resultPaths.js'

export interface Hdf5ResultOptions {
  /** Final name, templates expanded. While the run goes on the file is called `<path>.inprogress`. */
  readonly path: string
  /** Of `runToken()`, for a caller that must find the hidden files again; default a new one. */
  readonly token?: string
  /** Replace an existing `path`. An existing `<path>.inprogress` is never replaced. Default false. */
  readonly overwrite?: boolean
  /** When per-element arrays are written; named in the file. Default 'final'. */
  readonly h5arrays?: 'final' | 'every' | 'none'
  /** 'apsG2' adds the large /xpcs/multitau/unnormalized_G2 at the end, from the arrays of the last update. Default none. */
  readonly h5views?: readonly string[]
}

/** The publisher that writes the HDF5 result. Throws ConfigError in `begin` where output exists already. */
export function createHdf5Result(options: Hdf5ResultOptions): Publisher {
  return new Hdf5Result(options)
}

interface Open {
  readonly facts: RunFacts
  readonly work: ResultFile
}

class Hdf5Result implements Publisher {
  readonly #options: Hdf5ResultOptions
  readonly #paths: ResultPaths
  #open: Open | null = null
  /** Groups of the update in progress or, after commit, of the last complete one; by analysis. */
  #groups: string[] = []
  #updating = false
  #last: PublishedUpdate | null = null
  /** The q-map that the work file has: it takes long to write, and hardly ever changes. */
  #qmap: { readonly key: string; readonly maps: ApsMaps } | null = null

  constructor(options: Hdf5ResultOptions) {
    this.#options = options
    this.#paths = resultPaths(options.path, options.token)
  }

  async begin(facts: RunFacts): Promise<void> {
    const { work: workPath, next } = this.#paths
    refuseExisting(this.#paths, this.#options.overwrite ?? false)
    const work = await ResultFile.create(workPath)
    this.#open = { facts, work }
    try {
      for (const path of userPaths(facts)) work.group(path)
      writeSystem(work.group('/system'), facts)
      work.group('/system').attributes({ h5arrays: this.#options.h5arrays ?? 'final' })
      const { color } = facts.analyses[0]!
      this.#writeQmap({ saturated: new Uint8Array(color.length), colors: labelTable(color).labels })
      await this.#dressCopy()
      await createExclusively(next, this.#paths)
    } catch (error) {
      work.close()
      await removeFiles(workPath, next)
      this.#open = null
      throw error
    }
    await removeStale(this.#paths)
  }

  userGroups(): readonly ResultGroup[] {
    const { facts, work } = this.#require()
    return userPaths(facts).map((path) => work.group(path))
  }

  async openUpdate(update: UpdateFacts): Promise<readonly ResultGroup[]> {
    const { facts, work } = this.#require()
    const name = updateName(update)
    this.#updating = true
    this.#groups = userPaths(facts).map((path) => `${path}/${name}`)
    return this.#groups.map((path) => {
      work.outdate(path)
      return work.group(path)
    })
  }

  async commit(update: PublishedUpdate): Promise<void> {
    const { facts, work } = this.#require()
    if (!this.#updating) await this.openUpdate(update)
    this.#groups.forEach((path, i) => {
      const group = work.group(path)
      const { curves, quality } = update.analyses[i]!
      writeUpdateFacts(group, update)
      writeAccounting(group.group('accounting'), update.accounting, update.complete)
      if (quality !== undefined) writeQuality(group.group('quality'), quality)
      group.attributes({
        ...arrayDefinitions,
        user_class: facts.analyses[i]!.className,
        normalization: curves.normalization,
        g2: g2Definition(curves.normalization),
        error_method: curves.errorMethod,
        colors: [...curves.colors],
        elements_per_color: [...curves.elements],
      })
    })
    this.#updating = false
    this.#last = update
    const { saturated, curves } = update.analyses[0]!
    this.#writeQmap({ saturated, colors: curves.colors })
    await work.settle()
    // The last update is dressed by `finish`, at once.
    if (update.final) return
    await this.#dressCopy()
    await rename(this.#paths.next, this.#paths.inProgress)
  }

  async finish(summary: RunSummary): Promise<string> {
    const { work, facts } = this.#require()
    if (this.#updating)
      throw new RunError(`${this.#options.path} has an open update: commit it before finish, or abandon`)
    await work.settle()
    this.#dress(work, facts, summary)
    if (this.#options.h5views?.includes('apsG2')) await writeUnnormalized(work, facts, this.#groups[0])
    work.close()
    this.#open = null
    await syncFile(this.#paths.work)
    await rename(this.#paths.work, this.#paths.inProgress)
    if (this.#options.overwrite) await rename(this.#paths.inProgress, this.#paths.final)
    else await giveFinalName(this.#paths)
    return this.#paths.final
  }

  async abandon(): Promise<void> {
    if (this.#open === null) return
    this.#open.work.close()
    this.#open = null
    await removeFiles(this.#paths.work, this.#paths.next)
    if (this.#last === null) await removeFiles(this.#paths.inProgress)
  }

  /** A copy of the work file with everything else added, on disk under the name `next`. */
  async #dressCopy(): Promise<void> {
    const { work, facts } = this.#require()
    work.flush()
    await cloneFile(work.path, this.#paths.next)
    const copy = await ResultFile.addTo(this.#paths.next, work)
    try {
      this.#dress(copy, facts, null)
    } finally {
      copy.close()
    }
    await syncFile(this.#paths.next)
  }

  #dress(file: ResultFile, facts: RunFacts, summary: RunSummary | null): void {
    writeRun(file.group('/run'), facts, this.#options.path, summary)
    const accounting = summary?.accounting ?? this.#last?.accounting
    const complete = summary?.complete ?? false
    if (accounting !== undefined) writeAccounting(file.group('/system/accounting'), accounting, complete)
    if (summary !== null && summary.changes.length > 0) writeChanges(file.group('/system/changed'), summary.changes)
    if (this.#last === null) return
    userPaths(facts).forEach((path, i) => {
      file.link(this.#groups[i]!, `${path}/final`)
      if (this.#last?.analyses[i]?.quality === undefined) return
      file.link(`${this.#groups[i]}/quality`, path.replace('/user', '/quality'))
    })
    const { analyses } = this.#last
    const input = this.#apsInput(this.#last)
    if (this.#qmap !== null) writeAps(file.group('/xpcs'), input, this.#qmap.maps, summary !== null)
    writeNexus(file, input)
    this.#groups.some((path, i) => linkTwoTime(file, path, analyses[i]!))
  }

  #apsInput({ analyses }: PublishedUpdate): ApsInput {
    const { facts } = this.#require()
    return { facts, analysis: facts.analyses[0]!, published: analyses[0]! }
  }

  /** At the beginning, as if every element stayed, and where elements have saturated since the last update. */
  #writeQmap(inUse: InUse): void {
    const { work, facts } = this.#require()
    const key = mapsKey(inUse)
    if (this.#qmap?.key === key) return
    this.#qmap = { key, maps: apsMaps(facts, facts.analyses[0]!, inUse) }
    work.outdate('/xpcs/qmap')
    writeQmap(work.group('/xpcs/qmap'), facts, this.#qmap.maps)
  }

  #require(): Open {
    if (this.#open === null) throw new RunError(`${this.#options.path} is not open for writing: call begin first`)
    return this.#open
  }
}

function userPaths(facts: RunFacts): string[] {
  return facts.analyses.map(({ name }) => (name === '' ? '/user' : `/user/${name}`))
}

/** `G2_results_at_000539`: the largest counter so far. */
function updateName({ lastEvent }: UpdateFacts): string {
  return lastEvent === null ? 'G2_results_at_none' : `G2_results_at_${String(lastEvent.counter).padStart(6, '0')}`
}
