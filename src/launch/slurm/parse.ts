// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What Slurm's programs print, as facts. */
import { type JobStatus, joinedExitCode } from '../state.js'

/** One job of `scontrol show job ID -o`; null when the text holds none. Only fields whose values hold no spaces are looked at. */
export function jobOfScontrol(text: string): JobStatus | null {
  const line = text.split('\n').find((each) => each.startsWith('JobId='))
  if (line === undefined) return null
  const field = (name: string): string | null => meant(new RegExp(`\\s${name}=(\\S+)`).exec(line)?.[1])
  const state = field('JobState')
  if (state === null) return null
  // A reason may hold spaces ('ReqNodeNotAvail, UnavailableNodes:n1'); what follows it is always Dependency.
  const reason = meant(/\sReason=(.*?)\s+Dependency=/.exec(line)?.[1])
  const code = joinedExitCode(field('ExitCode') ?? undefined)
  return { state, reason, exitCode: isUnderWay(state) ? null : code, host: field('BatchHost') ?? field('NodeList') }
}

/** `squeue -h -o %T|%r|%N`. */
export function jobOfSqueue(text: string): JobStatus | null {
  const [state, reason, host] = text.trim().split('\n')[0]?.split('|') ?? []
  if (!state) return null
  return { state, reason: meant(reason), exitCode: null, host: meant(host) }
}

/** `sacct -n -P -X -o State,ExitCode,NodeList`: the last of several runs of a job counts. */
export function jobOfSacct(text: string): JobStatus | null {
  const line = text.trim().split('\n').at(-1) ?? ''
  const [state, exitCode, host] = line.split('|')
  if (!state) return null
  // 'CANCELLED by 1000'
  const [word = ''] = state.split(' ')
  const code = isUnderWay(word) ? null : joinedExitCode(exitCode)
  return { state: word, reason: null, exitCode: code, host: meant(host) }
}

/** `Name=value` pairs, one record per line, of `scontrol show partition|reservation|node -o`. */
export function recordsOf(text: string): Record<string, string>[] {
  const lines = text.split('\n').filter((line) => line.includes('='))
  return lines.map((line) =>
    Object.fromEntries([...line.matchAll(/(\S+?)=(\S*)/g)].map(([, key, value]) => [key, value])),
  )
}

function meant(value: string | undefined): string | null {
  return value === undefined || value === '' || /^(\(null\)|None|None assigned|N\/A|Unknown)$/.test(value)
    ? null
    : value
}

function isUnderWay(state: string): boolean {
  return ['PENDING', 'RUNNING', 'CONFIGURING', 'COMPLETING', 'SUSPENDED'].includes(state)
}
