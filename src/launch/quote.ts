// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** Words for shells. Programs are started with argv arrays; only ssh's remote end and job scripts need one string. */

/** `word` as one word of a POSIX shell: plain where it is harmless, else in single quotes. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** An argv as one line that a POSIX shell reads back as the same words. */
export function shellLine(argv: readonly string[]): string {
  return argv.map(shellWord).join(' ')
}

/** `value` behind `#SBATCH --name=`: sbatch reads double quotes with `\` before a quote or another `\` (before a space it does not). */
export function directiveValue(value: string): string {
  return /^[\w@%+=:,./-]+$/.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`
}
