// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** The walls of the house: layers, circles, plan, packages. Each check is first shown to fail on a small fabricated house. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { repositoryRoot } from '../support/shared.js'
import { arrowsOf } from './arrows.js'
import { type HouseFindings, inspect } from './inspect.js'
import { plan } from './plan.js'
import { readSources } from './sources.js'

const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
  dependencies: Record<string, string>
  peerDependencies: Record<string, string>
}
const rules = {
  plan,
  /** Only this may import a computed name: formats are found by name. The user's config and class come through jiti. */
  loaders: ['src/formats/index.ts'],
  dependencies: Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies }),
}

function house(files: Record<string, string>): HouseFindings {
  return inspect(new Map(Object.entries(files)), rules)
}

describe('the real house', () => {
  const sources = readSources(['src', 'workers'], ['.ts', '.mjs'])
  const findings = inspect(sources, rules)

  it('was read', () => {
    expect(sources.size).toBeGreaterThan(7)
    expect([...sources.values()].flatMap((source) => arrowsOf(source)).length).toBeGreaterThan(10)
  })
  it('has no room outside the plan', () => expect(findings.unplanned).toEqual([]))
  it('has no upward import and no import between rooms of one level', () => expect(findings.upward).toEqual([]))
  it('imports only files that exist', () => expect(findings.dangling).toEqual([]))
  it('has no circle between files, type imports included', () => expect(findings.circles).toEqual([]))
  it('loads computed names only where plug-ins are found', () => expect(findings.computed).toEqual([]))
  it('imports only declared packages', () => expect(findings.packages).toEqual([]))
  it('declares no package that nobody imports', () => {
    const imported = [...sources.values()].flatMap((source) => arrowsOf(source).map((arrow) => arrow.to ?? ''))
    const unused = rules.dependencies.filter((name) => !imported.some((to) => to === name || to.startsWith(`${name}/`)))
    expect(unused).toEqual([])
  })
})

describe('a house with a defect is caught', () => {
  const unit = { 'src/units.ts': 'export const one = 1' }

  it('nothing to say about a good one', () => {
    const good = { ...unit, 'src/buffers/ring.ts': "import { one } from '../units.js'\nexport const two = one" }
    for (const list of Object.values(house(good))) expect(list).toEqual([])
  })

  it.each([
    ['import', "import { run } from '../roles/run.js'"],
    ['type import', "import type { Run } from '../roles/run.js'"],
    ['inline type import', "import { type Run } from '../roles/run.js'"],
    ['import in a type', "export type T = import('../roles/run.js').Run"],
    ['dynamic import', "export const load = () => import('../roles/run.js')"],
    ['re-export', "export { run } from '../roles/run.js'"],
    ['side effect', "import '../roles/run.js'"],
    ['require', "const run = require('../roles/run.js')"],
    ['require.resolve', "const path = createRequire(import.meta.url).resolve('../roles/run.js')"],
    ['import.meta.resolve', "const path = import.meta.resolve('../roles/run.js')"],
    ['module URL', "export const url = new URL('../roles/run.js', import.meta.url)"],
  ])('upward %s', (_, line) => {
    const findings = house({ 'src/kernels/sum.ts': line, 'src/roles/run.ts': 'export const run = 1' })
    expect(findings.upward).toEqual(['src/kernels/sum.ts:1 (level 1) imports src/roles/run.ts (level 4)'])
  })

  it('neighbours on one level', () => {
    const files = {
      'src/masks/a.ts': "import type { B } from '../buffers/b.js'",
      'src/buffers/b.ts': 'export type B = 1',
    }
    expect(house(files).upward).toHaveLength(1)
  })

  it('a door that opens another door', () => {
    const files = { 'src/cli.ts': "import './index.js'", 'src/index.ts': 'export {}' }
    expect(house(files).upward).toHaveLength(1)
  })

  it('an entry point may be named, not imported', () => {
    const worker = { 'workers/rank.ts': 'export {}' }
    const named = "export const entry = new URL('../../workers/rank.js', import.meta.url)"
    expect(house({ ...worker, 'src/transports/threads.ts': named }).upward).toEqual([])
    expect(house({ ...worker, 'src/transports/threads.ts': "import '../../workers/rank.js'" }).upward).toHaveLength(1)
  })

  it('a folder and a file outside the plan', () => {
    const findings = house({
      'src/helpers/x.ts': 'export {}',
      'src/util.ts': 'export {}',
      'workers/rank.ts': 'export {}',
    })
    expect(findings.unplanned).toEqual([
      'src/helpers/x.ts: src/helpers is not in the plan',
      'src/util.ts: src/util.ts is not in the plan',
    ])
  })

  it('a circle through three files and a type import', () => {
    const files = {
      'src/roles/a.ts': "import { b } from './b.js'",
      'src/roles/b.ts': "import { c } from './c.js'",
      'src/roles/c.ts': "import type { A } from './a.js'",
    }
    expect(house(files).circles).toEqual(['src/roles/a.ts -> src/roles/b.ts -> src/roles/c.ts -> src/roles/a.ts'])
    expect(house({ 'src/roles/a.ts': "import './a.js'" }).circles).toHaveLength(1)
  })

  it('a file that does not exist, a computed name, an undeclared package', () => {
    const source = "import './gone.js'\nimport 'left-pad'\nexport const load = (n: string) => import(n)"
    const findings = house({ 'src/io/read.ts': source })
    expect(findings.dangling).toHaveLength(1)
    expect(findings.packages).toEqual(['src/io/read.ts:2 imports left-pad'])
    expect(findings.computed).toEqual(['src/io/read.ts:3 imports a computed name'])
  })

  it('text in comments and strings is no import', () => {
    const source = "// import '../roles/run.js'\nexport const text = \"import '../roles/run.js'\""
    expect(arrowsOf(source)).toEqual([])
  })
})
