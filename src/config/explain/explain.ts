// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `parcorana check`: what a run will need and give, as data and as text. */
import { bytesText, shapeText } from '../../units.js'
import type { MapsPlan } from '../../correlators/twoTime/maps.js'
import type { ResolvedConfig } from '../resolved.js'
import { experimentFacts } from '../experiment.js'
import { selectedEvents, takesEverything, ticksPerEvent } from '../../roles/selection.js'
import type { ExpectedPairs, ExplainedSelection, ExplainFacts, Explanation, RankMemory } from './facts.js'
import { calibrationText } from './calibration.js'
import { timingText } from './timing.js'
import { bytesInFlight, rankMemory, resultSize } from './memory.js'
import { expectedPairs } from './pairs.js'
import { refusalOfOutput, warningsOf } from './warnings.js'

export function explain(config: ResolvedConfig, facts: ExplainFacts): Explanation {
  const { plan, counters } = facts
  const pairs = plan.analyses.map(({ name, delays }, i): ExpectedPairs => {
    const { pairing, ownPairs } = facts.analyses[i]
    const pairs = ownPairs ?? expectedPairs(delays, pairing, counters, plan.times)
    return { analysis: name, delays: [...delays], pairs: [...pairs] }
  })
  const ranks = rankMemory(facts)
  const flying = bytesInFlight(facts)
  const result = resultSize(config, facts)
  const refusal = refusalOfOutput(config, result)
  return {
    config,
    source: { ...facts.source, elements: plan.partition.elements.length, delivered: counters.length },
    selection: explainedSelection(config, facts),
    ranks,
    totalBytes:
      flying + ranks.reduce((total, { bytes, ranks: [first, last] }) => total + bytes * (last - first + 1), 0),
    bytesInFlight: flying,
    result,
    pairs,
    warnings: warningsOf(facts, pairs),
    errors: refusal === null ? [] : [refusal],
  }
}

/** The explanation for people: a few blocks of lines. */
export function explanationText(explanation: Explanation): string {
  return [
    sourceText(explanation),
    ...selectionText(explanation),
    ...timingText(explanation.config.systemParams.timing),
    ...calibrationText(explanation.config.systemParams.calibration),
    configText(explanation.config),
    memoryText(explanation),
    resultText(explanation),
    ...explanation.pairs.map((pairs) => pairsText(pairs, explanation)),
    ...explanation.warnings.map((warning) => `warning: ${warning}`),
    ...explanation.errors.map((error) => `error: ${error}`),
  ].join('\n')
}

function sourceText({ source, config }: Explanation): string {
  const { format, path } = config.systemParams.dataset
  return [
    `data     ${format}:${path}`,
    `         ${source.events} events of ${shapeText(source.shape)} ${source.dtype}; ${source.delivered} will be delivered`,
    `         ${source.elements} elements pass the mask`,
    '',
  ].join('\n')
}

function explainedSelection(config: ResolvedConfig, { plan, source }: ExplainFacts): ExplainedSelection | null {
  const { selection, numEvents } = plan
  if (takesEverything(selection, numEvents)) return null
  const { tickSeconds, eventSeconds = tickSeconds } = experimentFacts(config, source.metadata).values
  return {
    ...selection,
    events: selectedEvents(selection),
    ticksPerEvent: ticksPerEvent(selection),
    tickSeconds: typeof eventSeconds === 'number' ? eventSeconds : null,
  }
}

function selectionText({ selection }: Explanation): string[] {
  if (selection === null) return []
  const { begin, end, stride, average, events, ticksPerEvent: ticks, tickSeconds } = selection
  const which = [
    `frames ${begin} to ${end - 1}`,
    ...(stride === 1 ? [] : [`every ${ordinal(stride)}`]),
    ...(average === 1 ? [] : [`${average} summed into one event`]),
  ]
  const time = tickSeconds === null ? '' : ` = ${Number(tickSeconds.toPrecision(6))} s`
  return [
    `select   ${which.join(', ')}: ${events} events when no frame is missing`,
    `         a tick of the delays is ${ticks} ${ticks === 1 ? 'frame' : 'frames'}${time}`,
    '',
  ]
}

