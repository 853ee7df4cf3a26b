import type { Run, RunVerb } from '@holdpoint/protocol'

import { type Command, dataOption, operand, required } from '../command.ts'
import { CliFailure } from '../failure.ts'
import { RefusedError, openServer, type ServerApi } from '../server-api.ts'
import { readDataDir, readSettings } from '../settings.ts'
import { checkRunText, findRun } from './find-run.ts'
import { stateOf } from './run-table.ts'
import { sqlForRun, sqlForSession, sqlIntro } from './sql-instead.ts'

const summaries: Record<RunVerb, string> = {
  pause: 'Hold a run: from then on the database refuses its next action',
  resume: 'Lift what a person may lift, so that a run can go on',
  kill: 'End a run and its children for good',
}

const examples: Record<RunVerb, string> = {
  pause: 'holdpoint pause 3f9c21 --reason "writes to the wrong region"',
  resume: 'holdpoint resume 3f9c21 --reason "region corrected"',
  kill: 'holdpoint kill 3f9c21 --reason "duplicate of 8b1d0e"',
}

/** `holdpoint pause|resume|kill`: asks the server, which asks the database. */
export function controlCommand(verb: RunVerb): Command {
  return {
    name: verb,
    summary: summaries[verb],
    operands: ['RUN'],
    options: [{ name: 'reason', value: 'TEXT', text: 'why; kept in the audit log' }, dataOption],
    notes: ['RUN is the id of a run, or at least its first 6 characters.'],
    examples: [examples[verb]],
    async run(args, { env, out }) {
      const wanted = checkRunText(operand(args, 0))
      const reason = required(args, 'reason')
      const undone = 'Nothing was done.'
      try {
        const api = openServer(readDataDir(args.values, env), undone)
        const id = await findRun(api, wanted)
        for (const line of await ask(api, verb, id, reason)) out(line)
        return 0
      } catch (error) {
        if (!(error instanceof CliFailure)) throw error
        const { schema } = readSettings(args.values, env)
        throw withSql(error, verb, wanted, reason, schema)
      }
    },
  }
}

async function ask(api: ServerApi, verb: RunVerb, id: string, reason: string): Promise<string[]> {
  if (verb === 'kill') {
    const { killed } = await api.mutate<{ killed: readonly Run[] }>('runs.kill', { id, reason })
    return killed.map((run) => `${run.id} of ${run.agentId} is killed.`)
  }
  const run = await api.mutate<Run>(`runs.${verb}`, { id, reason }).catch(nameRun(id))
  const held = run.heldBy.length === 0 ? '' : ` Held by: ${run.heldBy.join(', ')}.`
  return [`${run.id} of ${run.agentId} is ${stateOf(run)}.${held}`]
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

/** Where SQL by hand helps, the failure shows it: the server is down, or a session is in the way. */
function withSql(
  error: CliFailure,
  verb: RunVerb,
  run: string,
  reason: string,
  schema: string,
): CliFailure {
  const blockers = error instanceof RefusedError ? (error.body.blockers ?? []) : []
  const statements =
    error.exitCode === 3
      ? [sqlForRun(verb, run, reason, schema)]
      : blockers.map(({ pid }) => sqlForSession(pid, reason, schema))
  if (statements.length === 0) return error
  return new CliFailure(error.exitCode, error.message, {
    more: [sqlIntro, ...statements],
    cause: error,
  })
}
