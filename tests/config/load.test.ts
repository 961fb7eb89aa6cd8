// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Config files of every kind, from a folder without node_modules, on the main thread and in a worker thread. */
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'
import { ConfigError } from '../../src/errors.js'
import { loadConfig } from '../../src/config/load.js'
import type { ClassRef, ResolvedConfig } from '../../src/config/resolved.js'
import { classOf } from '../../src/config/userClass.js'
import { repositoryRoot } from '../support/shared.js'
import { classes, G2Common, G2AtEnd, temporaryFolder } from './support.js'

const { folder, write } = temporaryFolder()
const load = (path: string) => loadConfig(path, { classes, cwd: folder })
function refOf({ analyses }: ResolvedConfig): ClassRef {
  const [first] = analyses
  if (first === undefined) throw new Error('no analysis')
  return first.userClass
}
const classText = `class Mine extends G2Common { constructor(...args) { super(...args); this.mine = Level.high } }`

describe('config files', () => {
  it('loads TypeScript with enums, helper files and a class of its own', async () => {
    write('helper.ts', 'export const times: number = 77')
    const path = write(
      'own.ts',
      `import { defineConfig, G2Common, makeDelayList } from 'parcorana'
       import { times } from './helper.js'
       enum Level { low, high }
       class Mine extends G2Common { constructor(private readonly level = Level.high) { super() } }
       export default defineConfig({
         systemParams: { dataset: 'npy:in.npy', times, delays: makeDelayList({ start: 1, stop: 4, num: 9, spacing: 'lin' }), userClass: Mine },
       })`,
    )
    const { resolved } = await load(path)
    const [analysis] = resolved.analyses
    expect(resolved.systemParams.times).toBe(77)
    expect(resolved.systemParams.dataset.path).toBe(join(folder, 'in.npy'))
    expect(analysis?.delays).toEqual([1, 2, 3, 4])
    expect(analysis?.className).toBe('Mine')
    expect(analysis?.userClass).toEqual({ kind: 'config', configPath: path, analysis: 0 })
    const type = await classOf(structuredClone(refOf(resolved)), classes)
    expect(type.prototype).toBeInstanceOf(G2Common)
    expect(new (type as new () => object)()).toMatchObject({ level: 1 })
    expect(structuredClone(resolved)).toEqual(resolved)
  })

  it.each([
    ['mine.mjs', `import { G2Common } from 'parcorana'\nexport default class extends G2Common {}`],
    ['mine.mts', `import * as parcorana from 'parcorana'\nexport default class Mine extends parcorana.G2Common {}`],
    ['mine.js', `import { G2AtEnd } from 'parcorana'\nexport default class Mine extends G2AtEnd {}`],
    ['mine.cjs', `const { G2Common } = require('parcorana')\nmodule.exports = class Mine extends G2Common {}`],
  ])('loads a user class from %s by path', async (name, text) => {
    write(`classes/${name}`, text)
    const path = write(
      `${name}.json`,
      JSON.stringify({ systemParams: { dataset: 'npy:in.npy', userClass: `./classes/${name}` } }),
    )
    const { resolved } = await load(path)
    const ref = refOf(resolved)
    expect(ref).toEqual({ kind: 'file', path: join(folder, 'classes', name), exportName: 'default' })
    expect((await classOf(ref, classes)).prototype).toBeInstanceOf(G2Common)
  })

  it('knows a built-in class by its name, both spellings, and by the class itself', async () => {
    write(
      'x.ts',
      `import { G2AtEnd } from 'parcorana'\nexport default { systemParams: { dataset: 'npy:i.npy', userClass: G2AtEnd } }`,
    )
    write('y.json', '{ "systemParams": { "dataset": "npy:i.npy", "userClass": "G2atEnd" } }')
    for (const name of ['x.ts', 'y.json']) {
      const { resolved } = await load(name)
      expect(resolved.analyses[0]).toMatchObject({
        className: 'G2AtEnd',
        userClass: { kind: 'builtin', name: 'G2AtEnd' },
      })
      expect(await classOf(refOf(resolved), classes)).toBe(G2AtEnd)
    }
  })

  it('reads a changed file again', async () => {
    const text = (times: number) => `export default { systemParams: { dataset: 'npy:i.npy', times: ${times} } }`
    write('again.ts', text(5))
    expect((await load('again.ts')).resolved.systemParams.times).toBe(5)
    write('again.ts', text(6))
    expect((await load('again.ts')).resolved.systemParams.times).toBe(6)
  })

  it('gives a worker thread the class of its own engine', async () => {
    const path = write(
      'thread.ts',
      `import { G2Common } from 'parcorana'\nenum Level { low, high }\nexport default ${classText}`,
    )
    const jiti = pathToFileURL(join(repositoryRoot, 'node_modules/jiti/lib/jiti.mjs')).href
    const script = `
      const { parentPort } = require('node:worker_threads')
      import(${JSON.stringify(jiti)}).then(async ({ createJiti }) => {
        const source = createJiti(${JSON.stringify(join(repositoryRoot, 'src/'))}, { fsCache: false })
        const { registerEngineModule } = await source.import('./config/engineModule.ts')
        const { classOf, classRegistry } = await source.import('./config/userClass.ts')
        class G2Common {}
        registerEngineModule(async () => ({ G2Common }))
        const ref = { kind: 'file', path: ${JSON.stringify(path)}, exportName: 'default' }
        const type = await classOf(ref, classRegistry({}, G2Common))
        parentPort.postMessage([type.name, type.prototype instanceof G2Common, new type().mine])
      })`
    const worker = new Worker(script, { eval: true })
    const answer = await new Promise((resolve, reject) => {
      worker.once('message', resolve)
      worker.once('error', reject)
    })
    await worker.terminate()
    expect(answer).toEqual(['Mine', true, 1])
  })
})

