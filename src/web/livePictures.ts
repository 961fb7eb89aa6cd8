// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Pictures of the last complete update, from the result file that is being written. Nothing is read and drawn before somebody asks;
 * what was drawn is kept until the next update.
 */
import { existsSync } from 'node:fs'
import { InputError } from '../errors.js'
import type { CurveSet, Truth } from '../results/curveText.js'
import { curvesSvg } from '../results/plot.js'
import { readCurves, readResult, type StoredResult } from '../results/reader.js'
import { resultPaths } from '../results/resultPaths.js'

/** Pixels; 'small' has letters that can be read on a phone. */
const sizes = { large: {}, small: { width: 560, height: 440 } } as const
export type PictureSize = keyof typeof sizes

/** The known g2 of the analysis with this name, where there is one. */
export type TruthOf = (analysis: string, set: CurveSet) => Truth | undefined

interface Drawn {
  readonly update: number
  readonly result: StoredResult
  /** By size and name of the analysis. */
  readonly svgs: Map<string, Promise<string>>
}

export class LivePictures {
  readonly #truthOf: TruthOf
  #drawn: Promise<Drawn> | null = null
  #update = -1

  constructor(truthOf: TruthOf = () => undefined) {
    this.#truthOf = truthOf
  }

  /** SVG of the analysis `analysis` in the file of `output` when update `update` is its last one. Rejects with InputError. */
  async svg(output: string, update: number, analysis: string, size: PictureSize): Promise<string> {
    if (this.#drawn === null || this.#update !== update) {
      this.#update = update
      this.#drawn = openUpdate(output, update)
      this.#drawn.catch(() => this.#forget(update))
    }
    const { result, svgs } = await this.#drawn
    const key = `${size} ${analysis}`
    const known = svgs.get(key)
    if (known !== undefined) return known
    const svg = this.#draw(result, analysis, size)
    svgs.set(key, svg)
    svg.catch(() => this.#forget(update))
    return svg
  }

  /** What failed is tried again by the next who asks. */
  #forget(update: number): void {
    if (this.#update === update) this.#drawn = null
  }

  async #draw(result: StoredResult, analysis: string, size: PictureSize): Promise<string> {
    const { path, analyses } = result
    const last = analyses.find(({ name }) => name === analysis)?.updates.at(-1)
    if (last === undefined) throw new InputError(`${path} holds no update of analysis '${analysis}' yet`, { path })
    const set = await readCurves(path, last)
    const truth = this.#truthOf(analysis, set)
    const title = `${analysis === '' ? 'g2' : `${analysis}: g2`} at counter ${last.split('_').at(-1)}`
    return curvesSvg(set, result, { title, ...sizes[size], ...(truth === undefined ? {} : { truth }) })
  }
}

/** A run that has just ended has given its file the final name. */
async function openUpdate(output: string, update: number): Promise<Drawn> {
  const { inProgress, final } = resultPaths(output)
  const result = await readResult(existsSync(inProgress) ? inProgress : final)
  return { update, result, svgs: new Map() }
}
