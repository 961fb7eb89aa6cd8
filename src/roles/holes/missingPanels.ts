// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Frames of which a whole panel is missing: no used pixel of it has a valid value. A panel is the last two axes of the detector. */
import type { FrameBlock } from '../../formats/format.js'
import { sizeOf } from '../../units.js'

export class MissingPanels {
  /** Used pixels by panel. */
  readonly #panels: readonly Uint32Array[]
  readonly #sentinels: readonly number[]

  constructor(shape: readonly number[], mask: Uint8Array, sentinels: readonly number[]) {
    const size = sizeOf(shape.slice(-2))
    this.#sentinels = sentinels
    this.#panels = Array.from({ length: mask.length / size }, (_, panel) => {
      const pixels = Uint32Array.from({ length: size }, (_, i) => panel * size + i)
      return pixels.filter((pixel) => mask[pixel] === 1)
    }).filter(({ length }) => length > 0)
  }

  /** Whether the frame at `position` of a block misses a panel. Photon events miss none. */
  misses(frames: FrameBlock, position: number, frameSize: number): boolean {
    if (frames.kind === 'events') return false
    const invalid = (pixel: number): boolean => {
      const value = frames.data[position * frameSize + pixel]
      return Number.isNaN(value) || this.#sentinels.includes(value)
    }
    return this.#panels.some((pixels) => pixels.every(invalid))
  }
}
