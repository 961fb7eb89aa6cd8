// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: CC0-1.0

/** Your own analysis: the class stands in myG2.ts beside this file. Run: parcorana -c config.ts */
import { defineConfig, makeDelayList } from 'parcorana'

export default defineConfig({
  systemParams: {
    dataset: { format: 'synthetic', shape: [64, 64], events: 1000, seed: 7 },
    userClass: './myG2.ts',
    times: 200,
    delays: makeDelayList({ start: 1, stop: 100, num: 12, spacing: 'log', logbase: Math.E }),
    h5output: 'my_g2_%C.h5',
  },
  userParams: { firstCounter: 100, photonsMax: 4 },
})
