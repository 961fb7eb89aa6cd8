// SPDX-FileCopyrightText: 2026 The parcorana authors
// SPDX-License-Identifier: GPL-3.0-or-later

/** What is wrong with a command line, in one sentence with the next step. */
import { nearestName } from '../config/schema/sentences.js'
import { UsageError } from '../errors.js'

const help = "'parcorana --help' lists the options"

/** Throws UsageError when the command line begins with a word that is no command. */
export function requireCommand([first]: readonly string[], commands: readonly string[]): void {
  if (first === undefined || first.startsWith('-') || commands.includes(first)) return
  const near = nearestName(first, commands)
  const next = /\.\w+$/.test(first)
    ? `a config is given as -c ${first}`
    : near === null
      ? `commands are ${commands.join(', ')}`
      : `did you mean '${near}'?`
  throw new UsageError(`unknown command '${first}'; ${next}`, { command: first })
}

/** The parser's `message` in our words. `known`: the names of all options of this command. */
export function usageError(message: string, known: readonly string[] = []): UsageError {
  const unknown = /^Unknown arguments?: ([^,]*)/.exec(message)?.[1]
  if (unknown !== undefined) return unknownArgument(unknown, known)
  const bare = /^Not enough arguments following: (.*)/.exec(message)?.[1]
  if (bare !== undefined) return new UsageError(`${flag(bare)} needs a value; ${help}`, { option: bare })
  const count = /^Not enough non-option arguments: got (\d+), need at least (\d+)/.exec(message)
  if (count !== null) {
    const [, given, wanted] = count
    return new UsageError(
      `the command needs ${wanted} file name${wanted === '1' ? '' : 's'}, but got ${given}; ${help}`,
    )
  }
  const both = /^Arguments (\S+) and (\S+) are mutually exclusive/.exec(message)
  if (both !== null) {
    return new UsageError(`${flag(both[1] ?? '')} and ${flag(both[2] ?? '')} exclude each other; give one of them`)
  }
  return new UsageError(`${message.replace(/\n+/g, '; ')}; ${help}`)
}

function unknownArgument(name: string, known: readonly string[]): UsageError {
  const near = name.length > 1 ? nearestName(name, known) : null
  const next = near === null ? help : `did you mean ${flag(near)}?`
  return new UsageError(`unknown option or word '${name}'; ${next}`, { option: name })
}

function flag(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

/** For an option that takes a number: its value as number. Throws UsageError. */
export function numberOf(option: string): (given: string | undefined) => number | undefined {
  return (given) => {
    if (given === undefined) return undefined
    const value = Number(given)
    if (given.trim() !== '' && Number.isFinite(value)) return value
    throw new UsageError(`--${option} needs a number, but got '${given}'`, { option, given })
  }
}