describe('config files that cannot be loaded', () => {
  const good = `{ "systemParams": { "dataset": "npy:i.npy", "userClass": "./bad.ts" } }`
  it.each([
    ['gone.ts', null, /config file \S+gone\.ts does not exist; 'parcorana init' writes one/],
    ['syntax.ts', 'export default {\n  a: 1,,\n}', /config file \S+syntax\.ts has a syntax error at line 2, column 7/],
    [
      'inner.ts',
      `import './syntax.ts'\nexport default {}`,
      /\S+syntax\.ts, imported by config file \S+inner\.ts, has a syntax error at line 2/,
    ],
    ['throws.ts', '\n\nthrow new Error("no luck")', /config file \S+throws\.ts threw an error at line 3: no luck/],
    [
      'imports.ts',
      `import { a } from './nowhere.js'\nexport default { a }`,
      /imports \.\/nowhere\.js, which cannot be found/,
    ],
    [
      'empty.ts',
      'export const a = 1',
      /config file \S+empty\.ts has no default export; write "export default defineConfig/,
    ],
    [
      'legacy.ts',
      'export const system_params = {}, user_params = {}',
      /exports system_params and user_params by name, but no default/,
    ],
    ['number.ts', 'export default 5', /the default export of \S+number\.ts is 5, but must be an object of keys/],
    ['old.py', 'system_params = {}', /old\.py is a Python file of ParCorAna; write it as \.ts/],
    ['what.yaml', '', /what\.yaml is of unknown type '\.yaml'; write it as \.ts/],
    ['comma.json', '{\n "a": 1,\n}', /config file \S+comma\.json is not valid JSON at line 3: /],
    ['short.json', '{\n "a": 1,\n', /config file \S+short\.json is not valid JSON at line 3: /],
  ])('%s', async (name, text, message) => {
    if (text !== null) write(name, text)
    const error = await load(name).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(ConfigError)
    expect((error as Error).message).toMatch(message)
    expect((error as Error).message).not.toContain('\n')
    expect((error as ConfigError).exitCode).toBe(3)
  })

  it.each([
    ['export class A {}', /user class file \S+bad\.ts has no default export; write "export default class \.\.\."/],
    ['export default class A {}', /the default export of \S+bad\.ts is class A, which does not extend G2Common/],
    ['export default 7', /the default export of \S+bad\.ts is the number 7, but must be a class that extends G2Common/],
    ['export default class {', /user class file \S+bad\.ts has a syntax error at line 1/],
  ])('user class file: %s', async (text, message) => {
    write('bad.ts', text)
    await expect(load(write('uses-bad.json', good))).rejects.toThrow(message)
  })

  it('a user class file that is missing', async () => {
    const path = write('nofile.json', good.replace('bad.ts', 'none.ts'))
    await expect(load(path)).rejects.toThrow(/user class file \S+none\.ts does not exist; check the path/)
  })
})
