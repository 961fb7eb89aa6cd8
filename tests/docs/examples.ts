// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/**
 * Examples in documents and in doc comments: fenced blocks that start with ```ts.
 * `ts` is type-checked, `ts run` is also run (a line `expression // => value` must hold), `ts fragment` is left alone.
 */
import { isDeepStrictEqual } from 'node:util'
import ts from 'typescript'

export interface Example {
  readonly file: string
  readonly line: number
  readonly kind: 'check' | 'run'
  readonly code: string
}

/** All examples of one text; in TypeScript sources only those inside doc comments count, without their ` * `. */
export function examplesOf(file: string, text: string): Example[] {
  const lines = text.split('\n').map((line) => (file.endsWith('.ts') ? commentText(line) : line))
  const examples: Example[] = []
  let start = -1
  lines.forEach((line, index) => {
    if (line === null) return
    const fence = /^\s*```(.*)$/.exec(line)
    if (fence === null) return
    if (start >= 0) {
      examples.push(...exampleAt(file, lines, start, index))
      start = -1
    } else start = index
  })
  return examples
}

function commentText(line: string): string | null {
  return /^\s*\* ?(?!\/)(.*)$/.exec(line)?.[1] ?? null
}

function exampleAt(file: string, lines: readonly (string | null)[], start: number, end: number): Example[] {
  const info = /```(.*)$/.exec(lines[start] ?? '')?.[1]?.trim() ?? ''
  if (info !== 'ts' && info !== 'ts run') return []
  const code = lines.slice(start + 1, end).join('\n')
  return [{ file, line: start + 1, kind: info === 'ts' ? 'check' : 'run', code }]
}

/** Type errors of all examples, as sentences. `root` = folder of tsconfig.json, whose rules apply; 'parcorana' is the public entry. */
export function typeErrors(examples: readonly Example[], root: string): string[] {
  const { options } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(`${root}/tsconfig.json`, ts.sys.readFile).config,
    ts.sys,
    root,
  )
  const texts = new Map(examples.map((example, index) => [`${root}/example-${index}.ts`, example]))
  const settings = {
    ...options,
    noEmit: true,
    noUnusedLocals: false,
    noUnusedParameters: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
  }
  const host = ts.createCompilerHost(settings)
  const { readFile, fileExists, getSourceFile } = host
  host.fileExists = (name) => texts.has(name) || fileExists(name)
  host.readFile = (name) => texts.get(name)?.code ?? readFile(name)
  host.getSourceFile = (name, version, ...rest) => {
    const example = texts.get(name)
    return example ? ts.createSourceFile(name, example.code, version, true) : getSourceFile(name, version, ...rest)
  }
  const program = ts.createProgram([...texts.keys()], settings, host)
  return [...texts].flatMap(([name, example]) => errorsIn(program, name, example))
}

function errorsIn(program: ts.Program, name: string, example: Example): string[] {
  const source = program.getSourceFile(name)
  const found = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)]
  return found.map((each) => {
    const line = example.line + 1 + (source?.getLineAndCharacterOfPosition(each.start ?? 0).line ?? 0)
    return `${example.file}:${line} ${ts.flattenDiagnosticMessageText(each.messageText, ' ')}`
  })
}

/** The example as JavaScript whose `// =>` lines call `same(actual, expected)`, and whose imports read from `engine`. */
export function runnable(code: string): string {
  const checked = code.replace(/^(?!\s*(?:const|let|import|\/\/))(.*\S)\s*\/\/ => (.+)$/gm, 'same($1, $2)')
  const imported = checked.replace(/^import \{([^}]*)\} from 'parcorana'$/gm, 'const {$1} = engine')
  const options = { module: ts.ModuleKind.ESNext, target: ts.ScriptTarget.ES2022 }
  return ts.transpileModule(imported, { compilerOptions: options }).outputText
}

/** Run one example; throws what it throws, or a sentence when a promised value differs. Returns the number of promises kept. */
export async function runExample(example: Example, engine: object): Promise<number> {
  let kept = 0
  const same = (actual: unknown, expected: unknown): void => {
    if (!isDeepStrictEqual(plain(actual), plain(expected))) {
      throw new Error(
        `${example.file}:${example.line} promises ${JSON.stringify(expected)}, but it is ${JSON.stringify(plain(actual))}`,
      )
    }
    kept++
  }
  const body = new Function(
    'engine',
    'same',
    `return (async () => {${runnable(example.code).replace(/^export .*$/gm, '')}\n})()`,
  )
  await body(engine, same)
  return kept
}

function plain(value: unknown): unknown {
  return ArrayBuffer.isView(value) ? Array.from(value as unknown as ArrayLike<number>) : value
}
