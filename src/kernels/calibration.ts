// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Calibration of blocks of frames in WebAssembly: the same as the steps of `calibrationReference.ts`, bit for bit. Frames go tile
 * by tile through a small stage, all frames of a block per tile, so that a tile's maps stay in the cache:
 *
 *     memory  | unused, scratch | pedestal | gain | background | common modes | their sums | counts | stage | results of a block |
 */
import { bytesOf, type DType, type TypedArray, viewOf } from '../units.js'
import { fewestValues, isOff, type CommonModeRule, type Lines, type Photonize } from './calibrationReference.js'
import { CalibrationMemory, modesBehind, type ModeViews, type Places } from './calibrationMemory.js'
import { kernelModule } from './kernelModule.js'
import './webassembly.js'

/** Pixels of a tile, at most; a row of columns may be longer. A multiple of 8. */
export const tilePixels = 8192

export interface CalibrationOptions {
  readonly frameSize: number
  /** Raw units; NaN = the pixel takes no part in the common mode and has no result. */
  readonly pedestal: Float32Array
  /** Raw units; null = 0. */
  readonly background: Float32Array | null
  /** Multiplies what is left. */
  readonly gain: Float32Array
  readonly commonMode: CommonModeRule | null
  /** Multiplies last: 1 / ADU per photon. */
  readonly scale: number
  readonly photonize: Photonize
  /** In the units of the result; -Infinity = off. */
  readonly lld: number
}

export interface CalibratedBlock {
  /** [events x frameSize]; valid until the next call. */
  readonly data: TypedArray
  /** Results that the lld changed; pixel-events that are NaN. */
  readonly changed: number
  readonly holes: number
  /** Largest result; of integers that do not fit any, just a number above 65,535. */
  readonly largest: number
  /** Lines without enough values for a common mode. */
  readonly leftAlone: number
}

/** Form of the result in `assembly/calibrate.ts`. */
export type ResultType = 'uint8' | 'uint16' | 'float32'
const forms: Readonly<Record<Photonize, Partial<Record<ResultType, number>>>> = {
  none: { float32: 0 },
  round: { uint8: 1, uint16: 2, float32: 3 },
  threshold: { uint8: 4, uint16: 5, float32: 6 },
}
const types: readonly DType[] = ['uint8', 'uint16', 'int16', 'float32']

interface Tile {
  readonly first: number
  /** Values per line, and lines. */
  readonly length: number
  readonly lines: number
  /** Common mode of the first line or column. */
  readonly mode: number
}

type Call = (...args: number[]) => void

const always = (): boolean => true

export class CalibrationKernel {
  readonly #options: CalibrationOptions
  readonly #memory: CalibrationMemory
  readonly #tiles: readonly Tile[]
  readonly #excluded: number
  readonly #limit: number
  readonly #run: Readonly<Record<'configure' | 'sumLines' | 'sumColumns' | 'apply' | 'takeStatistics', Call>>

  constructor(options: CalibrationOptions) {
    const { frameSize, commonMode, scale, lld } = options
    this.#options = options
    this.#excluded = options.pedestal.reduce((sum, value) => sum + (Number.isNaN(value) ? 1 : 0), 0)
    this.#tiles = tilesOf(frameSize, commonMode?.lines ?? null)
    const stage = this.#tiles.reduce((most, { length, lines }) => Math.max(most, length * lines), 0)
    this.#memory = new CalibrationMemory({ frameSize, modes: commonMode?.lines.count ?? 0, stage })
    this.#memory.putMaps(options.pedestal, options.gain, options.background)
    const { memory } = this.#memory
    this.#run = new WebAssembly.Instance(kernelModule('calibrate.wasm'), { env: { memory } }).exports as never
    this.#limit = commonMode?.limit ?? 0
    this.#run.configure(this.#limit, scale, lld)
  }

