// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every reference case and class: with 1 to 5 workers and three block sizes, through the command line, and by the ways to test a configuration. */
import { join } from 'node:path'
import { describeCases, describeTests, everyClass, oneClassEach } from '../journey/caseTurns.js'
import { describeMatrix } from '../reference/matrix.js'
import { describeWithShared } from '../support/shared.js'

describeCases(everyClass)
describeTests(oneClassEach)

describeWithShared('ParCorAna reference cases', (shared) => {
  const options = { workers: [1, 2, 3, 5], blockSizes: [1, 7, 1024] }
  describeMatrix('whole reference matrix', join(shared, 'reference', 'parcorana'), options)
})
