// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The analyses of `parcorana agree`: the engine's own classes, which write beside their curves what other definitions make of the same sums. */
import type { TypedArray } from '../../units.js'
import { G2Common, type PublishArguments } from '../g2Common.js'
import { MultiTau } from '../multiTau.js'
import { levelLagOf, multiTauScheme } from '../multiTau/delays.js'
import { variantNames, Variator, type VariantName } from './variants.js'

/** boost_corr keeps the sums of these levels in 16 bits where it is told that counts are at most 7. */
const narrowLevels = 4

/** Level sums of boost_corr's list; with all variants. */
export class LevelSums extends MultiTau {
  override async viewerPublish(args: PublishArguments): Promise<void> {
    await super.viewerPublish(args)
    const scheme = multiTauScheme(this.userParams)
    await writeVariants(this, args, (delay, pairs) => (levelLagOf(scheme, delay).level > narrowLevels ? null : pairs))
  }
}

/** Pairs of single events, no level sums; with all variants. */
export class PlainLags extends G2Common {
  override async viewerPublish(args: PublishArguments): Promise<void> {
    await super.viewerPublish(args)
    await writeVariants(this, args, () => null)
  }
}

/** boost_corr's `-nf 1`: every frame divided by its mean over the mask. Needs all elements, so one worker. */
export class FrameNormalized extends MultiTau {
  override workerAdjustData(data: TypedArray): void {
    super.workerAdjustData(data)
    let sum = 0
    let count = 0
    for (const value of data) {
      if (!Number.isFinite(value)) continue
      sum += value
      count++
    }
    // A frame without photons has no mean to divide by; boost_corr makes it NaN.
    if (sum !== 0) for (let i = 0; i < data.length; i++) data[i] *= count / sum
  }
}

/** Classes that no config names. */
export const agreeClasses: Readonly<Record<string, typeof G2Common>> = {
  'agree LevelSums': LevelSums,
  'agree PlainLags': PlainLags,
  'agree FrameNormalized': FrameNormalized,
}

/** Writes `variants/<name>` [colors x delays]. `products` says what sums of products are kept in 16 bits. */
async function writeVariants(
  { mpiParams }: G2Common,
  { arrays, counts, curves, saturated, group }: PublishArguments,
  products: (delay: number, pairs: number) => number | null,
): Promise<void> {
  const elements = Uint32Array.from(mpiParams.maskNdarrayCoords.keys()).filter(
    (p) => mpiParams.maskNdarrayCoords[p] === 1,
  )
  const { color, fine } = mpiParams
  const variator = new Variator(color, fine, (i) => saturated[elements[i]] === 0)
  const { colors } = variator
  const delays = curves.delays.length
  const values = Object.fromEntries(variantNames.map((name) => [name, new Float64Array(colors.length * delays)]))
  for (let d = 0; d < delays; d++) {
    const mean = async (name: string): Promise<Float64Array> => {
      const all = await arrays.mean(name, curves.delays[d])
      return Float64Array.from(elements, (pixel) => all[pixel])
    }
    const pixels = { G2: await mean('G2'), IP: await mean('IP'), IF: await mean('IF') }
    const at = variator.at(pixels, products(curves.delays[d], counts[d]))
    for (const name of variantNames) for (let c = 0; c < colors.length; c++) values[name][c * delays + d] = at[name][c]
  }
  for (const name of variantNames) {
    group.dataset(`variants/${name}`, values[name], {
      shape: [colors.length, delays],
      attributes: { long_name: words[name] },
    })
  }
}

const words: Readonly<Record<VariantName, string>> = {
  bin: 'g2: plain mean over static bins',
  pixel: 'g2: mean over static bins, by elements',
  photon: 'g2: mean over static bins, by photons',
  fine: 'g2: mean over elements of G2/(<IP>_fine <IF>_fine)',
  ring: 'g2: <G2>/(<IP><IF>) of the color',
  bfloat16: 'g2: plain mean over static bins, sums of products of levels 0 to 4 in bfloat16',
  pixelError:
    'standard deviation over elements of their own G2/(IP IF), 0 where undefined, by the square root of their number',
  slope: 'variance of the mean intensity of the static bins, over its mean squared',
  leastPhotons: 'mean counts per event of the static bin with the fewest',
}
