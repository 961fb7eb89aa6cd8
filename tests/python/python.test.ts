// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** python/parcorana.py and its examples for Sardana and Bluesky, each run by a real Python against the built command line. */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readCurves, readResult } from '../../src/results/reader.js'
import { writeScenario } from '../faults/fixture.js'
import { cliPath } from '../support/cli.js'
import { temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonWithH5py, runPython } from '../support/python.js'
import { repositoryRoot } from '../support/shared.js'

const root = temporaryFolder('python')
const here = join(repositoryRoot, 'tests/python')
const state = join(root, 'state')

/** What the program `name` of this folder prints as JSON. */
function python<T>(name: string, cwd: string, ...args: readonly string[]): T {
  const own = Object.entries(process.env).filter(([key]) => !/^(PARCORANA_|NODE_OPTIONS$|VITEST)/.test(key))
  const env = {
    ...Object.fromEntries(own),
    PARCORANA: JSON.stringify([process.execPath, cliPath]),
    PARCORANA_STATE: state,
    PYTHONPATH: [join(repositoryRoot, 'python'), join(here, 'standins')].join(':'),
    PYTHONDONTWRITEBYTECODE: '1',
  }
  const program = pythonWithH5py() as string
  const { status, stdout, stderr } = spawnSync(program, [join(here, name), ...args], { cwd, env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${name} failed: ${stderr}${stdout}`)
  return JSON.parse(stdout) as T
}

interface Said {
  readonly message: string
  readonly exit_code: number
  readonly record: { readonly tag?: string }
}

describeWithPython('the Python module', () => {
  it('runs a config, tells what happens, reads the curves', async () => {
    const folder = writeScenario(root, 'run', { system: { update: 100, h5arrays: 'final' } })
    interface Run {
      done: { output: string; read: number }
      seen: string[]
      delays: number[]
      rings: Record<string, [g2: number[], error: number[]]>
      complete: boolean
    }
    const { done, seen, delays, rings, complete } = python<Run>('module.py', folder, 'run', 'config.json')
    expect(done).toMatchObject({ event: 'done', output: join(folder, 'out.h5'), read: 300, complete: true })
    expect(seen).toContain('update')
    expect([delays, complete]).toEqual([[1, 2, 5], true])
    const { analyses } = await readResult(done.output)
    const { curves } = await readCurves(done.output, analyses[0]?.updates.at(-1) as string)
    expect(Object.keys(rings).map(Number)).toEqual([...curves.colors])
    curves.colors.forEach((color, c) => {
      const [g2, error] = rings[color] as [number[], number[]]
      expect(g2).toEqual([...curves.g2.slice(c * 3, c * 3 + 3)])
      expect(error).toEqual([...curves.error.slice(c * 3, c * 3 + 3)])
    })
  })

  it('raises what the command line says, and stops a run that nobody reads', async () => {
    const folder = writeScenario(root, 'failure', {
      system: { dataset: { format: 'synthetic', shape: [64, 64], events: 5_000_000, seed: 3 }, update: 1000 },
    })
    const said = python<Said>('module.py', folder, 'failure', 'none.json')
    expect(said).toMatchObject({ exit_code: 3, record: { tag: 'config' } })
    expect(said.message).toMatch(/^config file .*none\.json does not exist; 'parcorana init' writes one$/)
    expect(python('module.py', folder, 'stop', 'config.json')).toMatchObject({ event: 'update' })
    expect((await readResult(join(folder, 'out.h5'))).complete).toBe(false)
  })

  it("triggers with MENTO's arguments, follows, and says what is wrong", () => {
    const folder = join(root, "it's a trigger")
    mkdirSync(folder)
    const script = join(root, 'script.sh')
    writeFileSync(script, '#!/bin/bash\nfor word in "$@"; do echo "[$word]"; done\n[ "$1" != fail ] || exit 6\n')
    chmodSync(script, 0o755)
    interface Triggered {
      logs: string[]
      ends: object[]
      waited: object
      refused: { code: string; exit_code: number; message: string }
      known: string[]
      ids: string[]
    }
    const found = python<Triggered>('module.py', folder, 'trigger', script, folder)
    expect(found.logs).toEqual(['', '[1]\n[a b]\n', "[2.5]\n[it's]\n", '[x]\n[y]\n'])
    for (const end of found.ends) expect(end).toMatchObject({ event: 'done', state: 'COMPLETED', exitCode: 0 })
    expect(found.waited).toMatchObject({ event: 'done', state: 'FAILED', exitCode: 6 })
    expect(found.refused).toMatchObject({ code: 'ScriptNotExecutable', exit_code: 4 })
    expect(found.refused.message).toContain(`${script}.none on this machine: does not exist`)
    expect(found.known).toEqual(expect.arrayContaining(found.ids))
  })
})

describeWithPython('processing during data acquisition', () => {
  const frames = (path: string): void =>
    void runPython("np.save(sys.argv[1], np.random.default_rng(1).poisson(2, (600, 12, 10)).astype('u1'))", path)
  const local = (folder: string) => ({ method: 'local', beamtime: false, folder: join(folder, 'jobs') })

  it('by a Sardana macro', async () => {
    const folder = writeScenario(root, 'sardana', { system: { h5output: null, update: 0 } })
    const raw = join(folder, 'scan 1.npy')
    frames(raw)
    interface Door {
      said: [kind: string, text: string][]
      measured: [points: number, seconds: number]
      result: string
      checks: number
    }
    const config = join(folder, 'config.json')
    const door = python<Door>('sardana_door.py', folder, config, raw, JSON.stringify(local(folder)))
    expect(door.measured).toEqual([599, 0.01])
    expect(door.result).toBe(join(folder, 'scan 1_g2.h5'))
    expect(door.checks).toBeGreaterThan(0)
    expect(door.said.map(([kind]) => kind)).not.toContain('error')
    expect(door.said[0]?.[1]).toMatch(new RegExp(`^analysis of ${raw} is job \\d+, log ${folder}/jobs/`))
    expect(await readResult(door.result)).toMatchObject({ complete: true, accounting: { read: 600 } })

    const refused = python<Door>('sardana_door.py', folder, config, raw, JSON.stringify({ root: join(root, 'no') }))
    expect(refused.measured).toEqual([599, 0.01])
    expect(refused.said).toEqual([['warning', expect.stringMatching(/^no analysis of .*no \*metadata\*\.json/)]])
  })

  it('by a Bluesky callback, one job per run that ended well', async () => {
    const folder = writeScenario(root, 'bluesky', { system: { h5output: null, update: 0 } })
    const files = ['one.npy', "it's two.npy"].map((name) => join(folder, name))
    for (const file of files) frames(file)
    interface Engine {
      said: string[]
      ends: Record<string, { exitCode: number; output: string }>
    }
    const config = join(folder, 'config.json')
    const { ends, said } = python<Engine>('bluesky_engine.py', folder, config, ...files, JSON.stringify(local(folder)))
    expect(Object.keys(ends)).toEqual(['one', 'two'])
    expect(said).toHaveLength(2)
    for (const [uid, file] of [
      ['one', files[0]],
      ['two', files[1]],
    ] as [string, string][]) {
      expect(ends[uid]).toMatchObject({ exitCode: 0, output: file.replace('.npy', '_g2.h5') })
      expect(await readResult(ends[uid]?.output as string)).toMatchObject({ complete: true, accounting: { read: 600 } })
    }
  })
})
