// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Files that take a minute or more begin first, so that no long one is left alone at the end; vitest knows only their sizes on a new machine. */
import { BaseSequencer, type TestSpecification } from 'vitest/node'

const slow = [
  'tests/mpi/failures',
  'tests/journey/',
  'tests/reference/',
  'tests/faults/',
  'tests/badInput/',
  'tests/mpi/',
  'tests/launch/',
  'tests/beam/',
]

export class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files)
    const rank = ({ moduleId }: TestSpecification): number => {
      const place = slow.findIndex((part) => moduleId.includes(`/${part}`))
      return place < 0 ? slow.length : place
    }
    return sorted.sort((a, b) => rank(a) - rank(b))
  }
}
