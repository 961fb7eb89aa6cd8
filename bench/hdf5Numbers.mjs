// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

import { openHdf5 } from '../dist/src/io/hdf5.js'
import { readDataset } from '../dist/src/io/hdf5Read.js'

/** The values of one dataset. */
export async function readNumbers(path, name) {
  const h5 = await openHdf5(path)
  try {
    return readDataset(h5, name).data
  } finally {
    h5.close()
  }
}
