// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every key of `systemParams.timing`. */
import * as z from 'zod'
import type { TimingConfig } from '../types.js'
import { type Field, orNull, positive, text, wholeNumber } from './field.js'

const name = (what: string): Field => ({
  type: orNull(text),
  default: null,
  unit: null,
  description: what,
  allowed: 'the name of one of dataset.vars, or null',
})

export const timingFields: Readonly<Record<keyof TimingConfig, Field>> = {
  pulses: {
    type: orNull(wholeNumber(1)),
    default: null,
    unit: 'pulses',
    description: 'Pulses of a train when none is missing; counter = train * period + pulse; null = there are no trains',
    allowed: 'an integer of 1 or more, or null',
  },
  period: {
    type: orNull(wholeNumber(1)),
    default: null,
    unit: 'ticks',
    description: 'From the first pulse of a train to that of the next, where a tick is the time from pulse to pulse',
    allowed: 'an integer of 1 or more, or null',
  },
  drop: {
    type: orNull(z.union([z.string(), z.array(z.int().min(0))])),
    default: null,
    unit: 'pulses of a train, 0-based, inclusive ranges',
    description: 'Pulses to leave out of every train; null = none',
    allowed: "ranges such as '0-3,351', a list of pulses, or null",
  },
  train: name('Variable that holds the number of the train of every event; null = from counters, which count pulses'),
  pulse: name('Variable that holds the number of the pulse in its train, from 0; null = from counters'),
  timestamps: name('Variable that holds the time of every event, to make counters of; null = counters are given'),
  tick: {
    type: orNull(positive),
    default: null,
    unit: 'that of timestamps',
    description: 'Time of one tick',
    allowed: 'a number above 0, or null',
  },
  tolerance: {
    type: z.number().positive().max(0.5),
    default: 0.1,
    unit: 'ticks',
    description: "An event whose time stamp is farther from a whole tick is left out, counted as filtered by 'timing'",
    allowed: 'a number above 0 and at most 0.5',
  },
}
