// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Collects photon events, sorted by pixel, then by event, from frames that come tile by tile. */
import type { EventFrames } from '../format.js'

export class EventCollector {
  private event = new Uint16Array(1024)
  private pixel = new Uint32Array(1024)
  private value = new Uint16Array(1024)
  private length = 0

  /** Add the values > 0 of a tile: `tile[e * count + i]` belongs to pixel `first + i`. Tiles come in ascending order. */
  add(tile: Uint8Array | Uint16Array, events: number, first: number, count: number): void {
    const next = placesByPixel(tile, events, count, this.length)
    this.reserve(next[count] as number)
    this.length = next[count] as number
    for (let e = 0, at = 0; e < events; e++) {
      for (let i = 0; i < count; i++, at++) {
        const value = tile[at] as number
        if (value === 0) continue
        const place = next[i] as number
        next[i] = place + 1
        this.event[place] = e
        this.pixel[place] = first + i
        this.value[place] = value
      }
    }
  }

  /** Begin anew. */
  clear(): void {
    this.length = 0
  }

  /** Everything collected; valid until the next `add`. */
  frames(events: number): EventFrames {
    const end = this.length
    return {
      kind: 'events',
      events,
      dtype: 'uint16',
      event: this.event.subarray(0, end),
      pixel: this.pixel.subarray(0, end),
      value: this.value.subarray(0, end),
    }
  }

  private reserve(length: number): void {
    if (length <= this.event.length) return
    const size = Math.max(length, 2 * this.event.length)
    this.event = grown(this.event, new Uint16Array(size))
    this.pixel = grown(this.pixel, new Uint32Array(size))
    this.value = grown(this.value, new Uint16Array(size))
  }
}

function grown<T extends Uint16Array | Uint32Array>(old: T, larger: T): T {
  larger.set(old)
  return larger
}

/** Where the first event of each pixel goes; the last entry is where the next tile begins. */
function placesByPixel(tile: Uint8Array | Uint16Array, events: number, count: number, begin: number): Uint32Array {
  const places = new Uint32Array(count + 1)
  for (let e = 0, at = 0; e < events; e++) {
    for (let i = 0; i < count; i++, at++) if (tile[at] !== 0) places[i + 1] = (places[i + 1] as number) + 1
  }
  places[0] = begin
  for (let i = 0; i < count; i++) places[i + 1] = (places[i + 1] as number) + (places[i] as number)
  return places
}
