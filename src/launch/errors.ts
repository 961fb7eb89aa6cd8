// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What goes wrong between here and a job. `code` is stable and also in `details`, as are `tried` (what was done) and `next`
 * (what to do now); the message says both in one sentence.
 */
import { ParcoranaError } from '../errors.js'

export type LaunchErrorCode =
  | 'NoBeamtime'
  | 'MultipleMetadata'
  | 'KeyMissing'
  | 'HostUnreachable'
  | 'ReservationInvalid'
  | 'QueuedTooLong'
  | 'ScriptNotExecutable'
  | 'SubmissionRefused'
  | 'SchedulerUnreachable'
  | 'JobUnknown'

/** Base of the errors of this room: exit code 4 for what is missing here, 1 for what others refuse. */
export class LaunchError extends ParcoranaError {
  readonly code: LaunchErrorCode
  readonly tried: string
  readonly next: string

  constructor(
    code: LaunchErrorCode,
    { tried, found, next }: { tried: string; found: string; next: string },
    details: Record<string, unknown> = {},
  ) {
    const tag = missingHere.has(code) ? 'input' : 'run'
    super(tag, `${tried}: ${found}; ${next}`, { code, tried, next, ...details })
    this.name = code
    this.code = code
    this.tried = tried
    this.next = next
  }
}

const missingHere: ReadonlySet<LaunchErrorCode> = new Set([
  'NoBeamtime',
  'MultipleMetadata',
  'KeyMissing',
  'ScriptNotExecutable',
  'JobUnknown',
])

type Said = ConstructorParameters<typeof LaunchError>[1]
type Details = Record<string, unknown>

/** The class of errors with one `code`. */
function coded(code: LaunchErrorCode): new (said: Said, details?: Details) => LaunchError {
  return class extends LaunchError {
    constructor(said: Said, details?: Details) {
      super(code, said, details)
    }
  }
}

/** No beamtime or commissioning run is open: the folder holds no metadata file, or one that says nothing of use. */
export class NoBeamtime extends coded('NoBeamtime') {}

/** More than one metadata file: which beamtime is meant is not for us to guess. */
export class MultipleMetadata extends coded('MultipleMetadata') {}

/** The ssh key or a token that the metadata names is not there, or others can read it. */
export class KeyMissing extends coded('KeyMissing') {}

/** ssh did not get in; `details.reason` is 'network', 'key refused' or 'host key'. */
export class HostUnreachable extends coded('HostUnreachable') {}

/** Slurm does not know the reservation, or it is over, or not ours. */
export class ReservationInvalid extends coded('ReservationInvalid') {}

/** A job was still pending after the time that its caller allows; it has been cancelled. */
export class QueuedTooLong extends coded('QueuedTooLong') {}

/** The script to run does not exist where it would run, or may not be executed. */
export class ScriptNotExecutable extends coded('ScriptNotExecutable') {}

/** The scheduler refused a job for another reason than its reservation. */
export class SubmissionRefused extends coded('SubmissionRefused') {}

/** No scheduler here, or its controller does not answer. */
export class SchedulerUnreachable extends coded('SchedulerUnreachable') {}

/** Neither our records nor the scheduler know this job. */
export class JobUnknown extends coded('JobUnknown') {}
