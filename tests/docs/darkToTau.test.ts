// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** docs/physics.md, "From dark run to tau(q)", as a newcomer follows it: its files, its commands, on an experiment whose tau is known. */
import { spawnSync } from 'node:child_process'
import { readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { readNpy, writeNpy } from '../../src/io/npy.js'
import { writeMovie } from '../calibration/movies.js'
import { runCli } from '../support/cli.js'
import { put, temporaryFolder } from '../support/folder.js'
import { describeWithPython, pythonWithH5py } from '../support/python.js'
import { repositoryRoot } from '../support/shared.js'

const folder = temporaryFolder('tau')
const file = (name: string): string => join(folder, name)
const shape = [96, 96]
const pixels = 96 * 96
const edges = [8, 16, 24, 32, 40, 47]
/** Angstrom^2 per second. */
const diffusion = 1e6
const tickSeconds = 0.01
const contrast = 0.5

/** Fenced blocks of the section, by language, in order. */
function blocks(): { language: string; code: string }[] {
  const text = readFileSync(join(repositoryRoot, 'docs/physics.md'), 'utf8')
  const section = /^## From dark run to tau\(q\)\n([\s\S]*?)^## /m.exec(text)?.[1] ?? ''
  return [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, language, code]) => {
    return { language: String(language), code: String(code) }
  })
}

/** Mean q of every ring, 1/Angstrom, by the formula for one pixel. */
const ringQ = edges.slice(1).map((outer, k) => {
  const found: number[] = []
  for (let p = 0; p < pixels; p++) {
    const radius = Math.hypot(Math.floor(p / 96) - 47.5, (p % 96) - 47.5)
    if (radius < edges[k] || radius >= outer) continue
    found.push(((4 * Math.PI * 8) / 12.39842) * Math.sin(Math.atan((radius * 75e-6) / 5) / 2))
  }
  return found.reduce((sum, q) => sum + q, 0) / found.length
})
const tau = ringQ.map((q) => 1 / (diffusion * q * q))

/** Pixels that no map of a real detector is without: one hot, one dead, one noisy. */
function spoil(name: string): void {
  const { data, shape: extents } = readNpy(file(name))
  for (let at = 0, frame = 0; at < data.length; at += pixels, frame++) {
    data[at + 2000] = 40_000
    data[at + 2500] = 0
    data[at + 3000] = frame % 2 === 0 ? 200 : 3000
  }
  writeNpy(file(name), data, extents)
}

async function measure(): Promise<number[]> {
  const speckle = { edges, center: [47.5, 47.5], contrast, decay: tau.map((seconds) => (2 * tickSeconds) / seconds) }
  const model = { noise: 0.1, gainSpread: 0.05, commonMode: 0.1 }
  const movie = await writeMovie(folder, 'sim', { shape, events: 3000, mean: 0.5, darkFrames: 400, model, speckle })
  renameSync(movie.raw, file('run.npy'))
  renameSync(movie.dark, file('dark.npy'))
  renameSync(movie.gainMap, file('gain.npy'))
  for (const name of ['run.npy', 'dark.npy']) spoil(name)
  return edges.slice(1).map((_, k) => (2 * tickSeconds) / movie.truth.decay(k + 1))
}

/** stdout and stderr of a line of the document. */
async function follow(line: string): Promise<string> {
  const [command, ...args] = line.split(' ')
  if (command === 'python3') {
    const { status, stdout, stderr } = spawnSync(pythonWithH5py() as string, args, { cwd: folder, encoding: 'utf8' })
    expect(status, stderr).toBe(0)
    return stdout
  }
  expect(command).toBe('parcorana')
  const { code, stdout, stderr } = await runCli(args, { cwd: folder })
  expect(code, stderr).toBe(0)
  return stdout + stderr
}

describeWithPython('from dark run to tau(q)', () => {
  it('the document leads to the tau, the contrast and the diffusion that were simulated', {
    timeout: 120_000,
  }, async () => {
    const all = blocks()
    expect(all.map(({ language }) => language)).toEqual(['python', 'ts', 'python', 'sh'])
    const truth = await measure()
    for (const { language, code } of all.slice(0, 3)) {
      const [, name] = /^(?:#|\/\/) (\S+)\n/.exec(code) ?? []
      expect(name, language).toBeDefined()
      put(folder, String(name), code)
    }
    const lines = (all[3]?.code ?? '').trim().split('\n')
    const said: string[] = []
    for (const line of lines) said.push(await follow(line))
    const [rings, dark, check, run, fits] = said
    const listed = JSON.parse(String(rings)) as number[]
    expect(all[1]?.code).toContain(`colorQ: [${listed.join(', ')}]`)
    listed.forEach((q, k) => {
      expect(q).toBeCloseTo(ringQ[k], 7)
    })
    expect(dark).toMatch(/bad +3 /)
    expect(dark).toMatch(/photon +(9|10)\.\d+ sigma/)
    expect(check).toContain('subtract common mode of each row')
    expect(
      String(run)
        .split('\n')
        .filter((line) => /warn|fail/i.test(line)),
    ).toEqual([])
    const number = '(-?[\\d.e+-]+)'
    const pattern = `q ${number} 1/A +tau ${number} \\+- ${number} s +contrast ${number} \\+- ${number} +D ${number} A`
    const found = [...String(fits).matchAll(new RegExp(pattern, 'g'))].map((match) => match.slice(1).map(Number))
    expect(found).toHaveLength(5)
    found.forEach(([, own, error, height, heightError, D], k) => {
      expect(Math.abs(own - truth[k]), `tau of ring ${k + 1}`).toBeLessThan(3 * error)
      expect(error).toBeLessThan(0.1 * truth[k])
      expect(Math.abs(height - contrast ** 2), `contrast of ring ${k + 1}`).toBeLessThan(3 * heightError)
      expect(Math.abs(D / diffusion - 1)).toBeLessThan(0.25)
    })
  })
})
