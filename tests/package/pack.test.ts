// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What the published package holds: what a user needs and nothing else. Needs the build (`npm test` builds first). */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { repositoryRoot } from '../support/shared.js'
import { npm } from './npm.js'

const bundled = ['h5wasm', 'h5wasm-plugins']
const allowed = [
  /^(package\.json|README\.md|CHANGELOG\.md|CITATION\.cff)$/,
  /^LICENSES\/[\w.-]+\.txt$/,
  /^dist\/(src|workers)\/[\w/-]+\.(js|mjs|d\.ts|wasm)$/,
  /^configs\/[\w/-]+\.(ts|json|md|sh|license)$/,
  /^python\/\w+\.py$/,
  /^masks\/[\w/.-]+\.(npy|h5|md|license)$/,
  ...bundled.map((name) => new RegExp(`^node_modules/${name}/`)),
]

interface Packed {
  readonly files: readonly { readonly path: string; readonly size: number }[]
  readonly unpackedSize: number
}

/** Files that no pattern explains. */
function surplus(files: readonly string[]): string[] {
  return files.filter((file) => !allowed.some((pattern) => pattern.test(file)))
}

describe('npm pack', () => {
  let files: string[] = []
  let packed: Packed

  beforeAll(() => {
    const { status, stdout } = npm(['pack', '--dry-run', '--json', '--ignore-scripts'], repositoryRoot)
    expect(status).toBe(0)
    packed = (JSON.parse(stdout) as Packed[])[0] as Packed
    files = packed.files.map((file) => file.path)
  })

  it('holds nothing else', () => expect(surplus(files)).toEqual([]))

  it('holds the doors, the kernels, the examples, the papers', () => {
    const manifest = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8'))
    const doors = [manifest.bin.parcorana, ...Object.values(manifest.exports['.'] as Record<string, string>)]
    const needed = doors.map((path: string) => path.replace(/^\.\//, ''))
    needed.push(
      'README.md',
      'CHANGELOG.md',
      'LICENSES/GPL-3.0-or-later.txt',
      'configs/quickstart.ts',
      'configs/jobs/slurm.sh',
      'python/parcorana.py',
      'masks/README.md',
    )
    for (const file of needed) expect(files).toContain(file)
    expect(files.filter((file) => /^dist\/src\/kernels\/[\w-]+\.wasm$/.test(file))).not.toEqual([])
  })

  it('holds every source and entry point, compiled, with types', () => {
    const sources = ['src', 'workers'].flatMap((folder) => sourcesBelow(folder))
    for (const source of sources) {
      expect(files).toContain(`dist/${source.replace(/\.ts$/, '.js')}`)
      expect(files).toContain(`dist/${source.replace(/\.ts$/, '.d.ts')}`)
    }
    expect(sources.length).toBeGreaterThan(10)
  })

  it('stays small without its bundled libraries', () => {
    const own = packed.files.filter((file) => !file.path.startsWith('node_modules/'))
    expect(own.reduce((sum, file) => sum + file.size, 0)).toBeLessThan(4_000_000)
  })

  it('the list of allowed files can fail', () => {
    const foreign = [
      'tests/x.test.ts',
      'src/units.ts',
      'dist/tests/x.js',
      'dist/tsconfig.tsbuildinfo',
      'dist/src/a.js.map',
      '.ci/run',
      'g2_000.h5',
      'configs/g2_000.h5',
    ]
    expect(surplus(foreign)).toEqual(foreign)
  })
})

/** All .ts files below `folder`, without AssemblyScript sources. */
function sourcesBelow(folder: string): string[] {
  return readdirSync(join(repositoryRoot, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`
    if (path === 'src/kernels/assembly') return []
    if (entry.isDirectory()) return sourcesBelow(path)
    return path.endsWith('.ts') ? [path] : []
  })
}
