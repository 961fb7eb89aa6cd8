// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Keys of `systemParams` about the data: where they are, which events and elements take part, what is known about them. */
import * as z from 'zod'
import type { SystemParams } from '../types.js'
import { type Field, orNull, text, wholeNumber } from './field.js'

const filter = z.strictObject({
  var: z.string().min(1),
  min: z.union([z.number(), z.null()]).optional(),
  max: z.union([z.number(), z.null()]).optional(),
})

export const source: Pick<Record<keyof SystemParams, Field>, SourceKey> = {
  dataset: {
    type: z.union([text, z.looseObject({})]),
    default: undefined,
    unit: null,
    description:
      "The detector data: { format, path, counters, streams, vars } or a string such as 'npy:input.npy?counters=times.npy'",
    allowed: "an object with 'format' and 'path', or a string such as 'npy:input.npy'",
    text: 'text',
  },
  filters: {
    type: z.array(filter),
    default: [],
    unit: null,
    description: 'Events pass only when min <= variable <= max for every entry; each filter is counted by its own name',
    allowed: "a list of { var: 'name', min, max }",
  },
  badEvents: {
    type: orNull(z.union([z.string(), z.array(z.int().min(0))])),
    default: null,
    unit: 'positions in the file, 0-based, inclusive ranges',
    description: 'Events to leave out; null = none',
    allowed: "ranges such as '0-9,1200', a list of positions, or null",
    text: 'text',
  },
  maskNdarrayCoords: {
    type: orNull(text),
    default: null,
    unit: null,
    description: 'File (.npy) of 0 and 1 in the detector shape: 1 = the element is correlated; null = all elements',
    allowed: 'a path or null',
    text: 'text',
    path: true,
  },
  testMaskNdarrayCoords: {
    type: orNull(text),
    default: null,
    unit: null,
    description: 'Mask for --test-main and --test-alt (10 to 100 elements keep them quick); null = maskNdarrayCoords',
    allowed: 'a path or null',
    text: 'text',
    path: true,
  },
  calibration: {
    type: z.looseObject({}),
    default: {},
    unit: null,
    description:
      'What servers do with whole frames before masking, in the order of these keys; nothing given = nothing done',
    allowed: 'an object',
  },
  quality: {
    type: z.looseObject({}),
    default: {},
    unit: null,
    description: 'Checks of every result: limits, and what they need to know',
    allowed: 'an object',
  },
  timing: {
    type: z.looseObject({}),
    default: {},
    unit: null,
    description:
      'When events were taken, where counters do not say it yet: trains of pulses, or time stamps; nothing given = counters as they are',
    allowed: 'an object',
  },
  holes: {
    type: z.looseObject({}),
    default: {},
    unit: null,
    description: 'Which values are none, and what becomes of missing panels',
    allowed: 'an object',
  },
  numEvents: {
    type: orNull(wholeNumber(0)),
    default: 0,
    unit: 'events read, before filters',
    description: 'Use the first N events in order; 0 = all',
    allowed: 'an integer of 0 or more',
    text: 'number',
  },
  begin: {
    type: wholeNumber(0),
    default: 0,
    unit: 'position in the file, 0-based',
    description: 'First frame that is used',
    allowed: 'an integer of 0 or more',
    text: 'number',
  },
  end: {
    type: orNull(wholeNumber(-1)),
    default: -1,
    unit: 'position in the file, 0-based',
    description: 'The frame before which to stop: frames begin to end - 1 are used; -1 = to the last',
    allowed: 'an integer above begin, or -1 for all frames',
    text: 'number',
  },
  stride: {
    type: wholeNumber(1),
    default: 1,
    unit: 'frames',
    description: 'Every so many-th frame is used, counted in ticks from begin; delays count in stride * average ticks',
    allowed: 'an integer of 1 or more',
    text: 'number',
  },
  average: {
    type: z.int().min(1).max(65_535),
    default: 1,
    unit: 'used frames',
    description:
      'So many used frames in a row are summed into one event; an event with a missing frame is left out, as a hole',
    allowed: 'an integer from 1 to 65535',
    text: 'number',
  },
  testNumEvents: {
    type: orNull(wholeNumber(0)),
    default: 100,
    unit: 'events read, before filters',
    description: 'The same as numEvents for --test-main and --test-alt; 0 = all',
    allowed: 'an integer of 0 or more',
    text: 'number',
    stored: 'run',
  },
  experiment: {
    type: z.looseObject({}),
    default: {},
    unit: null,
    description:
      'What is known about the experiment; null = taken from the metadata file or the raw file where they say it',
    allowed: 'an object',
  },
  metadataFile: {
    type: orNull(text),
    default: null,
    unit: null,
    description: 'JSON file with experiment values, used where this configuration says nothing',
    allowed: 'a path or null',
    text: 'text',
    path: true,
  },
}
type SourceKey =
  | 'dataset'
  | 'filters'
  | 'badEvents'
  | 'maskNdarrayCoords'
  | 'testMaskNdarrayCoords'
  | 'calibration'
  | 'quality'
  | 'timing'
  | 'holes'
  | 'numEvents'
  | 'begin'
  | 'end'
  | 'stride'
  | 'average'
  | 'testNumEvents'
  | 'experiment'
  | 'metadataFile'
