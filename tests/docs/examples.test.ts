// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Examples in README, docs and doc comments compile against the public entry; those that promise values keep them. */
import { beforeAll, describe, expect, it } from 'vitest'
import { readSources } from '../house/sources.js'
import { repositoryRoot } from '../support/shared.js'
import { type Example, examplesOf, runExample, typeErrors } from './examples.js'

const texts = new Map([...readSources(['docs'], ['.md']), ...readSources(['src'], ['.ts'])])
for (const [file, text] of readSources(['.'], ['README.md'])) if (file === 'README.md') texts.set(file, text)
const examples = [...texts].flatMap(([file, text]) => examplesOf(file, text))
const root = repositoryRoot.replace(/\/$/, '')

describe('examples', () => {
  let engine: object = {}
  beforeAll(async () => {
    engine = await import('../../src/index.js')
  })

  it('exist', () => expect(examples.length).toBeGreaterThan(3))
  it('compile', () => expect(typeErrors(examples, root)).toEqual([]))
  it.each(examples.filter((example) => example.kind === 'run'))('$file:$line keeps its promises', async (example) => {
    expect(await runExample(example, engine)).toBeGreaterThan(0)
  })
})

describe('an example that is wrong is caught', () => {
  const example = (code: string): Example => ({ file: 'x.md', line: 1, kind: 'run', code })

  it('by the compiler', () => {
    expect(typeErrors([example("import { noSuchName } from 'parcorana'")], root)).toHaveLength(1)
    expect(typeErrors([example('const n: number = "one"')], root)[0]).toMatch(/^x\.md:2 /)
    expect(typeErrors([example('const n: number = 1')], root)).toEqual([])
  })

  it('by its promise', async () => {
    expect(await runExample(example('1 + 1 // => 2\nconst a = [1]\nnew Float64Array(a) // => [1]'), {})).toBe(2)
    await expect(runExample(example('1 + 1 // => 3'), {})).rejects.toThrow('promises 3, but it is 2')
    await expect(runExample(example("import { two } from 'parcorana'\ntwo // => 3"), { two: 2 })).rejects.toThrow()
  })

  it('blocks are found in documents and in doc comments, fragments are not', () => {
    expect(examplesOf('a.md', '```ts\nx\n```\n```sh\ny\n```\n```ts fragment\nz\n```')).toHaveLength(1)
    const source = '/**\n * Text.\n * ```ts run\n * 1 // => 1\n * ```\n */\nconst s = "```ts"'
    expect(examplesOf('a.ts', source)).toMatchObject([{ kind: 'run', code: '1 // => 1', line: 3 }])
  })
})
