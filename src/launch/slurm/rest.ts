// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Slurm by its REST service (slurmrestd), with a token from SLURM_JWT that is never written down. */
import { messageOf } from '../../errors.js'
import { KeyMissing, LaunchError, SchedulerUnreachable } from '../errors.js'
import { secondsOf } from '../schedulers.js'
import type { JobStatus } from '../state.js'
import type { SlurmOptions } from './options.js'
import { refusalOf } from './refusals.js'

/** Where slurmrestd listens; plain data, kept in job records. */
export interface RestTarget {
  /** Such as `https://slurm.example.org:6820`. */
  readonly url: string
  readonly user: string
}

/** The version of the interface that Slurm 22.05 to 24.05 speak. */
const api = 'slurm/v0.0.38'

interface RestJob {
  readonly job_state?: string
  readonly state_reason?: string
  /** A wait status: the exit code in the second byte, the signal in the first. */
  readonly exit_code?: number
  readonly batch_host?: string
  readonly comment?: string
  readonly job_id?: number
}

export class SlurmRest {
  readonly #target: RestTarget
  readonly #token: string

  /** Throws KeyMissing without a token. */
  constructor(target: RestTarget, token = process.env.SLURM_JWT) {
    if (!token) {
      const next = 'get one on the cluster (scontrol token lifespan=86400) and export SLURM_JWT'
      throw new KeyMissing({ tried: `the token for ${target.url}`, found: 'SLURM_JWT is not set', next }, { ...target })
    }
    this.#target = target
    this.#token = token
  }

  /** Submit `script`; returns the id. Rejects with ReservationInvalid, SubmissionRefused, SchedulerUnreachable. */
  async submit(script: string, options: SlurmOptions, token: string | null): Promise<string> {
    const answer = await this.#call('POST', 'job/submit', { script, job: jobFacts(options, token) })
    const { job_id: id, errors } = answer as { job_id?: number; errors: string }
    if (errors === '' && id !== undefined && id > 0) return String(id)
    throw refusalOf(`POST job/submit to ${this.#target.url}`, options.reservation, {
      code: 1,
      stdout: '',
      stderr: errors,
    })
  }

  /** Null when Slurm has forgotten the job. */
  async job(id: string): Promise<JobStatus | null> {
    const { jobs } = (await this.#call('GET', `job/${id}`)) as { jobs?: RestJob[] }
    const [job] = jobs ?? []
    if (job?.job_state === undefined) return null
    const wait = job.exit_code ?? 0
    const reason = job.state_reason && job.state_reason !== 'None' ? job.state_reason : null
    const exitCode = (wait & 0x7f) > 0 ? 128 + (wait & 0x7f) : wait >> 8
    return { state: job.job_state, reason, exitCode, host: job.batch_host || null }
  }

  async cancel(id: string): Promise<void> {
    await this.#call('DELETE', `job/${id}`)
  }

  async find(token: string): Promise<string | null> {
    const { jobs } = (await this.#call('GET', 'jobs')) as { jobs?: RestJob[] }
    const found = jobs?.find(({ comment }) => comment === token)
    return found?.job_id === undefined ? null : String(found.job_id)
  }

  /** The answer, with its errors as one text. Rejects with SchedulerUnreachable, also where the token is refused. */
  async #call(method: string, path: string, body?: object): Promise<object> {
    const { url, user } = this.#target
    const headers = {
      'X-SLURM-USER-NAME': user,
      'X-SLURM-USER-TOKEN': this.#token,
      'Content-Type': 'application/json',
    }
    const unreachable = (found: string, next: string): LaunchError =>
      new SchedulerUnreachable({ tried: `${method} ${path} of slurmrestd at ${url}`, found, next }, { url, user })
    const asked = { method, headers, signal: AbortSignal.timeout(30_000), ...(body && { body: JSON.stringify(body) }) }
    const response = await fetch(`${url.replace(/\/+$/, '')}/${api}/${path}`, asked).catch((error: unknown) => {
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error
      throw unreachable(messageOf(cause), 'check its address (--rest-url) and that it runs')
    })
    const text = await response.text()
    try {
      const answer = JSON.parse(text) as { errors?: { error?: string; description?: string }[] }
      const errors = (answer.errors ?? []).map(({ error, description }) => error || description || 'unknown error')
      const refused = errors.find((error) => /authenticat|protocol/i.test(error))
      if (refused !== undefined) throw unreachable(refused, 'get a new token (scontrol token) for this user')
      return { ...answer, errors: errors.join('; ') }
    } catch (error) {
      if (error instanceof LaunchError) throw error
      throw unreachable(
        `${response.status} ${text.trim().slice(0, 200)}`,
        `check that it serves ${api} and knows this token`,
      )
    }
  }
}

/** Our options in the service's words. */
function jobFacts(options: SlurmOptions, token: string | null): object {
  const seconds = secondsOf(options.time)
  const environment = { PATH: process.env.PATH ?? '/usr/bin:/bin', HOME: process.env.HOME ?? '/' }
  const facts = {
    name: options.jobName,
    partition: options.partition,
    reservation: options.reservation,
    account: options.account,
    qos: options.qos,
    dependency: options.dependency,
    constraints: options.constraint,
    tres_per_node: options.gres === undefined ? undefined : `gres:${options.gres}`,
    nodes: options.nodes,
    tasks_per_node: options.ntasksPerNode,
    cpus_per_task: options.cpusPerTask,
    time_limit: seconds === undefined ? undefined : Math.ceil(seconds / 60),
    standard_output: options.output?.replaceAll('%', '%%'),
    current_working_directory: options.chdir ?? '/',
    comment: token ?? undefined,
    environment,
  }
  return Object.fromEntries(Object.entries(facts).filter(([, value]) => value !== undefined && value !== ''))
}