function ordinal(n: number): string {
  const teen = n % 100 > 10 && n % 100 < 14
  return `${n}${(teen ? undefined : ['th', 'st', 'nd', 'rd'][n % 10]) ?? 'th'}`
}

/** Every key with its value and where it came from. */
export function configText(config: ResolvedConfig): string {
  const lines: string[] = []
  const add = (part: string, values: object): void => {
    for (const [key, value] of Object.entries(values)) {
      if (['experiment', 'calibration', 'timing', 'h5arraysExplicit'].includes(key)) continue
      const source = config.sources[`${part}.${key}`] ?? 'default'
      lines.push(`         ${key} = ${shorten(JSON.stringify(value))}${source === 'default' ? '' : `   (${source})`}`)
    }
  }
  lines.push('systemParams')
  add('systemParams', config.systemParams)
  lines.push('experiment')
  add('experiment', config.systemParams.experiment)
  for (const { name, className, delays, userParams } of config.analyses) {
    lines.push(name === null ? 'userParams' : `analysis ${name}`)
    lines.push(`         userClass = ${className}`, `         delays = ${shorten(JSON.stringify(delays))}`)
    add('userParams', userParams)
  }
  return `${lines.join('\n')}\n`
}

function memoryText({ ranks, totalBytes, bytesInFlight: flying }: Explanation): string {
  const lines = ranks.map((line) => `         ${rankText(line)}`)
  const total = `         ${bytesText(flying)} in flight between servers and workers; ${bytesText(totalBytes)} in all`
  return ['memory', ...lines, total, ''].join('\n')
}

function rankText({ role, ranks: [first, last], bytes, bytesAtStart, elements, shards }: RankMemory): string {
  const who = first === last ? `${role} (rank ${first})` : `${role} (ranks ${first}-${last}), each`
  if (role !== 'worker') return `${who}: ${bytesText(bytes)}`
  const pieces = shards.map((shard) => `${shard.elements} elements ${bytesText(shard.bytes)}`).join(', ')
  const size = bytesAtStart < bytes ? `${bytesText(bytesAtStart)}, up to ${bytesText(bytes)}` : bytesText(bytes)
  return `${who}: ${elements} elements, ${size}${pieces === '' ? '' : `; shards: ${pieces}`}`
}

function resultText({ result, config }: Explanation): string {
  const { h5output, h5arrays } = config.systemParams
  if (h5output === null) return 'result   no file\n'
  const arrays = `per-pixel arrays (h5arrays '${h5arrays}') ${bytesText(result.arrayBytes)}`
  const engine = result.maps.length === 0 ? '' : `         ${result.mapEngine}\n`
  const maps = result.maps.map((plan) => `         ${mapsText(plan)}\n`).join('') + engine
  return `result   ${h5output}\n         ${result.updates} ${result.updates === 1 ? 'update' : 'updates'}, at most ${bytesText(result.bytes)}; ${arrays}\n${maps}`
}

function mapsText({ maps, frames, average, bytes }: MapsPlan): string {
  const ticks = average === 1 ? 'one tick' : `${average} ticks`
  return `two-time: ${maps} maps of ${frames} x ${frames} frames of ${ticks} each, ${bytesText(bytes)} per update that has them; formed and written in blocks of 512 x 512`
}

function pairsText({ analysis, delays, pairs }: ExpectedPairs, { selection }: Explanation): string {
  const entries = delays.map((delay, d) => `${delay}:${pairs[d]}`)
  const lines: string[] = []
  for (let i = 0; i < entries.length; i += 8) lines.push(`         ${entries.slice(i, i + 8).join('  ')}`)
  const unit =
    selection === null || selection.ticksPerEvent === 1 ? '' : `, delays in units of ${selection.ticksPerEvent} frames`
  return [`pairs    delay:pairs${analysis === '' ? '' : ` of ${analysis}`}${unit}`, ...lines, ''].join('\n')
}

function shorten(text: string): string {
  return text.length <= 90 ? text : `${text.slice(0, 60)} ... ${text.slice(-24)}`
}
