// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Frames of trains: each train begins with a stretch of its own, so that maps of trains are made of whole blocks. */
import { trainOf, type Trains } from '../../buffers/trains.js'
import { stretchFrames } from '../../kernels/twoTimeKernels.js'

export interface TrainFrames {
  /** Frames of a train: `average` pulses each, the last one may have fewer. */
  readonly frames: number
  /** Stretches that a train takes. */
  readonly stretches: number
}

export function trainFrames({ pulses }: Pick<Trains, 'pulses'>, average: number): TrainFrames {
  const frames = Math.ceil(pulses / average)
  return { frames, stretches: Math.ceil(frames / stretchFrames) }
}

/** Number of the frame of a counter, for a first event at `first`. */
export type FrameOf = (counter: number, first: number) => number

export function frameRule(average: number, trains: Trains | null): FrameOf {
  if (trains === null) return (counter, first) => Math.floor((counter - first) / average)
  const { stretches } = trainFrames(trains, average)
  return (counter, first) => {
    const train = trainOf(counter, trains)
    const within = Math.floor((counter - train * trains.period) / average)
    return (train - trainOf(first, trains)) * stretches * stretchFrames + within
  }
}
