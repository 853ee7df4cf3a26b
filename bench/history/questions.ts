import { idOf } from './lives.ts'
import type { Plan } from './plan.ts'

/** What is asked of the server, and the plain look-up by key of the rows that it answers with. */
export interface Question {
  readonly what: string
  readonly procedure: string
  readonly input: object
  /** SQL whose `$1` is an array of the answer's keys; or of the window's ends, where the answer is a count. */
  readonly peer: string
  readonly keys: (answer: never) => readonly unknown[]
  readonly goal?: string
}

interface Row {
  readonly id: string
}
interface State extends Row {
  readonly seq: number
  readonly lastEvent: { readonly at: string }
}

const runsByKey = `select run_state(w) from workflow_checkpoints w where w.workflow_id = any ($1::uuid[])`
const statesByKey = `select e.state from unnest($1::text[]) k(key)
  join run_events e on e.workflow_id = split_part(k.key, ' ', 1)::uuid and e.seq = split_part(k.key, ' ', 2)::bigint
    and e.at = split_part(k.key, ' ', 3)::timestamptz`
const auditByKey = `select to_jsonb(l) from agent_audit_log l where l.log_id = any ($1::uuid[])`
const timesByKey = `select count(*) from run_events e where e.at >= ($1::timestamptz[])[1] and e.at < ($1::timestamptz[])[2]`

const keyOf = ({ id, seq, lastEvent }: State): string => `${id} ${seq} ${lastEvent.at}`
const ids = ({ rows }: { rows: readonly Row[] }): string[] => rows.map(({ id }) => id)

const list = (what: string, input: object): Question => ({
  what: `fleet list: ${what}`,
  procedure: 'runs.list',
  input,
  peer: runsByKey,
  keys: ids,
})

/** Words that many runs have, that few, one or none have, and that only those of long ago have. */
const words = ({ from }: Plan): Question[] => [
  list('a word of many', { text: 'invoice' }),
  list('a word of many, one agent', { text: 'invoice', agents: ['agent-39'] }),
  list('a word of many, failed', { text: 'invoice', states: ['failed'] }),
  list('a word of the oldest tenth', { text: 'archived' }),
  list('a word of one in a thousand', { text: 'seldom' }),
  list('a word of one in a thousand, failed', { text: 'seldom', states: ['failed'] }),
  list('a word of one run', { text: String(from.length - 2) }),
  list('two letters of many', { text: 'fi' }),
  list('two letters of none', { text: 'zq' }),
  list('one letter of one in a thousand', { text: 'x' }),
  list('a word of none', { text: 'nowhere' }),
  list('a word of none, one agent', { text: 'nowhere', agents: ['agent-39'] }),
  list('a word of none, by creation', { text: 'nowhere', sort: 'created' }),
  list('the beginning of an id', { text: idOf(1, 1).slice(0, 8) }),
]

/** A page that begins after a row of that instant, as the list itself marks it. */
const from = (at: string) => ({
  cursor: Buffer.from(JSON.stringify([at, '80000000-0000-4000-8000-000000000000'])).toString(
    'base64url',
  ),
})

const audit = (what: string, input: object): Question => ({
  what: `audit page: ${what}`,
  procedure: 'audit.list',
  input,
  peer: auditByKey,
  keys: ids,
})

const fleetAt = (what: string, at: string): Question => ({
  what: `fleet as of a second: ${what}`,
  procedure: 'history.fleetAt',
  input: { at },
  peer: statesByKey,
  keys: ({ runs }: { runs: readonly State[] }) => runs.map(keyOf),
  goal: 'p95 <= 300 ms',
})

const counted = (
  what: string,
  procedure: string,
  input: { from: string; to: string; buckets?: number; width?: number; agentId?: string },
): Question => ({
  what,
  procedure,
  input,
  peer: timesByKey,
  keys: ({ from, to }: { from: string; to: string }) => [from, to],
})

const hourMs = 3_600_000

const iso = (ms: number): string => new Date(ms).toISOString()

/** Each filter of the log alone, from its beginning, from its end, and a third of the way down. */
const auditPages = (
  { begins, ends }: Plan,
  window: (ms: number) => { from: string; to: string },
): Question[] => {
  const third = (ends - begins) / 3
  const down = from(iso(ends - third))
  return [
    audit('all', {}),
    audit('an agent', { agentId: 'agent-39' }),
    audit('an actor', { actor: 'operator:maria' }),
    audit('an agent as actor', { actor: 'agent:agent-39' }),
    audit('people', { actor: 'people' }),
    audit('a login', { login: 'bench' }),
    audit('a table', { table: 'actions' }),
    audit('an action', { action: 'run.killed' }),
    audit('actions that begin so', { action: 'action.*' }),
    audit('a run', { runId: idOf(1, 1) }),
    audit('a row', { row: idOf(50_000, 5) }),
    audit('late', { late: true }),
    audit('an hour', window(hourMs)),
    audit('an agent in a day', { agentId: 'agent-20', ...window(24 * hourMs) }),
    audit('all, oldest first', { order: 'oldest' }),
    audit('an agent, oldest first', { agentId: 'agent-39', order: 'oldest' }),
    audit('people, oldest first', { actor: 'people', order: 'oldest' }),
    audit('all, a third down', down),
    audit('an agent, a third down', { agentId: 'agent-39', ...down }),
    audit('a table, a third down, oldest first', {
      table: 'actions',
      order: 'oldest',
      ...from(iso(begins + third)),
    }),
    audit('actions that begin so, a third down', { action: 'action.*', ...down }),
  ]
}

/** All that `pnpm bench history` asks. */
export function questionsOf(plan: Plan): Question[] {
  const at = plan.asked
  const window = (ms: number) => ({ from: iso(at), to: iso(at + ms) })
  const whole = { from: iso(plan.begins), to: iso(plan.ends) }
  return [
    list('all', {}),
    list('running', { states: ['running'] }),
    list('needs approval', { states: ['needs_approval'] }),
    list('failed', { states: ['failed'] }),
    list('one agent', { agents: ['agent-39'] }),
    list('a stop reason', { stopReasons: ['TOOL_FAILURE'] }),
    list('by creation', { sort: 'created' }),
    list('an agent, failed', { agents: ['agent-39'], states: ['failed'] }),
    list('two agents', { agents: ['agent-38', 'agent-39'] }),
    list('a skill', { skill: 'skill-39' }),
    list('a skill of many, failed', { skill: 'skill-1', states: ['failed'] }),
    ...words(plan),
    fleetAt('2,000 alive', iso(at)),
    fleetAt('10,000 alive', iso(plan.crowded)),
    {
      what: 'changed in 10 minutes',
      procedure: 'history.changed',
      input: window(hourMs / 6),
      peer: statesByKey,
      keys: ({ rows }: { rows: readonly { before: State | null; after: State }[] }) =>
        rows.flatMap(({ before, after }) =>
          before === null ? [keyOf(after)] : [keyOf(before), keyOf(after)],
        ),
    },
    counted('density: an hour', 'history.density', { ...window(hourMs), buckets: 600 }),
    counted('density: the whole history', 'history.density', { ...whole, buckets: 600 }),
    counted('density of an agent: the whole history', 'history.density', {
      ...whole,
      buckets: 600,
      agentId: 'agent-03',
    }),
    counted('timeline: an hour', 'history.timeline', { ...window(hourMs), width: 900 }),
    counted('timeline: a day', 'history.timeline', { ...window(24 * hourMs), width: 900 }),
    counted('timeline: the whole history', 'history.timeline', { ...whole, width: 900 }),
    ...auditPages(plan, window),
  ]
}
