import { readFileSync } from 'node:fs'

import { agentAddCommand } from './agent/add.ts'
import { isolationCommand } from './agent/isolate.ts'
import { agentListCommand } from './agent/list.ts'
import { approvalsCommand } from './approvals/approvals.ts'
import { decideCommand } from './approvals/decide.ts'
import { type Command, type Context, parseArguments } from './command.ts'
import { controlCommand } from './controls/control.ts'
import { limitsCommand } from './controls/limits.ts'
import { runsCommand } from './controls/runs.ts'
import { settleCommand } from './controls/settle.ts'
import { doctorCommand } from './doctor/doctor.ts'
import { messageOf } from './error-words.ts'
import { CliFailure, usageFailure } from './failure.ts'
import { commandHelp, overview } from './help.ts'
import { loopsCommand } from './loops/loops.ts'
import { migrateCommand } from './migrate/migrate.ts'
import { operatorAddCommand } from './operator/add.ts'
import { operatorDisableCommand } from './operator/disable.ts'
import { operatorListCommand } from './operator/list.ts'
import { replayCommand } from './replay/replay.ts'
import { signInCommand } from './sign-in/sign-in.ts'
import { startCommand } from './start/start.ts'

export const commands: readonly Command[] = [
  startCommand,
  migrateCommand,
  agentAddCommand,
  isolationCommand('isolate'),
  isolationCommand('release'),
  agentListCommand,
  doctorCommand,
  replayCommand,
  runsCommand,
  controlCommand('pause'),
  controlCommand('resume'),
  controlCommand('kill'),
  approvalsCommand,
  decideCommand('approve'),
  decideCommand('reject'),
  settleCommand,
  limitsCommand,
  loopsCommand,
  operatorAddCommand,
  operatorListCommand,
  operatorDisableCommand,
  signInCommand,
]

const asksForHelp = new Set(['help', '--help', '-h'])

/** Runs one command line. Prints why it failed instead of throwing. @returns the exit code */
export async function runCli(argv: readonly string[], context: Context): Promise<number> {
  try {
    return await dispatch(argv, context)
  } catch (error) {
    return explain(error, context)
  }
}

async function dispatch(argv: readonly string[], context: Context): Promise<number> {
  const [first, second] = argv
  if (first === '--version' || first === 'version') {
    context.out(version())
    return 0
  }
  if (first === undefined) {
    context.err(overview(commands))
    return 2
  }
  if (asksForHelp.has(first)) return helpOn(argv.slice(1), context)
  const command = commandNamed(argv)
  if (command === undefined) {
    if (isGroup(first) && (second === undefined || asksForHelp.has(second))) {
      if (second === undefined) context.err(overview(commands, first))
      else context.out(overview(commands, first))
      return second === undefined ? 2 : 0
    }
    throw unknown(argv)
  }
  const args = parseArguments(command, argv.slice(command.name.split(' ').length))
  if (args.switches.has('help')) {
    context.out(commandHelp(command))
    return 0
  }
  return command.run(args, context)
}

function helpOn(words: readonly string[], context: Context): number {
  const [first] = words
  const command = commandNamed(words)
  if (command !== undefined) context.out(commandHelp(command))
  else if (first === undefined) context.out(overview(commands))
  else if (isGroup(first)) context.out(overview(commands, first))
  else throw unknown(words)
  return 0
}

function commandNamed(argv: readonly string[]): Command | undefined {
  const names = [argv.slice(0, 2).join(' '), argv[0] ?? '']
  return commands.find(({ name }) => names.includes(name))
}

const isGroup = (word: string): boolean => commands.some(({ name }) => name.startsWith(`${word} `))

function unknown(argv: readonly string[]): CliFailure {
  const typed = isGroup(argv[0] ?? '') ? argv.slice(0, 2).join(' ') : argv[0]
  return usageFailure(`There is no command "${typed}". Nothing was done; see holdpoint --help`)
}

/** @returns the exit code of an error, after printing it */
function explain(error: unknown, { env, err }: Context): number {
  const debug = env['HOLDPOINT_DEBUG'] === '1'
  if (error instanceof CliFailure) {
    err(`holdpoint: ${error.message}`)
    for (const line of error.more) err(`  ${line}`)
  } else {
    err(`holdpoint: ${messageOf(error)} (HOLDPOINT_DEBUG=1 shows where)`)
  }
  if (debug) err(error instanceof Error ? inFull(error) : String(error))
  return error instanceof CliFailure ? error.exitCode : 1
}

function inFull(error: Error): string {
  const text = error.stack ?? error.message
  return error.cause instanceof Error ? `${text}\nCaused by: ${inFull(error.cause)}` : text
}

function version(): string {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return `holdpoint ${(manifest as { version: string }).version}, Node ${process.versions.node}`
}
