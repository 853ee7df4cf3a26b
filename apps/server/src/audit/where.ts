import { everyWordFor, otherWordsFor } from '@holdpoint/protocol'

import { type AuditFilter, beginning } from './filter.ts'
import { nobody } from './row.ts'

/** Puts a value among the parameters. @returns its place: `$3` */
export type Given = (value: unknown) => string

const units = { s: 1, m: 60, h: 3600, d: 86_400 } as const

/** As SQL; what is relative is so to the start of the transaction. */
export function instant(moment: string, given: Given): string {
  const [, amount, unit] = /^-(\d+)([smhd])$/.exec(moment) ?? []
  if (amount === undefined) return `${given(moment)}::timestamptz`
  const seconds = Number(amount) * units[unit as keyof typeof units]
  return `(now() - make_interval(secs => ${given(seconds)}))`
}

/** `_` and `%` are characters here, not signs. */
const begins = (column: string, start: string, given: Given): string =>
  `${column} like ${given(`${start.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`)}`

/** Rows from before a word was changed are found by either. Where it never was, an index gives them in order. */
function isWord(column: string, word: string, given: Given): string {
  const all = everyWordFor(word)
  return all.length === 1 ? `${column} = ${given(word)}` : `${column} = any (${given(all)}::text[])`
}

function beginsWord(column: string, start: string, given: Given): string {
  const others = otherWordsFor(start)
  const so = begins(column, start, given)
  return others.length === 0 ? so : `(${so} or ${column} = any (${given(others)}::text[]))`
}

/** Does it ask for a beginning that agents share? */
function mayBeAgents(actor: string): boolean {
  const start = beginning(actor)
  return start !== undefined && 'agent:'.startsWith(start.slice(0, 'agent:'.length))
}

/**
 * Who did it. An agent's rows name it in `agent_id` too, by which they are found; all others lie in indexes of
 * their own, which the planner takes only where the query says that it asks for no agent.
 */
function byActor(actor: string, given: Given): string[] {
  if (actor === 'people') return [`l.actor not like 'agent:%'`]
  // So a row from before Holdpoint is shown.
  if (actor === nobody) return ['l.actor is null']
  const start = beginning(actor)
  if (start !== undefined) {
    const words = [begins('l.actor collate "C"', start, given)]
    return mayBeAgents(actor) ? words : [...words, `l.actor not like 'agent:%'`]
  }
  const whole = `l.actor collate "C" = ${given(actor)}`
  return actor.startsWith('agent:')
    ? [whole, `l.agent_id = ${given(actor.slice('agent:'.length))}`]
    : [whole, `l.actor not like 'agent:%'`]
}

/** The conditions of a filter, on `agent_audit_log l`. Written so that each finds its index (0023_audit_reading). */
export function whereOf(filter: AuditFilter, given: Given): string[] {
  const { agentId, runId, actor, login, table, row, action, from, to, late } = filter
  const start = beginning(action)
  return [
    ...(agentId === undefined ? [] : [`l.agent_id = ${given(agentId)}`]),
    ...(runId === undefined ? [] : [`l.workflow_id = ${given(runId)}::uuid`]),
    ...(actor === undefined ? [] : byActor(actor, given)),
    ...(login === undefined ? [] : [`l.login = ${given(login)}`]),
    ...(table === undefined ? [] : [isWord('l.target_table collate "C"', table, given)]),
    ...(row === undefined ? [] : [`l.target_row_id = ${given(row)}`]),
    ...(action === undefined
      ? []
      : start === undefined
        ? [isWord('l.action collate "C"', action, given)]
        : [beginsWord('l.action collate "C"', start, given)]),
    ...(from === undefined ? [] : [`l.seen_at >= ${instant(from, given)}`]),
    ...(to === undefined ? [] : [`l.seen_at < ${instant(to, given)}`]),
    ...(late === undefined ? [] : [late ? 'l.late' : 'not l.late']),
  ]
}

/** Does an index other than that by time find the rows? */
export function isAnchored({
  actor,
  action,
  late,
  from: _from,
  to: _to,
  ...values
}: AuditFilter): boolean {
  return (
    Object.values(values).some((value) => value !== undefined) ||
    (action !== undefined && beginning(action) === undefined) ||
    (actor !== undefined && actor !== nobody && !mayBeAgents(actor)) ||
    late === true
  )
}
