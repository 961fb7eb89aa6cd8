// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the viewer knows of labels from one update to the next. */
import { expect, it } from 'vitest'
import { aliveLabels } from '../../src/roles/aliveLabels.js'
import type { Gatherer } from '../../src/roles/gatherer.js'
import type { ReadyAnalysis } from '../../src/roles/messages.js'
import type { AnalysisPlan } from '../../src/roles/plan.js'

const plan = {
  normalization: 'static',
  color: Int32Array.of(1, 1, 2, 2, 2, 0, 3),
  fine: Int32Array.of(1, 2, 1, 1, 0, 4, 5),
} as unknown as AnalysisPlan

const workers = (newlySaturated: number, names = ['G2', 'IP', 'IF']) =>
  [0, newlySaturated].map((count) => ({ newlySaturated: count, names }) as unknown as ReadyAnalysis)

/** Answers with what is saturated now, and counts the questions. */
function gathererOf(saturated: readonly number[][]) {
  let asked = 0
  const gatherer = { elements: async () => Float64Array.from(saturated[asked++]) } as unknown as Gatherer
  return { gatherer, asked: () => asked }
}

it('the workers are asked again only when elements have saturated', async () => {
  const { gatherer, asked } = gathererOf([
    [0, 0, 0, 0, 0, 0, 0],
    [0, 1, 0, 0, 0, 0, 1],
  ])
  const first = await aliveLabels(gatherer, plan, 0, workers(0), undefined)
  expect([...first.colors.labels]).toEqual([1, 2, 3])
  expect([...first.elements]).toEqual([
    [1, 2],
    [2, 3],
    [3, 1],
  ])
  expect(await aliveLabels(gatherer, plan, 0, workers(0), first)).toBe(first)
  expect(asked()).toBe(1)
  const second = await aliveLabels(gatherer, plan, 0, workers(2), first)
  expect(asked()).toBe(2)
  expect([...second.color]).toEqual([1, 0, 2, 2, 2, 0, 0])
  expect([...second.colors.labels]).toEqual([1, 2])
  expect([...second.normals.values()]).toEqual([1, 2])
})

it('without G2, IP and IF there are no colors', async () => {
  const { gatherer } = gathererOf([[0, 0, 0, 0, 0, 0, 0]])
  const alive = await aliveLabels(gatherer, plan, 0, workers(0, ['G2']), undefined)
  expect(alive.colors.labels.length).toBe(0)
})
