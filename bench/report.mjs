// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What a bench prints: a line per figure, or with `--json` one line of JSON at the end, `{ facts, results }`. */
export class Report {
  #results = []
  #json = process.argv.includes('--json')

  /** `result`: { median, low, high, unit }; `against`: an earlier figure that this one is divided by. Returns the figure. */
  add(name, result, against) {
    const ratio = against === undefined ? {} : { ratio: result.median / against.median, against: against.name }
    const figure = { name, ...result, ...ratio }
    this.#results.push(figure)
    if (!this.#json) console.log(line(figure))
    return figure
  }

  end(facts = {}) {
    if (this.#json) console.log(JSON.stringify({ facts, results: this.#results }))
  }
}

/** One figure for people. */
export function line({ name, median, low, high, unit, ratio, against }) {
  const spread = `${digits(low)}..${digits(high)}`
  const times = ratio === undefined ? '' : `${digits(ratio)} x ${against}`
  return `${name.padEnd(52)} ${digits(median).padStart(9)} ${unit.padEnd(10)} ${spread.padEnd(20)} ${times}`.trimEnd()
}

function digits(value) {
  return value >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)))
}
