// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * What users get wrong, through the real command line: one sentence on stderr that names the value, the file or key and the
 * next step, the right exit code, and nothing left behind.
 */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { runCli } from '../support/cli.js'
import { filesIn, put, temporaryFolder } from '../support/folder.js'
import { agreeRows } from './agreeRows.js'
import { calibrationRows } from './calibrationRows.js'
import { classRows, fileRows, keyRows, outputRows, usageRows } from './configRows.js'
import { goodConfig, type Row, writeGoodFiles } from './fixture.js'
import { colorRows, dataRows, maskRows, perEventRows } from './rows.js'

const root = temporaryFolder('bad')

const tables: Readonly<Record<string, readonly Row[]>> = {
  mask: maskRows,
  colors: colorRows,
  data: dataRows,
  'values per event': perEventRows,
  keys: keyRows,
  calibration: calibrationRows,
  'config file': fileRows,
  'user class': classRows,
  output: outputRows,
  'command line': usageRows,
  agree: agreeRows,
}

/** Log lines that may stand before the sentence: what the command line put over the config. */
const note = /^Override config file parameter /

describe.each(Object.entries(tables))('%s', (table, rows) => {
  it.concurrent.each(rows)('$name', async (row) => {
    const folder = join(root, `${table}-${rows.indexOf(row)}`)
    const args = await prepare(folder, row)
    const before = filesIn(folder)
    const { code, stdout, stderr } = await runCli(args, { cwd: folder })
    const lines = stderr.split('\n').filter((line) => line !== '' && !note.test(line))
    expect(lines).toHaveLength(1)
    const [sentence = ''] = lines
    expect(sentence).toMatch(/^parcorana: \S/)
    for (const words of row.words)
      expect(sentence).toMatch(words instanceof RegExp ? words : new RegExp(escaped(words)))
    expect(code).toBe(row.code)
    expect(stdout).toBe('')
    expect(filesIn(folder)).toEqual(before)
  })
})

describe('with --json', () => {
  it.each([
    ['a wrong key', { system: { numWorker: 2 } }, 3, 'config'],
    ['a missing mask', { system: { maskNdarrayCoords: 'no.npy' } }, 4, 'input'],
  ] as const)('%s is also the last record on stdout', async (name, change, exitCode, tag) => {
    const folder = join(root, `json ${name}`)
    const args = await prepare(folder, { name, ...change, words: [], code: exitCode })
    const { code, stdout, stderr } = await runCli([...args, '--json'], { cwd: folder })
    expect(code).toBe(exitCode)
    const record = JSON.parse(stdout) as Record<string, unknown>
    expect(record).toMatchObject({ event: 'error', exitCode, tag })
    expect(stderr).toBe(`parcorana: ${record.message}\n`)
  })
})

describe('the good run behind the table', () => {
  it('ends well', async () => {
    const folder = join(root, 'good')
    const args = await prepare(folder, { name: 'good', words: [], code: 0 })
    const { code, stdout, stderr } = await runCli(args, { cwd: folder })
    expect(code, stderr).toBe(0)
    expect(stdout).toBe(`${join(folder, 'out.h5')}\n`)
    expect(filesIn(folder)).toContain('out.h5')
  })
})

/** The folder of a row; returns the command line. */
async function prepare(folder: string, row: Row): Promise<readonly string[]> {
  mkdirSync(folder)
  writeGoodFiles(folder)
  const { file, text } = row.config ?? { file: 'config.json', text: JSON.stringify(goodConfig(row)) }
  put(folder, file, text)
  await row.files?.(folder)
  const { args = ['-c', file] } = row
  return args[0] === '-m' ? ['-c', file, ...args] : args
}

function escaped(words: string): string {
  return words.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
