// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Fair division of `n` things among `w` workers: the first `n % w` get one more; zero-size parts are legal. */
export function divideAmongWorkers(n: number, w: number): { offsets: number[]; counts: number[] } {
  if (!Number.isInteger(w) || w < 1) throw new RangeError(`${w} workers: at least 1 is needed`)
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`${n} things cannot be divided`)
  const least = Math.floor(n / w)
  const more = n % w
  const counts = Array.from({ length: w }, (_, worker) => least + (worker < more ? 1 : 0))
  const offsets = counts.map((_, worker) => least * worker + Math.min(worker, more))
  return { offsets, counts }
}
