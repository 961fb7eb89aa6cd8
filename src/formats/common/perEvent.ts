// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a dataset says per event beside the frames: `counters`, `streams` and `vars`, from files with one value per event. */
import { ConfigError, InputError } from '../../errors.js'
import { readNpy } from '../../io/npy.js'
import { shapeText } from '../../units.js'
import type { DatasetSpec, FrameSource } from '../format.js'
import { textOption } from './options.js'

export type PerEvent = Pick<FrameSource, 'counters' | 'streams' | 'vars'>

/** The keys that `loadPerEvent` and `invalidValues` read. */
export const perEventKeys = ['counters', 'streams', 'vars', 'sentinel', 'saturation'] as const

type Values = { readonly shape: readonly number[]; readonly data: ArrayLike<number> }

/** Reads the array that a key names; `readNpy` for formats that have no other place. */
export type ReadArray = (name: string) => Values

/** `events` = number of frames. Throws InputError for another length and for counters or streams that are not integers. */
export function loadPerEvent(dataset: DatasetSpec, events: number, read: ReadArray = readNpy): PerEvent {
  const values = (key: string, name: string | null) =>
    name === null ? null : onePerEvent(key, name, events, read(name))
  const counters = values('counters', textOption(dataset, 'counters'))
  const streams = values('streams', textOption(dataset, 'streams'))
  const vars: Record<string, Float64Array> = {}
  for (const [name, file] of Object.entries(namesOf(dataset)))
    vars[name] = onePerEvent(`vars.${name}`, file, events, read(file))
  return {
    counters: counters === null ? null : integers('counters', dataset, counters, Number.MAX_SAFE_INTEGER),
    streams: streams === null ? null : Int32Array.from(integers('streams', dataset, streams, 2_147_483_647)),
    vars,
  }
}

function namesOf(dataset: DatasetSpec): Record<string, string> {
  const vars = dataset.vars ?? {}
  if (typeof vars === 'object' && Object.values(vars).every((name) => typeof name === 'string'))
    return vars as Record<string, string>
  throw new ConfigError(
    `dataset.vars is ${JSON.stringify(vars)}, but must be { name: file } with one value per event in each file`,
    { key: 'dataset.vars' },
  )
}

function onePerEvent(key: string, name: string, events: number, values: Values): Float64Array {
  if (values.shape.length !== 1) {
    throw new InputError(
      `${key} ${name} has shape ${shapeText(values.shape)}: one value per event is needed, a single axis of ${events}`,
      { key, name },
    )
  }
  if (values.data.length !== events) {
    throw new InputError(
      `${key} ${name} has ${values.data.length} values for ${events} events: one value per event is needed`,
      {
        key,
        name,
        values: values.data.length,
        events,
      },
    )
  }
  return Float64Array.from(values.data)
}

function integers(key: string, dataset: DatasetSpec, values: Float64Array, largest: number): Float64Array {
  const wrong = values.findIndex((value) => !Number.isInteger(value) || Math.abs(value) > largest)
  if (wrong < 0) return values
  throw new InputError(
    `${key} ${String(dataset[key])} holds ${values[wrong]} at event ${wrong}: ${key} are integers${largest < 2 ** 53 - 1 ? ' of 32 bits' : ''}`,
    {
      key,
      event: wrong,
      value: values[wrong],
    },
  )
}
