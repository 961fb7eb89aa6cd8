// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// `node --import bench/usage.mjs ...`: writes what the whole process, all threads, took to the file BENCH_USAGE when it ends.
import { writeFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'

if (isMainThread) {
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage()
    const usage = { user: userCPUTime / 1e6, system: systemCPUTime / 1e6, peakBytes: 1024 * maxRSS }
    writeFileSync(process.env.BENCH_USAGE, JSON.stringify({ ...usage, wall: performance.now() / 1e3 }))
  })
}
