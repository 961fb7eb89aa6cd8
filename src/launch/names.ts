// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the public entry offers about jobs. */
export { Job, type JobResult } from './job.js'
export { type JobRecord, JobStore } from './records.js'
export type { JobEvent, FollowOptions } from './follow.js'
export type { JobStatus } from './state.js'
export { Trigger, type TriggerOptions, type TriggerPlan, type TriggerRequest } from './trigger.js'
export { TriggerMethod } from './methods.js'
export type { Beamtime, OnlineResources } from './beamtime.js'
export type { MappedArgument, PathRule } from './pathMap.js'
export * from './errors.js'
