// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

// How fast are pair sums for how many delays and how full frames, and which way of taking products is it? See bench/README.md.
// With --markdown it prints the table of docs/performance.md.
import { hasRelaxed } from '../dist/src/kernels/load.js'
import { Report } from './report.mjs'
import { foldRate, waysChosen } from './foldRates.mjs'

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

/** The automatic choice, how it chooses, and every way alone; a way that does not apply to an element leaves it to 'dense'. */
function cell(delays, mean) {
  const options = { ...place, delays, mean }
  const rates = Object.fromEntries(['wasm', ...ways].map((name) => [name, foldRate(name, options)]))
  // Where a way does not apply its rate is that of 'dense', give or take what the clock does.
  const best = ways.reduce((a, b) => (rates[b].median > 1.05 * rates[a].median ? b : a))
  return { rates, best, chosen: chosenText(waysChosen(options)) }
}

/** `lookup 60 %, nothing 40 %`: elements without a photon in the block need nothing. */
function chosenText(counts) {
  const all = Object.values(counts).reduce((a, b) => a + b)
  const shares = Object.entries(counts).sort(([, a], [, b]) => b - a)
  const seen = shares.filter(([, count]) => count > 0.01 * all)
  return seen
    .map(([way, count]) => (seen.length === 1 ? way : `${way} ${Math.round((100 * count) / all)} %`))
    .join(', ')
}

function markdown(rows) {
  const heads = delayCounts.map((count) => `${count} delays`)
  const lines = rows.map(([name, cells]) => {
    const rates = cells.map(({ rates: { wasm } }) => wasm.median.toPrecision(3))
    const shares = cells.map(({ rates, best }) => `${(rates.wasm.median / rates[best].median).toFixed(2)} of ${best}`)
    return `| ${[name, ...rates, [...new Set(cells.map(({ chosen }) => chosen))].join('; '), shares.join('; ')].join(' | ')} |`
  })
  const titles = ['not 0', ...heads, 'chosen', 'over the fastest way alone']
  return [`| ${titles.join(' | ')} |`, `|${titles.map(() => '---|').join('')}`, ...lines].join('\n')
}

const report = new Report()
const rows = fillings.map(([name, mean]) => {
  const cells = delayCounts.map((delays) => {
    const measured = cell(delays, mean)
    const best = report.add(`${measured.best} alone, ${name}, ${delays} delays`, measured.rates[measured.best])
    report.add(`automatic (${measured.chosen}), ${name}, ${delays} delays`, measured.rates.wasm, best)
    return measured
  })
  return [name, cells]
})
if (process.argv.includes('--markdown')) console.log(markdown(rows))
report.end({ ...place, relaxed: hasRelaxed() })
