// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The whole reference matrix: every case and class with every pair of workers and block size. */
import { join } from 'node:path'
import { describeMatrix } from '../reference/matrix.js'
import { describeWithShared } from '../support/shared.js'

describeWithShared('all ParCorAna reference cases', (shared) => {
  describeMatrix('whole reference matrix', join(shared, 'reference', 'parcorana'), {
    workers: [1, 2, 3, 5],
    blockSizes: [1, 7, 1024],
  })
})
