// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast are pair sums for how many delays and how full frames, and which way of taking products is it? See bench/README.md.
// With --markdown it prints the table of docs/performance.md.
import { hasRelaxed } from '../dist/src/kernels/load.js'
import { Report } from './report.mjs'
import { foldRate } from './foldRates.mjs'

const delayCounts = [20, 100, 400]
/** Mean photons; the share of values above 0 is 1 - exp(-mean). */
const fillings = [
  ['0.1 %', 0.001],
  ['1 %', 0.01005],
  ['5 %', 0.0513],
  ['20 %', 0.2231],
  ['mean 2', 2],
]
const ways = ['dense', ...(hasRelaxed() ? ['relaxed'] : []), 'lookup', 'bits', 'pairs']
const place = { elements: 1024, block: 512 }

/** Every way alone and the automatic choice; a way that does not apply to an element leaves it to 'dense'. */
function cell(delays, mean) {
  const options = { ...place, delays, mean }
  const rates = Object.fromEntries(['wasm', ...ways].map((name) => [name, foldRate(name, options)]))
  const best = ways.reduce((a, b) => (rates[b].median > rates[a].median ? b : a))
  return { rates, best }
}

function markdown(rows) {
  const heads = delayCounts.map((count) => `${count} delays`)
  const lines = rows.map(([name, cells]) => {
    const texts = cells.map(({ rates, best }) => {
      const share = rates.wasm.median / rates[best].median
      return `${rates.wasm.median.toPrecision(3)} (${best}, ${share.toFixed(2)})`
    })
    return `| ${[name, ...texts].join(' | ')} |`
  })
  return [`| not 0 | ${heads.join(' | ')} |`, `|---|${heads.map(() => '---|').join('')}`, ...lines].join('\n')
}

const report = new Report()
const rows = fillings.map(([name, mean]) => {
  const cells = delayCounts.map((delays) => {
    const measured = cell(delays, mean)
    const best = report.add(`${measured.best} alone, ${name}, ${delays} delays`, measured.rates[measured.best])
    report.add(`automatic, ${name}, ${delays} delays`, measured.rates.wasm, best)
    return measured
  })
  return [name, cells]
})
if (process.argv.includes('--markdown')) console.log(markdown(rows))
report.end({ ...place, relaxed: hasRelaxed() })
