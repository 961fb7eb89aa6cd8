// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Checks of the house's walls over a map of files; each returns sentences, empty when all is well. */
import { posix } from 'node:path'
import { type Arrow, arrowsOf } from './arrows.js'
import { roomOf } from './plan.js'

/** File name (relative to the repository root, with `/`) -> source text. */
export type Sources = ReadonlyMap<string, string>
type Plan = Readonly<Record<string, number>>

export interface HouseFindings {
  /** Folders and top-level files that the plan does not know. */
  readonly unplanned: string[]
  /** Imports of a higher room, of another room on the same level, or of a file outside the house. */
  readonly upward: string[]
  /** Imports whose target does not exist. */
  readonly dangling: string[]
  /** Circles between files, type imports included. */
  readonly circles: string[]
  /** `import()` of something computed, outside the files that are allowed to load plug-ins. */
  readonly computed: string[]
  /** Packages that are imported without being a dependency. */
  readonly packages: string[]
}

export interface HouseRules {
  readonly plan: Plan
  /** Files that may import a computed name. */
  readonly loaders: readonly string[]
  readonly dependencies: readonly string[]
}

/** Walk all files once and report every breach. */
export function inspect(sources: Sources, rules: HouseRules): HouseFindings {
  const found: HouseFindings = { unplanned: [], upward: [], dangling: [], circles: [], computed: [], packages: [] }
  const edges = new Map<string, string[]>()
  for (const [file, source] of sources) {
    if (!(roomOf(file) in rules.plan)) found.unplanned.push(`${file}: ${roomOf(file)} is not in the plan`)
    const targets: string[] = []
    for (const arrow of arrowsOf(source, file)) {
      const target = judge(file, arrow, sources, rules, found)
      if (target !== null && !arrow.byUrl) targets.push(target)
    }
    edges.set(file, targets)
  }
  found.circles.push(...circlesOf(edges))
  return found
}

/** File one breach if there is one; returns the file that the arrow leads to, null when it leaves the house. */
function judge(file: string, arrow: Arrow, sources: Sources, rules: HouseRules, found: HouseFindings): string | null {
  const where = `${file}:${arrow.line}`
  if (arrow.to === null) {
    if (!rules.loaders.includes(file)) found.computed.push(`${where} imports a computed name`)
    return null
  }
  if (!arrow.to.startsWith('.')) {
    if (!isAllowedPackage(arrow.to, rules.dependencies)) found.packages.push(`${where} imports ${arrow.to}`)
    return null
  }
  const target = resolveIn(sources, file, arrow.to)
  if (target === null) {
    if (!arrow.byUrl) found.dangling.push(`${where} imports ${arrow.to}, which does not exist`)
    return null
  }
  // An entry point is started as a thread or process, so naming its file is not an import.
  if (arrow.byUrl && roomOf(target) === 'workers') return target
  const problem = upwardProblem(file, target, rules.plan)
  if (problem !== null) found.upward.push(`${where} ${problem}`)
  return target
}

function upwardProblem(file: string, target: string, plan: Plan): string | null {
  const [from, to] = [roomOf(file), roomOf(target)]
  if (from === to) return null
  const [low, high] = [plan[to] ?? Number.POSITIVE_INFINITY, plan[from] ?? Number.NEGATIVE_INFINITY]
  return low < high ? null : `(level ${high}) imports ${target} (level ${low})`
}

function isAllowedPackage(name: string, dependencies: readonly string[]): boolean {
  return name.startsWith('node:') || dependencies.some((known) => name === known || name.startsWith(`${known}/`))
}

function resolveIn(sources: Sources, file: string, to: string): string | null {
  const base = posix.join(posix.dirname(file), to)
  const candidates = [base, base.replace(/\.js$/, '.ts'), `${base}.ts`, `${base}/index.ts`]
  return candidates.find((candidate) => sources.has(candidate)) ?? null
}

/** Every circle once, as `a -> b -> a`; a file that imports itself counts. */
export function circlesOf(edges: ReadonlyMap<string, readonly string[]>): string[] {
  const circles: string[] = []
  const done = new Set<string>()
  const walk = (file: string, path: string[]): void => {
    const start = path.indexOf(file)
    if (start >= 0) circles.push([...path.slice(start), file].join(' -> '))
    if (start >= 0 || done.has(file)) return
    for (const next of edges.get(file) ?? []) walk(next, [...path, file])
    done.add(file)
  }
  for (const file of edges.keys()) walk(file, [])
  return circles
}
