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

/** The first option of the command line that is not `known`, without dashes: it says more than what is missing then. */
export function strangeOption(words: readonly string[], known: readonly string[]): string | undefined {
  const names = words.map((word) => /^--([^=]+)/.exec(word)?.[1]).filter((name) => name !== undefined)
  return names.find((name) => !known.includes(name) && !known.includes(name.replace(/^no-/, '')))
}

/** The parser's `message` in our words. `known`: the names of all options of this command; `otherwise`: what to do about a word that is near none. */
export function usageError(message: string, known: readonly string[] = [], otherwise = help): UsageError {
  const unknown = /^Unknown arguments?: ([^,]*)/.exec(message)?.[1]
  if (unknown !== undefined) return unknownArgument(unknown, known, otherwise)
  const choice = /Argument: (\S+), Given: "(.*)", Choices: (.*)/.exec(message)
  if (choice !== null) {
    const [, name = '', given, choices = ''] = choice
    const next = choices.replaceAll('"', '').replace(/, ([^,]*)$/, ' or $1')
    return new UsageError(`${flag(name)} is '${given}'; give ${next}`, { option: name, given })
  }
  const missing = /^Missing required argument: (\S+)\n(.*)/.exec(message)
  if (missing !== null) return new UsageError(`no ${missing[1]}; ${missing[2]}`, { option: missing[1] })
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

function unknownArgument(name: string, known: readonly string[], otherwise: string): UsageError {
  const near = name.length > 1 ? nearestOption(name, known) : null
  const next = near === null ? otherwise : `did you mean ${flag(near)}?`
  return new UsageError(`unknown option or word '${name}'; ${next}`, { option: name })
}

/** The option whose name, or else one word of it that begins alike, is nearest: `workers` means num-workers. Null = none, or several alike. */
function nearestOption(name: string, known: readonly string[]): string | null {
  const names = known.filter((each) => each.length > 1)
  const near = nearestName(name, names)
  if (near !== null) return near
  const words = names.flatMap((each) => each.split('-')).filter((word) => word.length > 3 && word[0] === name[0])
  const word = nearestName(name, words)
  const owners = names.filter((each) => word !== null && each.split('-').includes(word))
  return owners.length === 1 ? owners[0] : null
}

function flag(name: string): string {
  return name.length === 1 ? `-${name}` : `--${name}`
}

/** An option that takes a text. */
export const textOption = (describe: string) => ({ type: 'string', requiresArg: true, describe }) as const

interface Range {
  readonly from: number
  readonly to?: number
  readonly whole?: boolean
}

/** An option that takes a number, in a range where one is given. */
export const numberOption = (name: string, describe: string, range?: Range) =>
  ({ ...textOption(describe), coerce: numberOf(name, range) }) as const

/** For an option that takes a number: its value as number. Throws UsageError. */
export function numberOf(option: string, range?: Range): (given: string | undefined) => number | undefined {
  return (given) => {
    if (given === undefined) return undefined
    const value = Number(given)
    if (given.trim() === '' || !Number.isFinite(value)) {
      throw new UsageError(`--${option} needs a number, but got '${given}'`, { option, given })
    }
    if (range !== undefined) requireRange(option, value, range)
    return value
  }
}

function requireRange(option: string, value: number, { from, to = Number.POSITIVE_INFINITY, whole }: Range): void {
  if (value >= from && value <= to && (whole !== true || Number.isInteger(value))) return
  const end = Number.isFinite(to) ? `to ${to}` : 'on'
  throw new UsageError(`--${option} is ${value}; give a ${whole ? 'whole ' : ''}number from ${from} ${end}`, {
    option,
    value,
  })
}
