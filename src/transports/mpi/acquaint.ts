// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The last words between every two processes: one speaks, the other answers. MPICH 4.0 over UCX and TCP hangs in MPI_Finalize between two hosts
 * most of the time, where it closes connections that were not used for a while or never; after these words it does so far less often.
 */
import type { Mpi } from './library.js'

/** Beside those of outbox.ts. */
const greetingTag = 3
/** Of a greeting; smaller arrays may be moved by the garbage collector. */
const greetingBytes = 256

/** Greet the processes above this one and answer those below it; `rest` between two looks. */
export function acquaint(
  mpi: Pick<Mpi, 'send' | 'receive' | 'test'>,
  { rank, size }: { readonly rank: number; readonly size: number },
  rest: () => void,
): void {
  const words = Array.from({ length: size }, () => [new Uint8Array(greetingBytes), new Uint8Array(greetingBytes)])
  const below = words.slice(0, rank).map(([word], other) => mpi.receive(word, other, greetingTag))
  const above = words.slice(rank + 1).flatMap(([word, answer], i) => {
    const other = rank + 1 + i
    return [mpi.receive(answer, other, greetingTag), mpi.send(word, other, greetingTag)]
  })
  const answers = below.map((request, other) => {
    while (!mpi.test(request)) rest()
    return mpi.send(words[other][1], other, greetingTag)
  })
  for (const request of [...above, ...answers]) while (!mpi.test(request)) rest()
}
