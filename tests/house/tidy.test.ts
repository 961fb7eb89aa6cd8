// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Style of the checkout; each check is shown to fail on a fabricated line. */
import { describe, expect, it } from 'vitest'
import { readSources } from './sources.js'
import { bannedWords, machineWords, tooLong, withoutLicence } from './tidy.js'

const source = readSources(['src', 'workers'], ['.ts'])
const code = readSources(['src', 'workers', 'tests', 'configs', 'scripts'], ['.ts', '.mjs'])
const texts = readSources(['.'], ['.ts', '.mjs', '.md', '.json', '.yml', '.cff', '.py', '.sh', '.ci/run', '.txt'])

/** The checks' own words and examples of what is wrong. */
const ownWords = new Set(['tests/house/tidy.ts', 'tests/house/tidy.test.ts'])
const without = (files: ReadonlyMap<string, string>) => new Map([...files].filter(([file]) => !ownWords.has(file)))

describe('the checkout is tidy', () => {
  it('was read', () => expect(texts.size).toBeGreaterThan(code.size))
  it('carries licences', () => expect(withoutLicence(code)).toEqual([]))
  it('has no banned words', () => expect(bannedWords(without(code))).toEqual([]))
  it('names no machine and no registry', () => expect(machineWords(without(texts))).toEqual([]))
  it('has one idea per file', () => expect(tooLong(source, 300)).toEqual([]))
})

describe('an untidy file is caught', () => {
  const file = (text: string) => new Map([['src/io/x.ts', text]])

  it.each([
    'function f(x: any) {}',
    'const y = x as any',
    'const m = new Map<any, string>()',
    'let list: any[] = []',
    '// @ts-ignore',
    '// TODO: later',
    "it.only('x', () => {})",
  ])('banned: %s', (line) => expect(bannedWords(file(line))).toHaveLength(1))

  it.each([
    "path: '/home/ann/data.npy'",
    `cd /${'work'}/x`,
    '"registry.example.org"',
    '"resolved": "https://r.example/x.tgz"',
  ])('of one machine: %s', (line) => expect(machineWords(file(line))).toHaveLength(1))

  it.each(['any pair', 'manyAny(x)', '/user/final', 'https://example.org/work/item', './home/x', '/usr/bin/python3'])(
    'allowed: %s',
    (line) => expect([...bannedWords(file(line)), ...machineWords(file(line))]).toEqual([]),
  )

  it('without a licence, or with another', () => {
    const good = ['FileCopyrightText: 2026 The parcorana authors', 'License-Identifier: CC0-1.0', '']
      .map((line) => (line === '' ? '' : `// SPDX-${line}`))
      .join('\n')
    expect(withoutLicence(file(good))).toEqual([])
    expect(withoutLicence(file('export {}'))).toHaveLength(1)
    expect(withoutLicence(file(good.replace('CC0-1.0', 'MIT')))).toHaveLength(1)
  })

  it('too long', () => {
    expect(tooLong(file('x\n'.repeat(301)), 300)).toHaveLength(1)
    expect(tooLong(file('x\n'.repeat(300)), 300)).toEqual([])
  })
})
