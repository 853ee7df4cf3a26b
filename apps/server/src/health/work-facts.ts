import { must } from '../database/must.ts'
import { count, grade, type Judged, judged, type Question, type Sources, span } from './fact.ts'

/** Whose lease is this? A duty that takes long may let it lapse for a moment. */
async function leaseOf({ database }: Sources, name: string): Promise<Judged> {
  const [row] = await database.read<{ holder: string; left: number; term: number }>(
    `select holder, extract(epoch from expires_at - clock_timestamp())::float8 as left, term::float8 as term
     from leader_leases where name = $1`,
    [name],
  )
  const toDo = 'Start a server, or see its log. Until one leads, this work stands still.'
  if (row === undefined) return { verdict: 'bad', says: 'No server has led so far.', toDo }
  // The last word is for telling two of one process apart.
  const holder = row.holder.replace(/ [0-9a-f-]{36}$/, '')
  if (row.left > 0)
    return { verdict: 'ok', says: `${holder}; its lease runs for another ${span(row.left)}.` }
  return judged(
    grade(-row.left, 0, 15),
    `Nobody. The lease of ${holder} ran out ${span(-row.left)} ago.`,
    toDo,
  )
}

const leader: Question = {
  id: 'leader',
  title: 'Leading server',
  ask: async (sources) => leaseOf(sources, 'supervisor'),
}

const tail: Question = {
  id: 'tail',
  title: 'Live view',
  ask: ({ live: { vitals, viewers } }) => {
    const watching = `${count(viewers, 'open stream')} at this server`
    if (vitals.database === 'down')
      return {
        verdict: 'bad',
        says: `It does not read the database; ${watching}.`,
        toDo: 'Screens show what was so last. See the database, and the log of this server.',
      }
    // By the database's clock: a tail that stands still shows no lag.
    const { asOf, clockSkewMs, lagMs } = vitals
    const silentMs = asOf === null ? 0 : Date.now() - clockSkewMs - Date.parse(asOf)
    return judged(
      grade(Math.max(lagMs, silentMs), 1_000, 10_000),
      `${lagMs} ms behind, read ${span(silentMs / 1_000)} ago; ${watching}.`,
      'The server or the database is busy: see their load.',
    )
  },
}

/** Up to this many are counted. */
const most = 10_000

/** What is visible and was not read yet; the planner must go by transaction id, of which it knows the newest least. */
const unread = (position: string): string => `
  select count(*)::integer as n, extract(epoch from clock_timestamp() - min(at))::float8 as "forSeconds" from (
    select at from run_events where xid >= (select pg_snapshot_xmax(snapshot) from ${position}) order by xid limit ${most + 1}) f`

interface Unread {
  readonly n: number
  readonly forSeconds: number | null
}

const events = (n: number): string =>
  n > most ? `more than ${count(most, 'event')}` : count(n, 'event')

const counting: Question = {
  id: 'counting',
  title: 'Counting the history',
  ask: async ({ database }) => {
    const [row] = await database.read<Unread>(unread('history_position'))
    const { n, forSeconds } = must(row, 'what is not counted')
    if (n === 0) return { verdict: 'ok', says: 'Every event is counted.' }
    return judged(
      grade(forSeconds ?? 0, 30, 600),
      `${events(n)} behind, the oldest ${span(forSeconds ?? 0)} old.`,
      'Charts are right all the same, and slower. See the leader; after an upgrade it catches up by itself.',
    )
  },
}

const drift: Question = {
  id: 'drift',
  title: 'Following drift',
  ask: async (sources) => {
    const { database } = sources
    const lease = await leaseOf(sources, 'drift')
    const [begun] = await database.read('select from drift_position')
    if (begun === undefined)
      return {
        verdict: 'look',
        says: 'It has not begun.',
        toDo: lease.toDo ?? 'Wait some seconds.',
      }
    const [row] = await database.read<Unread>(unread('drift_position'))
    const [due] = await database.read<{ n: number }>(
      `select count(*)::integer as n from (select from drift_runs where seq < target limit ${most + 1}) d`,
    )
    const { n, forSeconds } = must(row, 'what is not fed')
    const runs = must(due, 'what is due').n
    if (lease.verdict === 'bad') return lease
    if (n + runs === 0) return { verdict: 'ok', says: 'Every event is taken in.' }
    return judged(
      grade(Math.max(forSeconds ?? 0, runs > 500 ? 30 : 0), 30, 600),
      `${events(n)} and ${count(runs, 'run')} behind${n === 0 ? '' : `, the oldest ${span(forSeconds ?? 0)}`}.`,
      'A loop or a drift is found that much later. See the log of the leading server.',
    )
  },
}

const telling: Question = {
  id: 'notifications',
  title: 'Notifications',
  ask: async ({ database }) => {
    const [row] = await database.read<{ failed: number; due: number; lateSeconds: number | null }>(
      `select (count(*) filter (where state = 'failed'))::integer as failed, (count(*) filter (where due))::integer as due,
         extract(epoch from clock_timestamp() - min(next_attempt_at) filter (where due))::float8 as "lateSeconds"
       from (select state, next_attempt_at, state = 'pending' and next_attempt_at <= clock_timestamp() as due
         from notifications where state in ('pending', 'failed')) n`,
    )
    const { failed, due, lateSeconds } = must(row, 'the notifications')
    const waiting =
      due === 0 ? 'none due' : `${due.toLocaleString('en')} due for ${span(lateSeconds ?? 0)}`
    if (failed > 0)
      return {
        verdict: 'bad',
        says: `${failed.toLocaleString('en')} given up; ${waiting}.`,
        toDo: 'People were not told. See Notifications: what is wrong, and send again.',
      }
    return judged(
      grade(lateSeconds ?? 0, 30, 600),
      `None given up; ${waiting}.`,
      'No server sends, or none comes out to the receivers: see the log of the servers.',
    )
  },
}

const transactions: Question = {
  id: 'transactions',
  title: "Transactions that keep a run's row",
  ask: async ({ database }) => {
    const rows = await database.read<{ pid: number; login: string; age: number | null }>(
      'select pid, login::text, transaction_age as age from open_run_transactions(10)',
    )
    const [oldest] = rows
    if (oldest === undefined) return { verdict: 'ok', says: 'None is open.' }
    const { pid, login, age } = oldest
    const others =
      rows.length > 1 ? ` ${rows.length - 1} more ${rows.length === 2 ? 'is' : 'are'} open.` : ''
    return judged(
      age === null ? 'look' : grade(age, 5, 60),
      `${login}, session ${pid}, ${age === null ? 'since when cannot be seen' : `open for ${span(age)}`}.${others}`,
      'A pause or a kill of that run waits behind it. Pause the run: the answer offers to end that session.',
    )
  },
}

export const workFacts: readonly Question[] = [leader, tail, transactions, telling, counting, drift]
