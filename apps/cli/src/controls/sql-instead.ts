import { userInfo } from 'node:os'

import { isUuid, type RunVerb } from '@holdpoint/protocol'
import { escapeIdentifier, escapeLiteral } from 'pg'

/** What the database's owner can run by hand while the server is down. */
export function sqlForRun(verb: RunVerb, run: string, reason: string, schema: string): string {
  const here = escapeIdentifierIfNeeded(schema)
  const id = isUuid(run)
    ? escapeLiteral(run)
    : `(select workflow_id from ${here}.workflow_checkpoints where workflow_id::text like ${escapeLiteral(`${run}%`)})`
  return `select ${here}.${verb}_run(${id}, ${escapeLiteral(actor())}, ${escapeLiteral(reason)});`
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
    `select ${here}.end_agent_sessions(${escapeLiteral(agent)});`,
    `select ${here}.hold_agent_runs${call}`,
  ]
}

/** Ends an agent's session that keeps a control waiting; its open transaction rolls back. */
export const sqlForSession = (pid: number, reason: string, schema: string): string =>
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
