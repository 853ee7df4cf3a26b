import { userInfo } from 'node:os'

import { type Decision, isUuid, type RunVerb } from '@holdpoint/protocol'
import { escapeIdentifier, escapeLiteral } from 'pg'

import { CliFailure } from '../failure.ts'
import { RefusedError } from '../server-api.ts'

/** What the database's owner can run by hand while the server is down. */
export function sqlForRun(verb: RunVerb, run: string, reason: string, schema: string): string {
  const here = escapeIdentifierIfNeeded(schema)
  const id = isUuid(run)
    ? escapeLiteral(run)
    : `(select workflow_id from ${here}.workflow_checkpoints where workflow_id::text like ${escapeLiteral(`${run}%`)})`
  return `select ${here}.${verb}_run(${id}, ${escapeLiteral(actor())}, ${escapeLiteral(reason)});`
}

/** The first shows what is asked for: nobody decides on what they have not seen. */
export function sqlForApproval(
  decision: Decision,
  wanted: string,
  reason: string,
  schema: string,
): string[] {
  const here = escapeIdentifierIfNeeded(schema)
  const begins = escapeLiteral(`${wanted}%`)
  const fits = `from ${here}.approval_queue where decision is null and closed_at is null and (approval_id::text like ${begins} or workflow_id::text like ${begins})`
  return [
    `select approval_id, workflow_id, tool, target, arguments, agent_reason ${fits};`,
    `select ${here}.decide_approval((select approval_id ${fits}), ${escapeLiteral(actor())}, ${escapeLiteral(decision)}, ${escapeLiteral(reason)});`,
  ]
}

/** Three statements on purpose: the agent cannot keep its login open by holding a run's row. */
export function sqlForAgent(
  verb: 'isolate' | 'release',
  agent: string,
  reason: string,
  schema: string,
): string[] {
  const here = escapeIdentifierIfNeeded(schema)
  const call = `(${escapeLiteral(agent)}, ${escapeLiteral(actor())}, ${escapeLiteral(reason)});`
  if (verb === 'release') return [`select ${here}.release_agent${call}`]
  return [
    `select ${here}.lock_agent_login${call}`,
    `select ${here}.end_agent_sessions${call}`,
    `select ${here}.hold_agent_runs${call}`,
  ]
}

/** Where SQL by hand helps, the failure shows it: the server is down, or a session is in the way. */
export function withSql(
  error: CliFailure,
  instead: readonly string[],
  reason: string,
  schema: string,
): CliFailure {
  const blockers = error instanceof RefusedError ? (error.body.blockers ?? []) : []
  const statements =
    error.exitCode === 3 ? instead : blockers.map(({ pid }) => sqlForSession(pid, reason, schema))
  if (statements.length === 0) return error
  return new CliFailure(error.exitCode, error.message, {
    more: [sqlIntro, ...statements],
    cause: error,
  })
}

/** Ends an agent's session that keeps a control waiting; its open transaction rolls back. */
const sqlForSession = (pid: number, reason: string, schema: string): string =>
  `select ${escapeIdentifierIfNeeded(schema)}.end_session(${pid}, ${escapeLiteral(actor())}, ${escapeLiteral(reason)});`

export const sqlIntro = 'The owner of the database can do it without the server:'

function actor(): string {
  try {
    return `operator:${userInfo().username}`
  } catch {
    return 'operator:cli'
  }
}

const escapeIdentifierIfNeeded = (name: string): string =>
  /^[a-z_][a-z0-9_]*$/.test(name) ? name : escapeIdentifier(name)
