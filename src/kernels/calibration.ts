// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Calibration of blocks of frames in WebAssembly: the same as the steps of `calibrationReference.ts`, bit for bit. Frames go tile
 * by tile through a small stage, all frames of a block per tile, so that a tile's maps stay in the cache:
 *
 *     memory  | unused, scratch | pedestal | gain | background | common modes | their sums | counts | stage | results of a block |
 */
import { bytesOf, type DType, type TypedArray, viewOf } from '../units.js'
import {
  commonModeRounds,
  fewestValues,
  type CommonModeRule,
  type Lines,
  type Photonize,
} from './calibrationReference.js'
import { CalibrationMemory, type Places } from './calibrationMemory.js'
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

export class CalibrationKernel {
  readonly #options: CalibrationOptions
  readonly #memory: CalibrationMemory
  readonly #tiles: readonly Tile[]
  readonly #excluded: number
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
    this.#run.configure(commonMode?.limit ?? 0, scale, lld)
  }

  /** Calibrate `events` frames that lie one after the other in `data`, to `type`: integers only for photons, which saturate there. */
  run(data: TypedArray, dtype: DType, events: number, type: ResultType): CalibratedBlock {
    const { frameSize, photonize, commonMode } = this.#options
    const form = forms[photonize][type]
    if (form === undefined) throw new RangeError(`${photonize} gives no ${type}`)
    const staged = types.includes(dtype) ? dtype : 'float32'
    const places = this.#memory.room(events, frameSize * events * bytesOf(type))
    const leftAlone = commonMode === null ? 0 : this.#findModes(places, data, staged, events)
    this.#forEachTile(places, data, staged, events, (tile, e) => {
      this.#apply(places, tile, types.indexOf(staged), form, e, (e * frameSize + tile.first) * bytesOf(type))
    })
    const { buffer } = this.#memory.memory
    this.#run.takeStatistics(places.scratch)
    const [changed, found] = new Int32Array(buffer, places.scratch, 2)
    const holes = staged === 'float32' ? found : events * this.#excluded
    const [largest] = new Float32Array(buffer, places.scratch + 8, 1)
    const results = viewOf(type, buffer, places.results, events * frameSize)
    return { data: results, changed, holes, largest, leftAlone }
  }

  /** Stage every tile of every frame and hand it on. */
  #forEachTile(
    places: Places,
    data: TypedArray,
    staged: DType,
    events: number,
    use: (tile: Tile, event: number) => void,
  ): void {
    const { frameSize } = this.#options
    const stage = viewOf(staged, this.#memory.memory.buffer, places.stage, this.#memory.stageValues)
    for (const tile of this.#tiles) {
      const count = tile.length * tile.lines
      for (let e = 0; e < events; e++) {
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

  #findModes(places: Places, data: TypedArray, staged: DType, events: number): number {
    const { commonMode } = this.#options
    const { modesPerFrame: per } = this.#memory
    const { kind, count } = (commonMode as CommonModeRule).lines
    const [sum, parts] = kind === 'columns' ? [this.#run.sumColumns, 1] : [this.#run.sumLines, 4]
    const { modes, sums, counts } = this.#memory.modeViews(events)
    modes.fill(0)
    let left = 0
    for (let round = 0; round < commonModeRounds; round++) {
      sums.fill(0)
      counts.fill(0)
      this.#forEachTile(places, data, staged, events, ({ first, length, lines, mode }, e) => {
        const line = e * per + mode
        const [from, to] = [places.pedestal + 4 * first, places.sums + 8 * parts * line]
        sum(
          types.indexOf(staged),
          places.stage,
          from,
          length,
          lines,
          places.modes + 4 * line,
          to,
          places.counts + 4 * line,
        )
      })
      left = 0
      for (let e = 0; e < events; e++) left += settle(modes, sums, counts, e * per, count, parts)
    }
    return left
  }
}

/** Means from sums; lines with too few values get 0 and are counted. */
function settle(
  modes: Float32Array,
  sums: Float64Array,
  counts: Int32Array,
  first: number,
  count: number,
  parts: number,
): number {
  let left = 0
  for (let line = first; line < first + count; line++) {
    const at = parts * line
    const sum = parts === 1 ? sums[at] : sums[at] + sums[at + 1] + (sums[at + 2] + sums[at + 3])
    const enough = counts[line] >= fewestValues
    modes[line] = enough ? sum / counts[line] : 0
    if (!enough) left++
  }
  return left
}

/** Whole lines where they fit, parts of one line where not; whole rows of one panel for columns. */
function tilesOf(frameSize: number, lines: Lines | null): Tile[] {
  if (lines === null) return partsOf(0, frameSize, 0)
  const { kind, length, rows, count } = lines
  const panels = kind === 'columns' ? count / length : 1
  if (kind === 'lines' && length > tilePixels) {
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
