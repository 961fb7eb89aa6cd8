// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** A stretch of frames that is being filled: photons while few values are not 0, else rows in the narrowest type. */
import {
  type FrameRow,
  type RowDType,
  type RowFacts,
  type RowStretch,
  rowDTypeOf,
  type Stretch,
  stretchFrames,
} from '../../kernels/twoTimeKernels.js'
import { allocate, type TypedArray } from '../../units.js'
import { PhotonList } from './photonList.js'

/** Photons take 4 bytes when they are sorted: above this part of all values rows of bytes are smaller. */
const filledMost = 0.25
const valueMost = 65535
/** Frames for which rows make room at first. */
const roomLeast = 64

export class OpenStretch {
  /** Events per frame. */
  readonly events = new Float64Array(stretchFrames)
  readonly #elements: number
  readonly #dead: Uint8Array
  #photons: PhotonList | null = new PhotonList()
  #dtype: RowDType = 'uint8'
  #values: TypedArray = new Uint8Array(0)
  /** 0 where an element was a hole; null = nowhere. */
  #valid: Uint8Array | null = null
  #largest = 0
  #whole = true
  #frames = 0
  #seen = 0
  #sealed: Stretch | null = null

  /** `dead`[element] = 1: its values do not count; may change until `touch`. */
  constructor(elements: number, dead: Uint8Array) {
    this.#elements = elements
    this.#dead = dead
  }

  get whole(): boolean {
    return this.#whole
  }

  get holes(): boolean {
    return this.#valid !== null
  }

  /** An event of `frame` has come; its values follow. */
  note(frame: number): void {
    if (this.events[frame]++ === 0) this.#seen++
    this.#frames = Math.max(this.#frames, frame + 1)
    this.touch()
  }

  /** Sealed forms are out of date. */
  touch(): void {
    this.#sealed = null
  }

  /** Add the values of an event to its frame; `row` is scratch. */
  addValues(frame: number, row: FrameRow, data: TypedArray, from: number, scratch: Scratch): void {
    if (this.#photons !== null) {
      row.clear()
      row.add(data, from)
      const facts = row.facts()
      if (this.#takesPhotons(this.#photons, facts)) {
        const count = row.giveFilled(scratch.position, scratch.value)
        this.#photons.addFrame(frame, scratch.position, scratch.value, count)
        return
      }
      this.#toRows(this.#photons)
    }
    this.#reserve(frame + 1)
    row.clear()
    if (this.events[frame] > 1) row.addRow(this.#known(frame))
    row.add(data, from)
    this.#store(frame, row)
  }

  addPhoton(frame: number, position: number, value: number): void {
    if (this.#photons !== null) {
      this.#photons.add(frame, position, value)
      if (this.#photons.count > this.#photonsMost()) this.#toRows(this.#photons)
      return
    }
    this.#reserve(frame + 1)
    const at = frame * this.#elements + position
    if (this.#valid !== null && this.#valid[at] === 0) return
    const sum = this.#values[at] + value
    this.#largest = Math.max(this.#largest, Math.abs(sum))
    this.#widen({ largest: this.#largest, negative: false, fraction: false, beyondFloat32: sum > 2 ** 24 })
    this.#values[at] = sum
  }

  /** What the kernels take; valid until the next event or `touch`. */
  sealed(): Stretch {
    this.#sealed ??= this.#seal()
    return this.#sealed
  }

  /** 1 = no hole, as rows. */
  validity(): RowStretch {
    const size = this.#frames * this.#elements
    const values = this.#valid === null ? new Uint8Array(size).fill(1) : this.#valid.slice(0, size)
    zeroDead(values, this.#frames, this.#dead)
    return this.#rowsOf('uint8', values, 1, true)
  }

  #seal(): Stretch {
    if (this.#photons !== null) {
      const sorted = this.#photons.sorted(this.#frames, this.#elements, this.#dead)
      if (sorted !== null) return sorted
      this.#toRows(this.#photons)
    }
    this.#reserve(this.#frames)
    zeroDead(this.#values, this.#frames, this.#dead)
    return this.#rowsOf(this.#dtype, this.#values, this.#largest, this.#whole)
  }

  #rowsOf(dtype: RowDType, values: TypedArray, largest: number, whole: boolean): RowStretch {
    return { kind: 'rows', frames: this.#frames, elements: this.#elements, dtype, values, largest, whole }
  }

  #photonsMost(): number {
    return Math.max(4096, filledMost * this.#elements * this.#seen)
  }

  #takesPhotons(list: PhotonList, { largest, negative, fraction, holes, filled }: RowFacts): boolean {
    if (negative || fraction || holes > 0 || largest > valueMost) return false
    return list.count + filled <= this.#photonsMost() && filled <= 2 * filledMost * this.#elements
  }

  #toRows(list: PhotonList): void {
    this.#photons = null
    for (let k = 0; k < list.count; k++) this.addPhoton(list.frame[k], list.position[k], list.value[k])
  }

  /** Values of a frame so far; a hole stays a hole. */
  #known(frame: number): Float64Array {
    const from = frame * this.#elements
    const values = Float64Array.from(this.#values.subarray(from, from + this.#elements))
    this.#valid?.subarray(from, from + this.#elements).forEach((valid, k) => {
      if (valid === 0) values[k] = Number.NaN
    })
    return values
  }

  #store(frame: number, row: FrameRow): void {
    const facts = row.facts()
    const from = frame * this.#elements
    if (facts.holes > 0) {
      this.#valid ??= new Uint8Array(this.#values.length).fill(1)
      row.takeHoles(this.#valid.subarray(from, from + this.#elements))
    }
    this.#largest = Math.max(this.#largest, facts.largest)
    this.#whole &&= !facts.fraction
    this.#widen(facts)
    row.give(this.#values.subarray(from, from + this.#elements))
  }

  #widen(facts: Parameters<typeof rowDTypeOf>[0]): void {
    const needed = rowDTypeOf(facts, this.#dtype)
    if (needed === this.#dtype) return
    const wide = allocate(needed, this.#values.length)
    wide.set(this.#values)
    this.#dtype = needed
    this.#values = wide
  }

  #reserve(frames: number): void {
    if (frames * this.#elements <= this.#values.length) return
    const room = Math.min(stretchFrames, Math.max(roomLeast, 2 ** Math.ceil(Math.log2(frames))))
    const values = allocate(this.#dtype, room * this.#elements)
    values.set(this.#values)
    this.#values = values
    if (this.#valid === null) return
    const valid = new Uint8Array(room * this.#elements).fill(1)
    valid.set(this.#valid)
    this.#valid = valid
  }
}

/** Room for the photons of one frame. */
export interface Scratch {
  readonly position: Uint32Array
  readonly value: Uint16Array
}

function zeroDead(values: TypedArray, frames: number, dead: Uint8Array): void {
  dead.forEach((gone, e) => {
    if (gone === 0) return
    for (let t = 0; t < frames; t++) values[t * dead.length + e] = 0
  })
}
