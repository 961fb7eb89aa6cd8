// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * The package as a user gets it: packed, installed into an empty folder and globally, from the registry that npm is set to.
 * h5wasm-plugins names an older h5wasm as optional peer, and npm ignores a dependency's `overrides`: the bundle must settle it.
 */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { missing, repositoryRoot } from '../support/shared.js'
import { type Finished, finished, npm } from './npm.js'

const registryAnswers =
  npm(['view', 'yargs', 'version', '--fetch-retries=0', '--fetch-timeout=10000'], repositoryRoot).status === 0
const h5wasmVersion = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')).dependencies
  .h5wasm as string

if (!registryAnswers) missing('the installed package', 'the package registry does not answer')
else {
  describe('the installed package', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parcorana-package-'))
    let tarball = ''

    beforeAll(() => {
      const { status, stdout, stderr } = npm(
        ['pack', '--ignore-scripts', '--json', '--pack-destination', folder],
        repositoryRoot,
      )
      expect(status, stderr).toBe(0)
      tarball = join(folder, JSON.parse(stdout)[0].filename)
    })
    afterAll(() => rmSync(folder, { recursive: true, force: true }))

    it('goes into an empty folder', () => {
      const home = join(folder, 'local')
      mkdirSync(home)
      expectInstalled(npm(['install', '--prefix', home, tarball], home))
      expect(h5wasmBelow(join(home, 'node_modules'))).toEqual([h5wasmVersion])
      const names = finished(
        process.execPath,
        ['-e', "import('parcorana').then((m) => console.log(Object.keys(m).join()))"],
        home,
      )
      expect(names.stdout).toContain('defineConfig')
      expect(names.stdout).toContain('G2Common')
    })

    it('goes in globally, and runs a class in a folder without node_modules on the block kernels', () => {
      const prefix = join(folder, 'global')
      mkdirSync(prefix)
      expectInstalled(npm(['install', '--global', '--prefix', prefix, tarball], folder))
      const modules = join(prefix, 'lib', 'node_modules')
      expect(h5wasmBelow(modules)).toEqual([h5wasmVersion])

      const parcorana = join(prefix, 'bin', 'parcorana')
      expect(finished(parcorana, ['--version'], folder).status).toBe(0)
      const alone = join(folder, 'alone')
      cpSync(join(repositoryRoot, 'configs', 'custom-g2'), alone, { recursive: true })
      expect(pathOf(parcorana, alone, '')).toBe('blocks')
      const eachEvent =
        '\n  override workerAfterDataInsert(...all: [number, number, never]) {\n    super.workerAfterDataInsert(...all)\n  }'
      expect(pathOf(parcorana, alone, eachEvent)).toBe('rows')
    })
  })
}

/** Run the example with a class that tells which path its sums took; `more` goes into the class. */
function pathOf(parcorana: string, folder: string, more: string): string | undefined {
  const tell =
    '\n  override workerCalc(workerData: never) {\n    this.mpiParams.logInfo("sums by " + this.sums?.path)\n    return super.workerCalc(workerData)\n  }'
  const source = readFileSync(join(repositoryRoot, 'configs', 'custom-g2', 'myG2.ts'), 'utf8')
  writeFileSync(join(folder, 'myG2.ts'), source.replace(/\}\s*$/, `${tell}${more}\n}\n`))
  const run = finished(parcorana, ['-c', 'config.ts', '--json'], folder)
  expect(run.status, run.stderr).toBe(0)
  const done = JSON.parse(run.stdout.trim().split('\n').at(-1) as string) as Record<string, unknown>
  expect(done).toMatchObject({ event: 'done', complete: true, read: 1000, correlated: 900 })
  return /sums by (\w+)/.exec(run.stderr)?.[1]
}

/** Exit 0, and no word about versions that do not fit. */
function expectInstalled({ status, stderr }: Finished): void {
  expect(status, stderr).toBe(0)
  expect(stderr).not.toMatch(/ERESOLVE|peer dep/i)
  // Node 20 hears of one package that wants 22: it comes with fastify's help for tests, which nothing here uses.
  const tooNew = [...stderr.matchAll(/EBADENGINE\s+package: '([^']+)@/g)].map(([, name]) => name)
  expect(tooNew.filter((name) => name !== 'cookie')).toEqual([])
}

/** Versions of every h5wasm below `modules` (two levels are all that npm makes here). */
function h5wasmBelow(modules: string): string[] {
  const places = [
    'h5wasm',
    'h5wasm-plugins/node_modules/h5wasm',
    'parcorana/node_modules/h5wasm',
    'parcorana/node_modules/h5wasm-plugins/node_modules/h5wasm',
  ]
  const manifests = places.map((place) => join(modules, place, 'package.json')).filter((path) => existsSync(path))
  return manifests.map((path) => JSON.parse(readFileSync(path, 'utf8')).version as string)
}
