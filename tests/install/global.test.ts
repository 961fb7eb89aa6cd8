// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * A globally installed parcorana runs a class of the user's in a folder without node_modules: it is a G2Common of the running
 * engine on every rank, keeps the block kernels, and gives what the built-in class gives.
 */
import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { type Finished, finished, npm } from '../package/npm.js'
import { put, temporaryFolder } from '../support/folder.js'
import { missing, repositoryRoot } from '../support/shared.js'

const registryAnswers =
  npm(['view', 'yargs', 'version', '--fetch-retries=0', '--fetch-timeout=10000'], repositoryRoot).status === 0

/** Says on every rank what it is; changes nothing. */
const ownClass = `import { G2Common, G2IncrementalAccumulator, makeDelayList, type PublishArguments } from 'parcorana'
import type { WorkerData } from 'parcorana'
enum Answer { No, Yes }
export default class Mine extends G2IncrementalAccumulator {
  constructor(private readonly user: never, system: never, info: never, alternative: boolean) {
    super(user, system, info, alternative)
    this.tell('constructor')
  }
  override serverInit() { this.tell('serverInit') }
  override workerCalc(data: WorkerData) {
    this.tell('workerCalc by ' + this.sums?.path)
    return super.workerCalc(data)
  }
  override async viewerPublish(args: PublishArguments) {
    this.tell('viewerPublish')
    await super.viewerPublish(args)
  }
  tell(where: string) {
    const common = this instanceof G2Common ? Answer.Yes : Answer.No
    const base = Object.getPrototypeOf(Mine) === G2IncrementalAccumulator
    this.mpiParams.logInfo(\`\${this.mpiParams.role} \${where}: \${common} \${base} \${makeDelayList({ start: 1, stop: 3, num: 3, spacing: 'lin' }).join()}\`, true)
  }
}
`

const config = (head: string, userClass: string, output: string): string => `import { defineConfig } from 'parcorana'
${head}
export default defineConfig({
  systemParams: {
    dataset: { format: 'synthetic', shape: [20, 30], events: 500, seed: 7 },
    numServers: 2, numWorkers: 2, times: 100, update: 200, delays: [1, 2, 5, 40, 99],
    userClass: ${userClass}, h5output: '${output}', h5arrays: 'every',
  },
})
`

if (!registryAnswers) missing('a global installation', 'the package registry does not answer')
else {
  describe('a global installation', () => {
    const folder = temporaryFolder('global')
    const alone = join(folder, 'alone')
    const parcorana = join(folder, 'prefix', 'bin', 'parcorana')
    const run = (...args: string[]): Finished => finished(parcorana, args, alone)

    beforeAll(() => {
      const packed = npm(['pack', '--ignore-scripts', '--json', '--pack-destination', folder], repositoryRoot)
      expect(packed.status, packed.stderr).toBe(0)
      const tarball = join(folder, JSON.parse(packed.stdout)[0].filename)
      mkdirSync(join(folder, 'prefix'))
      mkdirSync(alone)
      const flags = ['--prefer-offline', '--no-audit', '--no-fund']
      const installed = npm(['install', '--global', '--prefix', join(folder, 'prefix'), ...flags, tarball], folder)
      expect(installed.status, installed.stderr).toBe(0)
      put(alone, 'mine.ts', ownClass)
      put(alone, 'byPath.ts', config('', "'./mine.ts'", 'byPath.h5'))
      put(alone, 'byImport.ts', config("import Mine from './mine.js'", 'Mine', 'byImport.h5'))
      put(alone, 'builtIn.ts', config('', "'G2IncrementalAccumulator'", 'builtIn.h5'))
    })

    it('stands where no node_modules is near', () => {
      for (let place = alone; place !== dirname(place); place = dirname(place)) {
        expect(existsSync(join(place, 'node_modules', 'parcorana'))).toBe(false)
      }
    })

    it.each(['byPath', 'byImport'])('runs a class given %s on the block kernels, with equal results', (way) => {
      const { status, stdout, stderr } = run('-c', `${way}.ts`, '--json')
      expect(status, stderr).toBe(0)
      expect(JSON.parse(stdout.trim().split('\n').at(-1) as string)).toMatchObject({ event: 'done', correlated: 500 })
      const told = (role: string, where: string): number =>
        stderr.split(`- INFO - ${role} ${where}: 1 true 1,2,3\n`).length - 1
      expect(told('viewer', 'constructor')).toBe(1)
      expect(told('server', 'serverInit')).toBe(2)
      expect(told('worker', 'constructor')).toBe(2)
      expect(told('worker', 'workerCalc by blocks')).toBe(6)
      expect(told('viewer', 'viewerPublish')).toBe(3)
      expect(stderr).not.toContain('by rows')

      if (!existsSync(join(alone, 'builtIn.h5'))) expect(run('-c', 'builtIn.ts', '-q').status).toBe(0)
      const compared = run('cmp', `${way}.h5`, 'builtIn.h5', '--exact', '--ignore', 'user_class,userClass')
      const differences = compared.stderr.split('\n').filter((line) => line !== '')
      expect(differences).toHaveLength(3)
      for (const difference of differences) {
        expect(difference).toMatch(/@user_class differs Mine and G2IncrementalAccumulator$/)
      }
      expect(Number(/(\d+) datasets compared/.exec(compared.stdout)?.[1])).toBeGreaterThan(50)
    })

    it('says where a class is wrong', () => {
      put(alone, 'foreign.ts', 'export default class Foreign {}\n')
      put(alone, 'wrong.ts', config('', "'./foreign.ts'", 'wrong.h5'))
      const { status, stderr } = run('-c', 'wrong.ts')
      expect(status).toBe(3)
      expect(stderr).toMatch(/^parcorana: .*foreign\.ts is class Foreign, which does not extend G2Common; import/)
      expect(existsSync(join(alone, 'wrong.h5'))).toBe(false)
    })
  })
}
