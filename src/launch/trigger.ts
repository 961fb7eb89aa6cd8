// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Starting an analysis from a beamline: which node, key, reservation and paths come from the beamtime's metadata.
 *
 * @example
 * ```ts
 * import { Trigger } from 'parcorana'
 *
 * const trigger = Trigger.offline({ beamline: 'p10', beamtimeId: '11001234' })
 * const job = trigger.prepare({ method: 'local', command: 'true', folder: 'jobs' })
 * console.log(job.commands, job.job.script)
 * ```
 */
import { userInfo } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { UsageError } from '../errors.js'
import { backendOf, type JobAccess } from './access.js'
import { type Beamtime, beamtimeOf, findBeamtime, howToGetResources, readBeamtime } from './beamtime.js'
import { NoBeamtime } from './errors.js'
import type { Job } from './job.js'
import { type Method, methodOf } from './methods.js'
import { type MappedArgument, mapArgument, mapPath, type PathRule } from './pathMap.js'
import { prepareTriggered, type TriggeredJob } from './prepareTriggered.js'
import { JobStore } from './records.js'
import type { RestTarget } from './slurm/rest.js'
import type { SlurmOptions } from './slurm/options.js'
import type { SshTarget } from './ssh.js'
import { enrol } from './enrol.js'

export interface TriggerOptions {
  /** Rules that come before those of the beamtime. */
  readonly map?: readonly PathRule[] | undefined
  readonly knownHosts?: string | undefined
  readonly strictHostKeys?: boolean | undefined
  readonly store?: JobStore | undefined
}

/** An argument that is no path to be mapped, whatever it looks like. */
export interface Literal {
  readonly literal: string | number
}

export interface TriggerRequest extends SlurmOptions {
  /** Ours or MENTO's name; default 'slurm-ssh'. */
  readonly method?: string | undefined
  /** A script or program; a path is mapped like an argument. */
  readonly command: string
  readonly args?: readonly (string | number | Literal)[] | undefined
  /** True when `command` is this engine with `--json`: its records tell the result's path. */
  readonly records?: boolean | undefined
  /** File for stdout and stderr there; default: beside the job's script. */
  readonly log?: string | undefined
  /** Folder there for script, log and notes; default `processed/onlineanalysis` of the beamtime. */
  readonly folder?: string | undefined
  /** Host; default: the first reserved node. */
  readonly destination?: string | undefined
  readonly user?: string | undefined
  readonly keyPath?: string | undefined
  /** Address of slurmrestd, for 'slurm-rest'; its token comes from SLURM_JWT. */
  readonly restUrl?: string | undefined
  /** Of sshd. */
  readonly port?: number | undefined
  /** Tells this submission from every other, for a caller that may die in between. */
  readonly token?: string | undefined
}

/** What `submit` would do. */
export interface TriggerPlan {
  readonly method: Method
  readonly access: JobAccess
  readonly job: TriggeredJob
  readonly paths: readonly MappedArgument[]
  /** argv of every program that would be started here, in order. */
  readonly commands: readonly (readonly string[])[]
}

export class Trigger {
  readonly beamtime: Beamtime
  readonly #options: TriggerOptions
  /** Where the beamtime's folder is on this machine; null = not here. */
  readonly #here: string | null

  private constructor(beamtime: Beamtime, here: string | null, options: TriggerOptions) {
    this.beamtime = beamtime
    this.#here = here
    this.#options = options
  }

  /** The beamtime that is open below `root`. Throws NoBeamtime, MultipleMetadata. */
  static fromBeamtime(root = '/gpfs', options: TriggerOptions = {}): Trigger {
    const beamtime = findBeamtime(root)
    return new Trigger(beamtime, join(root, beamtime.tag), options)
  }

  /** The beamtime of one metadata file. Throws NoBeamtime. */
  static fromFile(path: string, options: TriggerOptions = {}): Trigger {
    return new Trigger(readBeamtime(resolve(path)), null, options)
  }

  /** Without a beamline: `metadata` has the keys of a metadata file, as many as there are. */
  static offline(metadata: Readonly<Record<string, unknown>> = {}, options: TriggerOptions = {}): Trigger {
    return new Trigger(beamtimeOf(metadata), null, options)
  }

