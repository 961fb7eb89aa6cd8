// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Every arrow that leaves a TypeScript file: imports, type imports, re-exports, `import()` in code and in types, `new URL()`. */
import ts from 'typescript'

export interface Arrow {
  /** The text between the quotes; null where it is computed at run time. */
  readonly to: string | null
  readonly line: number
  /** A `new URL('...', import.meta.url)`: it names a file without importing it. */
  readonly byUrl: boolean
}

/** All arrows of one source text, in order. */
export function arrowsOf(source: string, file = 'file.ts'): Arrow[] {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true)
  const arrows: Arrow[] = []
  const visit = (node: ts.Node): void => {
    const target = targetOf(node)
    if (target !== null) {
      const line = tree.getLineAndCharacterOfPosition(node.getStart()).line + 1
      arrows.push({ to: textOf(target.node), line, byUrl: target.byUrl })
    }
    ts.forEachChild(node, visit)
  }
  visit(tree)
  return arrows
}

function targetOf(node: ts.Node): { node: ts.Node | undefined; byUrl: boolean } | null {
  if (ts.isImportDeclaration(node)) return { node: node.moduleSpecifier, byUrl: false }
  if (ts.isExportDeclaration(node)) return node.moduleSpecifier ? { node: node.moduleSpecifier, byUrl: false } : null
  if (ts.isImportTypeNode(node)) return { node: node.argument, byUrl: false }
  if (ts.isExternalModuleReference(node)) return { node: node.expression, byUrl: false }
  if (ts.isCallExpression(node)) return isImportCall(node) ? { node: node.arguments[0], byUrl: false } : null
  if (ts.isNewExpression(node)) return isModuleUrl(node) ? { node: node.arguments?.[0], byUrl: true } : null
  return null
}

/** `import()`, `require()`, and what names a package without loading it: `require.resolve()`, `import.meta.resolve()`. */
function isImportCall(node: ts.CallExpression): boolean {
  const callee = node.expression
  if (callee.kind === ts.SyntaxKind.ImportKeyword) return true
  if (ts.isIdentifier(callee)) return callee.text === 'require'
  if (!ts.isPropertyAccessExpression(callee) || callee.name.text !== 'resolve') return false
  return /^(import\.meta|require|createRequire\(.*\))$/.test(callee.expression.getText())
}

/** `new URL('literal', import.meta.url)`; a computed URL names data, not a module. */
function isModuleUrl(node: ts.NewExpression): boolean {
  const [first, second] = node.arguments ?? []
  if (node.expression.getText() !== 'URL' || first === undefined || second?.getText() !== 'import.meta.url')
    return false
  return textOf(first) !== null
}

function textOf(node: ts.Node | undefined): string | null {
  if (node === undefined) return null
  if (ts.isStringLiteralLike(node)) return node.text
  if (ts.isLiteralTypeNode(node)) return textOf(node.literal)
  return null
}
