import { shortActor, type AuditAbout, type AuditRow, presentWord } from '@holdpoint/protocol'

import { askedFor } from '../approvals/asking.ts'
import { deedOf } from './deeds.ts'

/** To what something was done: its name, and what kind of thing it is where the name does not say. */
interface Thing {
  readonly kind: string | null
  readonly name: string
  /** A name from code: a tool, a table, an id. */
  readonly code: boolean
}

/** A row as a sentence; who did it stands before. */
export interface Sentence {
  readonly did: string
  /** Not in our words, but as its writer called it. */
  readonly ownWord: boolean
  readonly thing: Thing | null
  /** What the run is for, where the sentence does not say so already. */
  readonly aside: string | null
}

const kinds: Readonly<Record<string, string>> = {
  approval_policies: 'policy',
  agent_logins: 'agent',
  drift_policies: 'agent',
  pg_stat_activity: 'agent',
}

/** Persons, tokens, views, channels: rows that are called by their names. */
const named = new Set(['operators', 'api_tokens', 'saved_views', 'loops'])

const textIn = (data: unknown, key: string): string | null => {
  const value: unknown =
    typeof data === 'object' && data !== null ? Reflect.get(data, key) : undefined
  return typeof value === 'string' && value !== '' ? value : null
}

const shortId = (id: string): string => id.slice(0, 8)

/** A refused call has no row of its own in the ledger: its log row says which it was. */
function calledIn({ dataAfter }: AuditRow): Thing | null {
  const tool = textIn(dataAfter, 'tool')
  if (tool === null) return null
  const target = textIn(dataAfter, 'target')
  return { kind: null, name: target === null ? tool : `${tool} ${target}`, code: true }
}

type Row = AuditRow & { readonly about: AuditAbout }

/** "ana signed in", not "ana signed in ana". */
const ofOneself = new Set(['sign_in.begin', 'sign_in.end'])

function thingOf(row: Row): Thing | null {
  const { about, agentId, targetTable, targetRowId: id } = row
  const table = targetTable === null ? null : presentWord(targetTable)
  const kind = table === null ? null : (kinds[table] ?? null)
  if (about.asked !== null) {
    const { words, call } = askedFor(about.asked)
    return { kind: null, name: words, code: call }
  }
  if (table === 'actions') return calledIn(row)
  if (table === 'workflow_checkpoints')
    return about.goal === null
      ? { kind: 'run', name: shortId(row.runId ?? id ?? ''), code: true }
      : { kind: null, name: about.goal, code: false }
  if (about.name !== null) return { kind, name: about.name, code: table === 'standing_approvals' }
  if (kind === 'agent' && agentId !== null) return { kind, name: agentId, code: false }
  const said = textIn(row.dataAfter, 'name') ?? textIn(row.dataBefore, 'name')
  if (table === 'notification_channels' && said !== null) return { kind, name: said, code: false }
  if (ofOneself.has(row.action) && id === shortActor(row.actor)) return null
  if (table === null) return null
  if (id === null) return { kind: null, name: table, code: true }
  return named.has(table)
    ? { kind: null, name: id, code: false }
    : { kind: null, name: `${table} ${id}`, code: true }
}

export function sentenceOf(row: Row): Sentence {
  const did = deedOf(row)
  const thing = thingOf(row)
  const { goal } = row.about
  return {
    did: did ?? (row.action === '' ? 'wrote' : row.action),
    ownWord: did === null && row.action !== '',
    thing,
    aside: goal === null || thing?.name.endsWith(goal) === true ? null : goal,
  }
}