  /** Ordered rules for paths on the reserved node. */
  get rules(): PathRule[] {
    const { corePath } = this.beamtime
    const own = this.#here === null || corePath === null ? [] : [{ from: this.#here, to: corePath }]
    return [...(this.#options.map ?? []), ...own]
  }

  /** Everything about the job without starting anything. Throws UsageError, NoBeamtime, KeyMissing, HostUnreachable never. */
  prepare(request: TriggerRequest): TriggerPlan {
    const method = methodOf(request.method)
    const access: JobAccess = {
      kind: method.startsWith('slurm') ? 'slurm' : 'direct',
      ssh: method.endsWith('ssh') ? this.#target(request) : null,
      ...(method === 'slurm-rest' && { rest: this.#rest(request) }),
    }
    const rules = method === 'local' ? [] : this.rules
    const words = [request.command, ...(request.args ?? [])]
    const paths = words.map((word) =>
      typeof word === 'object'
        ? { given: String(word.literal), mapped: String(word.literal), rule: null }
        : mapArgument(String(word), rules),
    )
    const work = mapPath(process.cwd(), rules)
    const folder = this.#folder(request, method)
    const workFolder = access.ssh !== null && work.rule === null ? folder : work.path
    const job = prepareTriggered(this.beamtime, { ...request, folder, workFolder }, access, paths)
    return { method, access, job, paths, commands: backendOf(access).plan(job) }
  }

  /** Start the job; it is in the job records when this resolves. Rejects with a LaunchError. */
  async submit(request: TriggerRequest): Promise<Job> {
    const { method, access, job, paths } = this.prepare(request)
    const { store = new JobStore() } = this.#options
    store.requireWritable()
    const id = await backendOf(access).submit(job)
    const command = paths.map(({ mapped }) => mapped)
    return enrol({ id, name: job.options.jobName as string, method, access, command, job }, store)
  }

  /** A job of an earlier process that died before it noted the id; null = it was never started. */
  async recover(request: TriggerRequest): Promise<Job | null> {
    const { method, access, job, paths } = this.prepare(request)
    const id = await backendOf(access).find(job.token as string, job.files)
    const command = paths.map(({ mapped }) => mapped)
    if (id === null) return null
    return enrol({ id, name: job.options.jobName as string, method, access, command, job }, this.#options.store)
  }

  #target({ destination, user, keyPath, port }: TriggerRequest): SshTarget {
    const { online, metadataPath } = this.beamtime
    const host = destination ?? online?.reservedNodes[0]
    if (host === undefined) {
      const tried = metadataPath ?? 'without beamtime metadata'
      const other = 'name a host with --destination, or start it here with --method local'
      const next = metadataPath === null ? other : `${howToGetResources}, or ${other}`
      throw new NoBeamtime({ tried, found: 'no reserved node (onlineAnalysis.reservedNodes)', next }, { metadataPath })
    }
    return {
      host,
      user: user ?? online?.userAccount ?? undefined,
      port,
      keyPath: keyPath ?? online?.sshPrivateKeyPath ?? undefined,
      knownHosts: this.#options.knownHosts,
      strictHostKeys: this.#options.strictHostKeys,
    }
  }

  #rest({ restUrl = process.env.SLURM_REST_URL, user }: TriggerRequest): RestTarget {
    if (restUrl === undefined || !/^https?:\/\//.test(restUrl)) {
      throw new UsageError(
        `the address of slurmrestd is '${restUrl ?? ''}'; give --rest-url or SLURM_REST_URL, such as https://slurm:6820`,
      )
    }
    return { url: restUrl, user: user ?? this.beamtime.online?.userAccount ?? userInfo().username }
  }

  #folder({ folder }: TriggerRequest, method: Method): string {
    const core = method === 'local' ? this.#here : this.beamtime.corePath
    const given = folder ?? (core === null ? 'parcorana-jobs' : join(core, 'processed', 'onlineanalysis'))
    if (isAbsolute(given)) return method === 'local' ? given : mapPath(given, this.rules).path
    if (!method.endsWith('ssh')) return resolve(given)
    if (folder === undefined) {
      throw new UsageError('the beamtime names no corePath; say with --folder where the job may write on that machine')
    }
    throw new UsageError(`--folder is '${given}'; give the absolute path of a folder on that machine`, {
      folder: given,
    })
  }
}
