import { parseArgs } from 'node:util'

import { messageOf } from './error-words.ts'
import { usageFailure } from './failure.ts'

export interface Option {
  readonly name: string
  /** What stands for its value in the help; a switch when absent. */
  readonly value?: string
  readonly text: string
}

/** What a command works with, so that tests can give it something else. */
export interface Context {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly out: (line: string) => void
  readonly err: (line: string) => void
  /** True where colours and cursor codes make sense. */
  readonly terminal: boolean
  /** Asks whoever sits there; undefined where nobody does, or who left without an answer. */
  readonly ask: (question: string) => Promise<string | undefined>
}

export interface Arguments {
  readonly positionals: readonly string[]
  readonly values: Readonly<Record<string, string | undefined>>
  readonly switches: ReadonlySet<string>
}

export interface Command {
  /** As typed, for instance `agent add`. */
  readonly name: string
  readonly summary: string
  /** The positional arguments, for instance `RUN`. All are required. */
  readonly operands: readonly string[]
  /** Those that may be left out; they come last. */
  readonly optional?: readonly string[]
  readonly options: readonly Option[]
  /** More to know; lines. */
  readonly notes?: readonly string[]
  readonly examples: readonly string[]
  /** @returns the exit code. @throws CliFailure */
  readonly run: (args: Arguments, context: Context) => Promise<number>
}

/** Reads a command's own arguments. @throws CliFailure with exit code 2 */
export function parseArguments(command: Command, argv: readonly string[]): Arguments {
  const options = Object.fromEntries(
    [...command.options, helpOption].map(({ name, value }) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const) },
    ]),
  )
  const values: Record<string, string | undefined> = {}
  const switches = new Set<string>()
  const parsed = parseOrRefuse(command, argv, options)
  for (const [name, value] of Object.entries(parsed.values)) {
    if (typeof value === 'string') values[name] = value
    else if (value === true) switches.add(name)
  }
  if (!switches.has('help')) checkOperands(command, parsed.positionals)
  return { positionals: parsed.positionals, values, switches }
}

function parseOrRefuse(
  command: Command,
  argv: readonly string[],
  options: Record<string, { type: 'boolean' | 'string' }>,
): { values: Record<string, unknown>; positionals: string[] } {
  try {
    return parseArgs({
      args: withNumbers(argv, options),
      options,
      allowPositionals: true,
      strict: true,
    })
  } catch (error) {
    const [, option] = /^Option '(--[a-z-]+) .*ambiguous/.exec(messageOf(error)) ?? []
    if (option !== undefined)
      throw usageFailure(
        `${option} needs a value; one that begins with a dash is written ${option}=VALUE. Nothing was done; see ${help(command)}`,
      )
    const why = messageOf(error).split(/(?<=\.) |\n/)[0] ?? ''
    throw usageFailure(`${why.replace(/\.$/, '')}. Nothing was done; see ${help(command)}`)
  }
}

/** No option is a number: after one that takes a value, `-3` is that value, and its reader says what is wrong with it. */
function withNumbers(
  argv: readonly string[],
  options: Record<string, { type: 'boolean' | 'string' }>,
): string[] {
  const args: string[] = []
  for (const arg of argv) {
    const before = args.at(-1) ?? ''
    if (
      /^-[\d.]/.test(arg) &&
      before.startsWith('--') &&
      options[before.slice(2)]?.type === 'string'
    )
      args.splice(-1, 1, `${before}=${arg}`)
    else args.push(arg)
  }
  return args
}

function checkOperands(command: Command, given: readonly string[]): void {
  const missing = command.operands[given.length]
  if (missing !== undefined)
    throw usageFailure(`${missing} is missing. Nothing was done; see ${help(command)}`)
  const extra = given[command.operands.length + (command.optional?.length ?? 0)]
  if (extra !== undefined)
    throw usageFailure(
      `"${extra}" is one argument too many. Nothing was done; see ${help(command)}`,
    )
}

const help = (command: Command): string => `holdpoint ${command.name} --help`

export const helpOption: Option = { name: 'help', text: 'show this' }
export const dataOption: Option = {
  name: 'data',
  value: 'FOLDER',
  text: 'the data folder (HOLDPOINT_DATA)',
}
export const schemaOption: Option = {
  name: 'schema',
  value: 'SCHEMA',
  text: 'schema of the tables (HOLDPOINT_SCHEMA; default holdpoint)',
}
export const jsonOption: Option = { name: 'json', text: 'print JSON' }

/** The operand at a place; parseArguments has made sure that it is there. */
export function operand(args: Arguments, index: number): string {
  const value = args.positionals[index]
  if (value === undefined) throw usageFailure(`Argument ${index + 1} is missing. Nothing was done.`)
  return value
}

/** An option that has no default. @throws CliFailure with exit code 2 */
export function required(args: Arguments, name: string): string {
  const value = args.values[name]?.trim()
  if (value === undefined || value === '')
    throw usageFailure(`--${name} is missing. Nothing was done.`)
  return value
}
