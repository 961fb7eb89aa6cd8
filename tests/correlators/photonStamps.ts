// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Clock ticks of all photons of a Becker & Hickl list of 32-bit words, ascending. */
export function photonStamps(file: Buffer): number[] {
  const stamps: number[] = []
  let overflows = 0
  for (let at = 4; at + 4 <= file.length; at += 4) {
    const word = file.readUInt32LE(at)
    const mark = word >>> 28
    if ((mark & 12) === 12) overflows += word & 0x0fffffff
    else if ((mark & 12) === 4) overflows++
    if (mark < 8) stamps.push(4096 * overflows + (word & 4095))
  }
  return stamps
}
