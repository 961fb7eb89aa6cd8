// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Texts made from the schema cannot rot: the written configuration loads back to the defaults. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { configJsonSchema, initialConfig, keyTables } from '../../src/config/init.js'
import { loadConfig } from '../../src/config/load.js'
import { systemFields } from '../../src/config/schema/system.js'
import { experimentFields, userFields } from '../../src/config/schema/user.js'
import { repositoryRoot } from '../support/shared.js'
import { classes, temporaryFolder } from './support.js'

const { folder, write } = temporaryFolder()
const allKeys = [systemFields, experimentFields, userFields].flatMap((fields) => Object.keys(fields))

describe('initialConfig', () => {
  it('loads back to the defaults', async () => {
    write('init.ts', initialConfig())
    write(
      'least.json',
      '{ "systemParams": { "dataset": { "format": "synthetic", "shape": [64, 64], "events": 2000, "seed": 1 } } }',
    )
    const load = async (name: string) => (await loadConfig(join(folder, name), { classes })).resolved
    const { systemParams: given, analyses } = await load('init.ts')
    const { systemParams: least, analyses: leastAnalyses } = await load('least.json')
    expect(given).toEqual(least)
    expect(given.h5arraysExplicit).toBe(false)
    expect(analyses).toEqual(leastAnalyses)
  })

  it('names every key once, with a sentence that has its unit', () => {
    const text = initialConfig()
    for (const key of allKeys) {
      const places = allKeys.filter((other) => other === key).length
      expect(text.match(new RegExp(`^ +(?:// )?${key}: `, 'gm')), key).toHaveLength(places)
    }
    expect(text).toContain('// Photon energy. Unit: keV. Allowed: a number above 0, or null.\n      energyKev: null,')
  })
})

it('configs/parcorana-default.ts resolves to ParCorAna values', async () => {
  const { resolved, notes } = await loadConfig(join(repositoryRoot, 'configs/parcorana-default.ts'), { classes })
  expect(notes).toEqual([])
  expect(resolved.systemParams).toMatchObject({ times: 50_000, update: 2400, numServers: 1, serversRoundRobin: true })
  expect(resolved.analyses[0]).toMatchObject({ className: 'G2AtEnd', userParams: { saturatedValue: 32768 } })
  const own = readFileSync(join(repositoryRoot, 'configs/parcorana-default.ts'), 'utf8')
  const onlyMultiTau = ['delaysPerLevel', 'numBufs', 'ageWindows']
  for (const key of allKeys) if (!onlyMultiTau.includes(key)) expect(own, key).toMatch(new RegExp(`^ +${key}: `, 'm'))
})

describe('descriptions', () => {
  it('are one sentence each', () => {
    for (const fields of [systemFields, experimentFields, userFields]) {
      for (const [key, { description, allowed }] of Object.entries(fields)) {
        expect(description, key).toMatch(/^[A-Z'{0-9q].{10,}[^.]$/)
        expect(allowed, key).not.toMatch(/\.$/)
      }
    }
  })

  it('make tables with a row per key', () => {
    const tables = keyTables()
    for (const key of allKeys) expect(tables).toContain(`| \`${key}\` |`)
    for (const row of tables.split('\n').filter((line) => line.startsWith('|'))) {
      expect(row.replaceAll('\\|', '').split('|').length, row).toBe(6)
    }
  })

  it('make a JSON schema', () => {
    const schema = configJsonSchema() as {
      properties: Record<string, { properties: Record<string, { description: string }> }>
    }
    expect(schema).toMatchObject({ type: 'object', additionalProperties: false, required: ['systemParams'] })
    expect(schema.properties.systemParams).toMatchObject({ required: ['dataset'], additionalProperties: false })
    expect(schema.properties.systemParams?.properties.times).toMatchObject({
      type: 'integer',
      minimum: 1,
      default: 50_000,
    })
    expect(schema.properties.userParams?.properties.notzero?.description).toContain('detector counts')
  })
})
