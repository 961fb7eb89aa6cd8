// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Runs that go wrong on purpose: a config and a class written into a folder, started through the real command line. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { put } from '../support/folder.js'

export interface Scenario {
  /** Body of the class: members that go over G2IncrementalAccumulator. Empty = the built-in class. */
  readonly members?: string
  /** Statements before the class. */
  readonly head?: string
  readonly system?: Readonly<Record<string, unknown>>
  readonly user?: Readonly<Record<string, unknown>>
}

/** Viewer 0, server 1, master 2, two workers 3 and 4. */
const layout = { numServers: 1, numWorkers: 2 }
export const rankOf = { viewer: [0], server: [1], master: [2], worker: [3, 4] } as const
/** Events between two updates. */
export const updateEvery = 50

/** Write config and class of `scenario` into the new folder `root`/`name`; returns the folder. */
export function writeScenario(root: string, name: string, { members, head = '', system, user }: Scenario): string {
  const folder = join(root, name)
  mkdirSync(folder)
  if (members !== undefined) put(folder, 'my.ts', classText(members, head))
  const systemParams = {
    dataset: { format: 'synthetic', shape: [12, 10], events: 600, seed: 3 },
    ...layout,
    times: 40,
    update: updateEvery,
    blockSize: 16,
    delays: [1, 2, 5],
    h5output: 'out.h5',
    h5arrays: 'every',
    userClass: members === undefined ? 'G2IncrementalAccumulator' : './my.ts',
    ...system,
  }
  put(folder, 'config.json', { systemParams, userParams: user ?? {} })
  return folder
}

function classText(members: string, head: string): string {
  const names = 'G2AtEnd, G2Common, G2IncrementalAccumulator, G2IncrementalWindowed'
  return `import { ${names} } from 'parcorana'
${head}
export default class My extends G2IncrementalAccumulator {
${members}
}
`
}

/** Reads the whole result with h5py: every group complete, every dataset to the end, sums that add up. Prints facts as JSON. */
export const readResult = `
names = {'delays', 'delay_counts', 'saturated'}
with h5py.File(sys.argv[1], 'r') as f:
    f.visititems(lambda name, item: item[()] if isinstance(item, h5py.Dataset) else None)
    updates = {name: g for name, g in f['user'].items() if name != 'final'}
    shape = None
    for name, g in updates.items():
        assert names <= set(g), (name, list(g))
        counts, delays = g['delay_counts'][()], g['delays'][()]
        assert counts.shape == delays.shape, (name, counts.shape, delays.shape)
        curves = [k for k in g if k.startswith('delay_curve_color_')]
        assert len(curves) > 0, name
        for key in curves:
            curve, error = g[key][()], g[key.replace('curve_color', 'curve_error_color')][()]
            assert curve.shape == counts.shape == error.shape, (name, key)
            assert np.all(np.isfinite(curve[counts > 0])), (name, key, curve, counts)
            assert np.all(np.isnan(curve[counts == 0])), (name, key, curve, counts)
        for array in ('G2', 'IP', 'IF') if f['system'].attrs['h5arrays'] == 'every' else ():
            assert len(g[array]) == len(delays), (name, array, list(g[array]))
    a = f['system/accounting'] if 'accounting' in f['system'] else {}
    facts = {key: int(a[key][()]) if key in a else 0 for key in ('read', 'correlated', 'late', 'duplicate', 'lost')}
    facts['filtered'] = int(sum(v[()] for v in a['filtered'].values())) if 'filtered' in a else 0
    facts['complete'] = int(a['complete'][()]) if 'complete' in a else -1
    facts['updates'] = len(updates)
    facts['last'] = int(f['user/final'].attrs['update']) if 'final' in f['user'] else -1
    print(json.dumps(facts))
`

export interface ResultFacts {
  readonly read: number
  readonly correlated: number
  readonly late: number
  readonly duplicate: number
  readonly lost: number
  readonly filtered: number
  readonly complete: number
  readonly updates: number
  readonly last: number
}
