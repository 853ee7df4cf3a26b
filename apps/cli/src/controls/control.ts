import type { Run, RunVerb } from '@holdpoint/protocol'

import {
  type Arguments,
  type Command,
  type Context,
  dataOption,
  jsonOption,
  required,
} from '../command.ts'
import { CliFailure, usageFailure } from '../failure.ts'
import { RefusedError, openServer, type ServerApi } from '../server-api.ts'
import { readDataDir, readSettings } from '../settings.ts'
import { filterNote, filterOptions, readFilter, unknownAgents } from './filter.ts'
import { checkRunText, findRun } from './find-run.ts'
import { chosenBy, controlMany } from './many.ts'
import { oneLine, stateOf } from './run-table.ts'
import { sqlForRun, withSql } from './sql-instead.ts'

const summaries: Record<RunVerb, string> = {
  pause: 'Hold a run: from then on the database refuses its next action',
  resume: 'Lift what a person may lift, so that a run can go on',
  kill: 'End a run and its children for good',
}

const examples: Record<RunVerb, readonly string[]> = {
  pause: [
    'holdpoint pause 3f9c21 --reason "writes to the wrong region"',
    'holdpoint pause --agent billing --state running --reason "prices are wrong" --dry-run',
  ],
  resume: [
    'holdpoint resume 3f9c21 --reason "region corrected"',
    'holdpoint resume --stopped-by stalled --reason "the mail server is back"',
  ],
  kill: [
    'holdpoint kill 3f9c21 --reason "duplicate of 8b1d0e"',
    'holdpoint kill --agent importer --state paused --reason "superseded" --yes',
  ],
}

const undone = 'Nothing was done.'

/** `holdpoint pause|resume|kill`: asks the server, which asks the database. */
export function controlCommand(verb: RunVerb): Command {
  return {
    name: verb,
    summary: summaries[verb],
    operands: [],
    optional: ['RUN'],
    options: [
      { name: 'reason', value: 'TEXT', text: 'why (required); kept in the audit log' },
      ...filterOptions,
      { name: 'dry-run', text: 'only list what would change' },
      { name: 'yes', text: 'act on many runs without asking' },
      jsonOption,
      dataOption,
    ],
    notes: [
      'RUN is the id of a run, or at least its first 6 characters. Without it, runs are chosen by',
      'state, agent, skill, stop reason or text: they are listed first, and exactly those are changed.',
      'Runs that ended are left out, unless --state names them.',
      filterNote,
    ],
    examples: examples[verb],
    run: async (args, context) => run(verb, args, context),
  }
}

async function run(verb: RunVerb, args: Arguments, context: Context): Promise<number> {
  const [named] = args.positionals
  const filter = readFilter(args.values, undone)
  if ((named === undefined) === (filter === undefined)) throw oneOrMany(verb, named)
  const dryRun = args.switches.has('dry-run')
  const wanted = named === undefined ? undefined : checkRunText(named)
  const reason = dryRun ? (args.values['reason'] ?? '') : required(args, 'reason')
  const orders = {
    verb,
    reason,
    dryRun,
    yes: args.switches.has('yes'),
    json: args.switches.has('json'),
  }
  // A question would stand in the middle of it.
  if (filter !== undefined && orders.json && !dryRun && !orders.yes)
    throw usageFailure(`--json goes with --dry-run or --yes. ${undone}`)
  const { env, out } = context
  try {
    const api = openServer(readDataDir(args.values, env), undone)
    if (wanted === undefined) {
      for (const line of await unknownAgents(api, filter)) context.err(line)
      return await controlMany(api, await chosenBy(api, filter ?? {}), orders, context)
    }
    const id = await findRun(api, wanted)
    if (dryRun) return await controlMany(api, [id], orders, context)
    for (const line of await ask(api, verb, id, reason)) out(line)
    return 0
  } catch (error) {
    if (!(error instanceof CliFailure) || wanted === undefined || dryRun) throw error
    const { schema } = readSettings(args.values, env)
    throw withSql(error, [sqlForRun(verb, wanted, reason, schema)], reason, schema)
  }
}

const oneOrMany = (verb: RunVerb, named: string | undefined): CliFailure =>
  usageFailure(
    named === undefined
      ? `RUN is missing, and nothing else says which runs. ${undone.replace('.', '')}; see holdpoint ${verb} --help`
      : `Name a run, or choose runs by what they are: both together is neither. ${undone}`,
  )

async function ask(api: ServerApi, verb: RunVerb, id: string, reason: string): Promise<string[]> {
  if (verb === 'kill') {
    const { killed } = await api.mutate<{ killed: readonly Run[] }>('runs.kill', { id, reason })
    return killed.map((run) => `${run.id} of ${oneLine(run.agentId)} is killed.`)
  }
  const run = await api.mutate<Run>(`runs.${verb}`, { id, reason }).catch(nameRun(id))
  const held = run.heldBy.length === 0 ? '' : ` Held by: ${run.heldBy.join(', ')}.`
  return [`${run.id} of ${oneLine(run.agentId)} is ${stateOf(run)}.${held}`]
}

/** The server's sentence may not say which run it means. */
function nameRun(id: string): (error: unknown) => never {
  return (error) => {
    if (error instanceof RefusedError && !error.message.includes(id)) {
      throw new RefusedError({ ...error.body, message: `${id}: ${error.body.message}` })
    }
    throw error
  }
}
