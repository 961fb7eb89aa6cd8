// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** `mpiexec -n N parcorana -c config`: what is printed, what the result is, and what is refused at the start. */
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { compareFiles } from '../../src/results/cmp.js'
import { writeScenario } from '../faults/fixture.js'
import { runCli } from '../support/cli.js'
import { filesIn, temporaryFolder } from '../support/folder.js'
import { describeWithMpi, MpiCli, startMpiexec } from '../support/mpi.js'
import { repositoryRoot } from '../support/shared.js'

const root = temporaryFolder('mpi-cli')
const members = 'workerAdjustData(data) { for (let i = 0; i < data.length; i++) data[i] *= 2 }'
const system = { numWorkers: 'auto', numServers: 2, update: 200 }

describeWithMpi('mpiexec parcorana', (mpi) => {
  const folderOf = (name: string, scenario = {}): string =>
    writeScenario(root, `${mpi}-${name}`, { system: { ...system, ...scenario } })
  const job = (ranks: number, words: string[], folder: string, env = {}) =>
    new MpiCli(mpi, ranks, ['-c', 'config.json', ...words], folder, env).end

  it('a class of the user on 6 ranks: the result of threads, one path on stdout', async () => {
    const folder = writeScenario(root, `${mpi}-user`, { members, system })
    const { code, stdout, stderr } = await job(6, [], folder)
    expect(code, stderr).toBe(0)
    expect(stdout).toBe(`${join(folder, 'out.h5')}\n`)
    expect(stderr).toMatch(/^rank=0 before first Collective MPI call \(MPI_Barrier\)\. If no output follows, there/)
    expect(stderr).toMatch(/^rank=0 after first Collective MPI call\. Elapsed time: \d+\.\d\d sec$/m)
    expect(stderr).toMatch(/^server host assignment:rnk=2->host=.+$/m)
    expect(stderr.match(/BEGIN VIEWER TIMING/g)).toHaveLength(1)
    const threads = await runCli(['-c', 'config.json', '-w', '3', '-o', 'threads.h5'], { cwd: folder })
    expect(threads.code, threads.stderr).toBe(0)
    const files = ['out.h5', 'threads.h5'].map((name) => join(folder, name)) as [string, string]
    expect((await compareFiles(...files, { exact: true })).differences).toEqual([])
    expect(filesIn(folder)).toEqual(['config.json', 'my.ts', 'out.h5', 'threads.h5'])
  })

  const refusals: [string, number, object, string[], number, RegExp][] = [
    [
      'workers',
      5,
      { numWorkers: 4, numServers: 1 },
      [],
      3,
      /^parcorana: systemParams\.numWorkers is 4, but 5 ranks with 1 server leave 2 workers; use 'auto' or start 7 ranks$/m,
    ],
    ['few', 2, {}, [], 3, /^parcorana: an MPI job of 2 ranks is too small for 2 servers; start at least 5 \(viewer, /m],
    [
      'threads',
      2,
      {},
      ['--transport', 'threads'],
      3,
      /^parcorana: systemParams\.transport is 'threads', but this is an MPI job of 2 ranks;/m,
    ],
    [
      'hosts',
      4,
      { serverHosts: ['nowhere'], numServers: 1 },
      [],
      3,
      /^parcorana: systemParams\.serverHosts names 'nowhere', but the ranks run on /m,
    ],
    ['usage', 2, {}, ['--nonsense'], 2, /^parcorana: unknown option or word 'nonsense'/m],
  ]
  // Side by side from here on: mpiexec and the ranks that it ends wait for each other most of the time.
  it.concurrent.each(refusals)('refuses: %s', async (name, ranks, scenario, words, exit, says) => {
    const folder = folderOf(`refuse-${name}`, scenario)
    const { code, stdout, stderr } = await job(ranks, words, folder)
    expect(code, stderr).toBe(exit)
    expect(stderr).toMatch(says)
    expect(stderr.match(/^parcorana: /gm)).toHaveLength(1)
    expect(stdout.split('\n').filter((line) => line.startsWith('/'))).toEqual([])
    expect(filesIn(folder)).toEqual(['config.json'])
  })

  it.concurrent('refuses where there is no MPI library, once for the host', async () => {
    const folder = folderOf('library')
    const { code, stderr } = await job(3, [], folder, { PARCORANA_MPI: '/nowhere/libmpi.so' })
    expect(code).not.toBe(0)
    const said = stderr.split('\n').filter((line) => line.startsWith('parcorana: '))
    expect(said).toEqual([
      expect.stringMatching(
        /^parcorana: no MPI library found \(.*\/nowhere\/libmpi\.so.*\); load the site's MPI module or /,
      ),
    ])
  })

  it.concurrent('refuses ranks that were started in different ways, or are of another version', async () => {
    const folder = folderOf('unlike')
    const other = join(root, `${mpi}-other`)
    mkdirSync(other)
    cpSync(join(repositoryRoot, 'dist'), join(other, 'dist'), { recursive: true })
    symlinkSync(join(repositoryRoot, 'node_modules'), join(other, 'node_modules'))
    const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))
    writeFileSync(join(other, 'package.json'), JSON.stringify({ ...manifest, version: '99.0.0' }))
    const ours = join(repositoryRoot, 'dist/src/cli.js')
    const mixed = async (second: string[]): Promise<string> => {
      const words = [ours, '-c', 'config.json', ':', '-n', '1', process.execPath, ...second]
      const child = startMpiexec(mpi, 1, words, { cwd: folder })
      let stderr = ''
      child.stderr?.setEncoding('utf8').on('data', (text: string) => {
        stderr += text
      })
      expect(await new Promise((resolve) => child.once('close', resolve))).toBe(1)
      return stderr
    }
    const [unlike, unequal] = await Promise.all([
      mixed([ours, '-c', 'config.json', '-n', '9']),
      mixed([join(other, 'dist/src/cli.js'), '-c', 'config.json']),
    ])
    expect(unlike).toMatch(
      /^parcorana: rank \d on .+ was started as 'parcorana -c config\.json -n 9', but rank 0 as 'parcorana -c config\.json'; start all ranks alike$/m,
    )
    expect(unequal).toMatch(
      /^parcorana: rank \d on .+ has parcorana 99\.0\.0, but rank 0 on .+ has \d+\.\d+\.\d+; install the same version on all hosts$/m,
    )
  })
})

it("transport 'mpi' outside an MPI job is refused", async () => {
  const folder = writeScenario(root, 'outside', {})
  const { code, stderr } = await runCli(['-c', 'config.json', '--transport', 'mpi'], { cwd: folder })
  expect(code).toBe(3)
  expect(stderr).toMatch(
    /^parcorana: systemParams\.transport is 'mpi', but this process is no rank of an MPI job; start it as mpiexec/m,
  )
})
