// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: CC0-1.0

/**
 * A run with a known answer: `npm start`. A seeded speckle movie, 4000 frames of 256 x 256 photon counts, whose g2 - 1 decays as
 * exp(-decay x delay), faster at larger angles, like particles that diffuse. The table compares g2 per ring with the truth.
 */
import { defineConfig, G2IncrementalAccumulator, makeDelayList } from 'parcorana'

export default defineConfig({
  systemParams: {
    dataset: {
      format: 'synthetic',
      shape: [256, 256],
      events: 4000,
      seed: 2026,
      mean: [2, 1.5, 1, 0.7, 0.5], // photons per pixel and frame, from the inner ring to the outer
      contrast: 0.5, // g2 - 1 starts at its square
      decay: [0.002, 0.008, 0.018, 0.032, 0.05], // per frame, like the square of the angle
      edges: [16, 40, 64, 84, 104, 124], // radii of the rings' borders in pixels, as in the color file
      center: [128, 128],
    },
    maskNdarrayCoords: '../masks/quickstart-mask.npy', // without beam stop and dead pixels
    times: 1200,
    delays: makeDelayList({ start: 1, stop: 1000, num: 24, spacing: 'log', logbase: Math.E }),
    userClass: G2IncrementalAccumulator,
    h5output: '../g2_quickstart.h5',
    experiment: { tickSeconds: 0.001 },
  },
  userParams: {
    colorNdarrayCoords: '../masks/quickstart-color.npy', // rings 1..5: one curve each
    colorFineNdarrayCoords: '../masks/quickstart-finecolor.npy', // the rings in 8 sectors: intensities are averaged over these
    normalization: 'finecolor',
  },
})
