// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `/xpcs/multitau/unnormalized_G2`: per-element means as the APS tools want them, read back from the last update. */
import { setImmediate as turn } from 'node:timers/promises'
import type { RunFacts } from '../roles/publisher.js'
import type { ResultFile } from './hdf5File.js'
import { pictureShape } from './ringMap.js'

/** Along axis 1. The APS layout calls the LATER frames "IP" and the EARLIER ones "IF": the reverse of our names. */
const apsOrder = ['G2', 'IF', 'IP'] as const

/** `G2/delay_000012`: 12 is the delay in ticks. */
export function delayName(delay: number): string {
  return `delay_${String(delay).padStart(6, '0')}`
}

/** Does nothing where the update holds no per-element arrays (`h5arrays: 'none'`, a class with other arrays). */
export async function writeUnnormalized(file: ResultFile, facts: RunFacts, update: string | undefined): Promise<void> {
  const { delays } = facts.analyses[0]!
  const present = [...delays].every((delay) =>
    apsOrder.every((name) => file.has(`${update}/${name}/${delayName(delay)}`)),
  )
  if (update === undefined || !present) return
  const [rows, columns] = pictureShape(facts.detectorShape)
  const append = file.growing('/xpcs/multitau/unnormalized_G2', [3, rows, columns], {
    order: ['G2', 'IP: mean of the LATER frames', 'IF: mean of the EARLIER frames'],
    note: 'axis 1 in the order of the APS layout; /user calls the earlier frames IP and the later ones IF',
    units: 'counts',
  })
  const size = rows * columns
  const row = new Float32Array(3 * size)
  for (const delay of delays) {
    apsOrder.forEach((name, i) => {
      row.set(file.values(`${update}/${name}/${delayName(delay)}`), i * size)
    })
    append(row)
    await turn()
  }
}
