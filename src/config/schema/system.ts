// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every key of `systemParams`. */
import * as z from 'zod'
import type { SystemParams } from '../types.js'
import { makeDelayList } from '../helpers/delayList.js'
import { either, type Field, oneOf, orNull, text, wholeNumber } from './field.js'
import { source } from './source.js'

const stores = ['auto', 'bit', 'uint8', 'uint16', 'int16', 'float32', 'float64'] as const
const verbosities = ['DEBUG', 'INFO', 'WARNING', 'ERROR'] as const

const correlation: Pick<Record<keyof SystemParams, Field>, CorrelationKey> = {
  times: {
    type: wholeNumber(1),
    default: 50_000,
    unit: 'events',
    description: 'Events kept in the rolling buffer; the largest reachable delay is times - 1 for events without gaps',
    allowed: 'an integer of 1 or more',
    text: 'number',
  },
  update: {
    type: wholeNumber(0),
    default: 0,
    unit: 'events delivered to workers',
    description: 'A result is published after every so many events; 0 = only at the end',
    allowed: 'an integer of 0 or more',
    text: 'number',
  },
  delays: {
    type: z.array(z.int().min(1)),
    default: makeDelayList({ start: 1, stop: 25_000, num: 100, spacing: 'log', logbase: Math.E }),
    unit: 'ticks',
    description: 'Delays between the earlier and the later event of a pair; not needed by MultiTau and TwoTime',
    allowed: 'a list of different integers of 1 or more in ascending order',
  },
  userClass: {
    type: z.any(),
    default: 'G2IncrementalAccumulator',
    unit: null,
    description: "The class that correlates: a class, the name of a built-in class, or a path such as './myG2.ts'",
    allowed: 'a class that extends G2Common, the name of a built-in class, or a path',
    text: 'text',
  },
  workerStoreDtype: {
    type: oneOf(...stores),
    default: 'auto',
    unit: null,
    description:
      "Type of the workers' buffer; 'auto' = the narrowest that holds the values seen, widened without loss; 'bit' = an eighth of uint8 for photon counts with few above 1, else uint8",
    allowed: either(...stores),
    text: 'text',
    stored: 'run',
  },
}
type CorrelationKey = 'times' | 'update' | 'delays' | 'userClass' | 'workerStoreDtype'

const ranks: Pick<Record<keyof SystemParams, Field>, RankKey> = {
  numServers: {
    type: wholeNumber(1),
    default: 1,
    unit: 'ranks',
    description: 'Ranks that read the data',
    allowed: 'an integer of 1 or more',
    text: 'number',
    stored: 'run',
  },
  numWorkers: {
    type: z.union([z.literal('auto'), wholeNumber(1)]),
    default: 'auto',
    unit: 'ranks',
    description: "Ranks that correlate; 'auto' = one per core, or all other ranks of an MPI job",
    allowed: "'auto' or an integer of 1 or more",
    text: 'number',
    stored: 'run',
  },
  serverHosts: {
    type: orNull(z.array(text)),
    default: null,
    unit: null,
    description: 'Hosts that may run servers; null = any',
    allowed: 'a list of different host names or null',
    text: 'list',
    stored: 'run',
  },
  serversRoundRobin: {
    type: z.boolean(),
    default: true,
    unit: null,
    description: 'With `streams`: take events of the servers in turn; false = the earliest counter first',
    allowed: 'true or false',
    text: 'boolean',
  },
  transport: {
    type: oneOf('auto', 'threads', 'mpi'),
    default: 'auto',
    unit: null,
    description: "How ranks talk; 'auto' = mpi inside an MPI job of more than one rank, else threads",
    allowed: either('auto', 'threads', 'mpi'),
    text: 'text',
    stored: 'run',
  },
  blockSize: {
    type: z.union([z.literal('auto'), z.int().min(1).max(1024)]),
    default: 'auto',
    unit: 'events',
    description: "Events that a server moves at once; 'auto' = about 32 MiB; the result does not depend on it",
    allowed: "'auto' or an integer from 1 to 1024",
    text: 'number',
    stored: 'run',
  },
  verbosity: {
    type: oneOf(...verbosities),
    default: 'INFO',
    unit: null,
    description: 'Least serious log lines that are shown',
    allowed: either(...verbosities),
    text: 'text',
    stored: 'run',
  },
}
type RankKey =
  | 'numServers'
  | 'numWorkers'
  | 'serverHosts'
  | 'serversRoundRobin'
  | 'transport'
  | 'blockSize'
  | 'verbosity'

const output: Pick<Record<keyof SystemParams, Field>, OutputKey> = {
  h5output: {
    type: orNull(text),
    default: 'g2_%C.h5',
    unit: null,
    description:
      'Result file; %T = yyyymmddhhmmss, %C = next free number 000.., %J = id of the batch job; null = no file',
    allowed: 'a path or null',
    text: 'text',
    path: true,
    stored: 'run',
  },
  testH5output: {
    type: orNull(text),
    default: 'g2_test.h5',
    unit: null,
    description: 'Result file of --test-alt; null = no file',
    allowed: 'a path or null',
    text: 'text',
    path: true,
    stored: 'run',
  },
  h5arrays: {
    type: oneOf('final', 'every', 'none'),
    default: 'final',
    unit: null,
    description: 'When G2, IP and IF of every element are written; above 1 GB this key must be given',
    allowed: either('final', 'every', 'none'),
    text: 'text',
  },
  h5views: {
    type: z.array(oneOf('apsG2')),
    default: [],
    unit: null,
    description: "Further views in the result file; 'apsG2' = the large unnormalized_G2 of the APS layout",
    allowed: "a list that may hold 'apsG2'",
    text: 'list',
  },
  overwrite: {
    type: z.boolean(),
    default: false,
    unit: null,
    description: 'Replace a result file that exists',
    allowed: 'true or false',
    text: 'boolean',
    stored: 'run',
  },
}
type OutputKey = 'h5output' | 'testH5output' | 'h5arrays' | 'h5views' | 'overwrite'

export const systemFields: Readonly<Record<keyof SystemParams, Field>> = {
  ...source,
  ...correlation,
  ...ranks,
  ...output,
}
