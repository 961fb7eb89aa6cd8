// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** psana dataset strings of LCLS ('exp=xcs84213:run=117:stream=0-5'): what they say, for messages and conversions. */
import { ConfigError } from '../../errors.js'
import { rangesToList } from './ranges.js'

/** Flags are booleans, run and stream ascending lists, everything else text. */
export interface PsanaDataset {
  readonly exp?: string
  readonly run?: readonly number[]
  readonly stream?: readonly number[]
  readonly instr: string
  readonly shmem: string | false
  readonly h5: boolean
  readonly live: boolean
  readonly idx: boolean
  /** Absent when `h5` is given. */
  readonly xtc?: boolean
  readonly [key: string]: string | boolean | readonly number[] | undefined
}

const instruments = ['AMO', 'CXI', 'DIA', 'MEC', 'MOB', 'SXR', 'USR', 'XCS', 'XPP']

/** Throws ConfigError when neither `exp` nor `shmem` is given or the instrument is none of LCLS. */
export function parseDataSetString(text: string): PsanaDataset {
  const parts: Record<string, string | boolean | readonly number[]> = {}
  for (const part of text.split(':')) addPart(parts, part)
  for (const flag of ['shmem', 'h5', 'live', 'idx']) parts[flag] ??= false
  if (parts.h5 === false) parts.xtc ??= true
  parts.instr ??= instrumentOf(parts, text)
  return parts as unknown as PsanaDataset
}

function addPart(parts: Record<string, string | boolean | readonly number[]>, part: string): void {
  const equals = part.indexOf('=')
  const name = equals < 0 ? part : part.slice(0, equals)
  const value = equals < 0 ? null : part.slice(equals + 1)
  if (value === null) parts[name] = true
  else if (name === 'run' || name === 'stream') parts[name] = rangesToList(value)
  else if (name === 'exp' && value.includes('/')) {
    const [instrument = '', experiment = ''] = value.split('/')
    parts.instr = knownInstrument(instrument)
    parts.exp = experiment
  } else parts[name] = value
}

function instrumentOf({ exp, shmem }: Readonly<Record<string, unknown>>, text: string): string {
  const name = typeof exp === 'string' ? exp : shmem
  if (typeof name === 'string') return knownInstrument(name.slice(0, 3))
  throw new ConfigError(`dataset string '${text}' has neither exp= nor shmem=`, { text })
}

function knownInstrument(name: string): string {
  const upper = name.toUpperCase()
  if (instruments.includes(upper)) return upper
  throw new ConfigError(`instrument '${name}' is none of ${instruments.join(', ')}`, { name })
}

/** `text` with `stream=` set to `streams`: the existing part replaced, or a new one appended. */
export function changeDatasetStreams(text: string, streams: readonly number[]): string {
  const part = `stream=${streams.join(',')}`
  const parts = text.split(':')
  const at = parts.findIndex((existing) => existing.startsWith('stream='))
  return at < 0 ? `${text}:${part}` : parts.with(at, part).join(':')
}