  /** Calibrate `events` frames that lie one after the other in `data`, to `type`: integers only for photons, which saturate there. */
  run(data: TypedArray, dtype: DType, events: number, type: ResultType): CalibratedBlock {
    const { frameSize, photonize, commonMode } = this.#options
    const form = forms[photonize][type]
    if (form === undefined) throw new RangeError(`${photonize} gives no ${type}`)
    const staged = types.includes(dtype) ? dtype : 'float32'
    const places = this.#memory.room(events, frameSize * events * bytesOf(type))
    const code = types.indexOf(staged)
    const lines = commonMode?.lines ?? null
    const views = this.#memory.modeViews(events)
    const atOnce = lines !== null && holdsWholeLines(lines)
    let leftAlone = lines === null || atOnce ? 0 : this.#findModes(places, data, staged, events, views)
    this.#forEachTile(places, data, staged, events, always, (tile, e) => {
      if (atOnce) leftAlone += this.#findModesOfTile(places, tile, e, code, views)
      this.#apply(places, tile, code, form, e, (e * frameSize + tile.first) * bytesOf(type))
    })
    const { buffer } = this.#memory.memory
    this.#run.takeStatistics(places.scratch)
    const [changed, found] = new Int32Array(buffer, places.scratch, 2)
    const holes = staged === 'float32' ? found : events * this.#excluded
    const [largest] = new Float32Array(buffer, places.scratch + 8, 1)
    const results = viewOf(type, buffer, places.results, events * frameSize)
    return { data: results, changed, holes, largest, leftAlone }
  }

  /** Stage the wanted tiles of every frame and hand them on. */
  #forEachTile(
    places: Places,
    data: TypedArray,
    staged: DType,
    events: number,
    wanted: (tile: Tile, event: number) => boolean,
    use: (tile: Tile, event: number) => void,
  ): void {
    const { frameSize } = this.#options
    const stage = viewOf(staged, this.#memory.memory.buffer, places.stage, this.#memory.stageValues)
    for (const tile of this.#tiles) {
      const count = tile.length * tile.lines
      for (let e = 0; e < events; e++) {
        if (!wanted(tile, e)) continue
        const from = e * frameSize + tile.first
        stage.set(data.subarray(from, from + count))
        use(tile, e)
      }
    }
  }

  #apply(
    places: Places,
    { first, length, lines, mode }: Tile,
    type: number,
    form: number,
    e: number,
    to: number,
  ): void {
    const { commonMode, background } = this.#options
    const at = 4 * first
    this.#run.apply(
      type,
      form,
      places.stage,
      places.pedestal + at,
      background === null ? 0 : places.background + at,
      places.gain + at,
      length,
      lines,
      places.modes + 4 * (e * this.#memory.modesPerFrame + mode),
      commonMode?.lines.kind === 'columns' ? 1 : 0,
      places.results + to,
      places.scratch,
    )
  }

  /** Common modes of a tile that holds its lines whole and is staged. */
  #findModesOfTile(places: Places, tile: Tile, e: number, type: number, views: ModeViews): number {
    const from = e * this.#memory.modesPerFrame + tile.mode
    const end = from + tile.lines
    views.modes.fill(0, from, end)
    views.counts.fill(0, from, end)
    let left = 0
    for (let round = 0; round < 2; round++) {
      views.sums.fill(0, 4 * from, 4 * end)
      this.#sumTile(places, tile, e, type)
      left += settle(views, from, end, 4, 1)
      if (!reopen(views, from, end, this.#limit)) break
    }
    return left
  }

  /** Common modes of lines that lie in several tiles: all tiles of all frames once, those of an open line once more. */
  #findModes(places: Places, data: TypedArray, staged: DType, events: number, views: ModeViews): number {
    const { kind, joined = 1 } = this.#options.commonMode?.lines ?? {}
    const isColumns = kind === 'columns'
    const { modesPerFrame: per } = this.#memory
    const all = events * per
    views.modes.fill(0)
    views.counts.fill(0)
    let left = 0
    for (let round = 0; round < 2; round++) {
      views.sums.fill(0)
      const isOpen = ({ mode }: Tile, e: number): boolean => isColumns || views.counts[e * per + mode] >= 0
      this.#forEachTile(places, data, staged, events, isOpen, (tile, e) => {
        this.#sumTile(places, tile, e, types.indexOf(staged))
      })
      for (let from = 0; from < all; from += per)
        left += settle(views, from, from + per - modesBehind, isColumns ? 1 : 4, joined)
      if (!reopen(views, 0, all, this.#limit)) break
    }
    return left
  }

  #sumTile(places: Places, { first, length, lines, mode }: Tile, e: number, type: number): void {
    const isColumns = this.#options.commonMode?.lines.kind === 'columns'
    const line = e * this.#memory.modesPerFrame + mode
    const [pedestal, centers] = [places.pedestal + 4 * first, places.modes + 4 * line]
    const [sums, counts] = [places.sums + (isColumns ? 8 : 32) * line, places.counts + 4 * line]
    const sum = isColumns ? this.#run.sumColumns : this.#run.sumLines
    sum(type, places.stage, pedestal, length, lines, centers, sums, counts)
  }
}

/** Lines `from` to `end` - 1 that are to be found once more begin at 0 values, the others get -1, which leaves them out; false when there is none. */
function reopen({ modes, counts }: ModeViews, from: number, end: number, limit: number): boolean {
  let any = false
  for (let line = from; line < end; line++) {
    const again = isOff(modes[line], limit)
    counts[line] = again ? 0 : -1
    any ||= again
  }
  return any
}

/** Means from sums, `joined` neighbours together; lines with too few values get 0 and are counted. */
function settle({ modes, sums, counts }: ModeViews, from: number, end: number, parts: number, joined: number): number {
  let left = 0
  for (let line = from; line < end; line += joined) {
    if (counts[line] < 0) continue
    let [sum, count] = [0, 0]
    for (let own = line; own < line + joined; own++) {
      const at = parts * own
      sum += parts === 1 ? sums[at] : sums[at] + sums[at + 1] + (sums[at + 2] + sums[at + 3])
      count += counts[own]
    }
    const enough = count >= fewestValues
    modes.fill(enough ? sum / count : 0, line, line + joined)
    if (!enough) left++
  }
  return left
}

function holdsWholeLines({ kind, length }: Lines): boolean {
  return kind === 'lines' && length <= tilePixels
}

/** Whole lines where they fit, parts of one line where not; whole rows of one panel for columns. */
function tilesOf(frameSize: number, lines: Lines | null): Tile[] {
  if (lines === null) return partsOf(0, frameSize, 0)
  const { kind, length, rows, count } = lines
  const panels = kind === 'columns' ? count / length : 1
  if (kind === 'lines' && !holdsWholeLines(lines)) {
    return Array.from({ length: count }, (_, line) => partsOf(line * length, length, line)).flat()
  }
  const perPanel = kind === 'columns' ? rows : count
  const step = Math.max(1, Math.floor(tilePixels / length))
  const tiles: Tile[] = []
  for (let panel = 0; panel < panels; panel++) {
    for (let row = 0; row < perPanel; row += step) {
      const mode = kind === 'columns' ? panel * length : row
      tiles.push({ first: (panel * perPanel + row) * length, length, lines: Math.min(step, perPanel - row), mode })
    }
  }
  return tiles
}

function partsOf(first: number, length: number, mode: number): Tile[] {
  return Array.from({ length: Math.ceil(length / tilePixels) }, (_, part) => {
    return {
      first: first + part * tilePixels,
      length: Math.min(tilePixels, length - part * tilePixels),
      lines: 1,
      mode,
    }
  })
}
