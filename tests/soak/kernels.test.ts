// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The reference cases with every kernel forced in turn: no kernel changes a bit. */
import { join } from 'node:path'
import { kernelNames } from '../../src/kernels/load.js'
import { describeMatrix } from '../reference/matrix.js'
import { describeWithShared } from '../support/shared.js'

describeWithShared('ParCorAna reference cases with forced kernels', (shared) => {
  for (const kernel of kernelNames) {
    const options = { workers: [1, 3], blockSizes: [7, 1024], kernel }
    describeMatrix(`kernel ${kernel}`, join(shared, 'reference', 'parcorana'), options)
  }
})
