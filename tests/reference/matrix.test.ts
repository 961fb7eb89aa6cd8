// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The reference matrix: every case and class, 1 to 5 workers, single events to whole files per block; the soak has all pairs of these. */
import { join } from 'node:path'
import { describeWithShared } from '../support/shared.js'
import { describeMatrix } from './matrix.js'

describeWithShared('ParCorAna reference cases', (shared) => {
  describeMatrix('reference matrix', join(shared, 'reference', 'parcorana'), {
    workers: [1, 2, 3, 5],
    blockSizes: [1, 7, 1024],
    half: true,
  })
})
