// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Somebody else's g2: a result of boost_corr or parcorana, one of xpcs-eigen, or plain `.npy` arrays. */
import { InputError, UsageError } from '../../errors.js'
import { openHdf5 } from '../../io/hdf5.js'
import { lookUp, readDataset } from '../../io/hdf5Read.js'
import { readNpy } from '../../io/npy.js'

/** `g2[d * rings + c]` at `delays[d]`; rings in the order of the labels. */
export interface Peer {
  readonly path: string
  readonly delays: readonly number[]
  readonly rings: number
  readonly g2: ArrayLike<number>
  readonly errors: ArrayLike<number> | null
  /** True where numbers are stored in 32 bits. */
  readonly single: boolean
}

export interface PeerFiles {
  readonly g2: string
  readonly delays?: string | undefined
  readonly errors?: string | undefined
}

/** Datasets of g2, delays and errors in the layouts that we know. */
const layouts = [
  ['/xpcs/multitau/normalized_g2', '/xpcs/multitau/delay_list', '/xpcs/multitau/normalized_g2_err'],
  ['/exchange/norm-0-g2', '/exchange/tau', '/exchange/norm-0-stderr'],
] as const

/** Throws InputError or UsageError, one sentence, where the numbers do not fit together. */
export async function readPeer(files: PeerFiles): Promise<Peer> {
  const peer = files.g2.endsWith('.npy') ? readArrays(files) : await readResultFile(files.g2)
  const { path, delays, rings, g2, errors } = peer
  if (delays.length * rings !== g2.length)
    throw new InputError(
      `${path} has ${g2.length} values of g2 for ${delays.length} delays, but must be [delays, rings]`,
      { path },
    )
  if (errors !== null && errors.length !== g2.length)
    throw new InputError(`the errors for ${path} are ${errors.length} values, but its g2 has ${g2.length}`, { path })
  return peer
}

function readArrays({ g2: path, delays, errors }: PeerFiles): Peer {
  if (delays === undefined)
    throw new UsageError(`--peer ${path} is an array without delays; give them with --peer-delays FILE.npy`)
  const { data, shape, dtype } = readNpy(path)
  return {
    path,
    delays: Array.from(readNpy(delays).data),
    rings: shape.length < 2 ? 1 : (shape[1] as number),
    g2: data,
    errors: errors === undefined ? null : readNpy(errors).data,
    single: dtype === 'float32',
  }
}

async function readResultFile(path: string): Promise<Peer> {
  const h5 = await openHdf5(path)
  try {
    const layout = layouts.find(([g2]) => lookUp(h5, g2) !== null)
    if (layout === undefined) {
      const names = layouts.map(([g2]) => g2).join(' nor ')
      throw new InputError(
        `${path} holds neither ${names}; give --peer a result of one of these layouts, or .npy arrays`,
        { path },
      )
    }
    const [g2, tau, error] = layout
    const { data, shape, dtype } = readDataset(h5, g2)
    const errors = lookUp(h5, error) === null ? null : readDataset(h5, error).data
    const delays = Array.from(readDataset(h5, tau).data, Number)
    return { path, delays, rings: shape.at(-1) as number, g2: data, errors, single: dtype === 'float32' }
  } finally {
    h5.close()
  }
}
