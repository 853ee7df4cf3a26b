import type { Pool } from 'pg'

import { type Heard, judge, type Verdict, type Watched } from './judge.ts'

/** Due times of one loop that one call judges; a server that was away for days catches up in several. */
const mostDue = 500
/** After so long the rest waits for the next call: requests are answered by the same process. */
const patienceMs = 250
const loopsAtOnce = 1_000
const firingsAtOnce = 2_000

interface Row extends Watched {
  readonly agentId: string
  readonly name: string
  readonly now: number
  readonly nextDueAt: number | null
  readonly heard: readonly Heard[]
}

const ms = (time: string): string => `extract(epoch from ${time})::float8 * 1000`

// Loops of which something is expected: not those that are due later, nor those whose schedule cannot be followed.
// A firing that commits long after it began is found by looking back a little further than the last time.
const expected = `
  select l.agent_id as "agentId", l.name, l.cron, l.time_zone as "timeZone", l.expect_ms::float8 as "expectMs",
    l.grace_ms::float8 as "graceMs", ${ms('l.declared_at')} as "declaredAt", ${ms('l.tended_until')} as "tendedUntil",
    ${ms('l.next_due_at')} as "nextDueAt", ${ms('l.overdue_since')} as "overdueSince", ${ms('now()')} as now,
    (select ${ms('f.fired_at')} from loop_firings f where f.agent_id = l.agent_id and f.loop = l.name and f.fired_at is not null
      order by f.fired_at desc limit 1) as "lastFiredAt",
    (select coalesce(json_agg(json_build_object('dueAt', ${ms('h.due_at')}, 'firedAt', ${ms('h.fired_at')})), '[]') from (
      (select f.due_at, f.fired_at from loop_firings f where f.agent_id = l.agent_id and f.loop = l.name
        and f.fired_at is not null and f.fired_at > coalesce(l.tended_until, l.declared_at) - interval '5 minutes'
        order by f.fired_at desc limit ${firingsAtOnce})
      union
      (select f.due_at, f.fired_at from loop_firings f where f.agent_id = l.agent_id and f.loop = l.name
        and f.fired_at is not null and f.due_at > coalesce(l.tended_until, l.declared_at) - interval '1 minute'
        order by f.due_at limit ${firingsAtOnce})) h where l.cron is not null) as heard
  from loops l
  where (l.agent_id, l.name) > ($1, $2) and l.trouble is null
    and (l.event is not null or l.overdue_since is not null or l.next_due_at is null or l.next_due_at <= now())
  order by l.agent_id, l.name limit ${loopsAtOnce}`

/** Writes down which loops are missing a firing. Each call goes on where the one before had to stop. */
export function loopTender(patience = patienceMs): (pool: Pool) => Promise<void> {
  let [agent, name] = ['', '']
  return async (pool) => {
    const { rows } = await pool.query<Row>(expected, [agent, name])
    const stopAt = performance.now() + patience
    const failed: unknown[] = []
    ;[agent, name] = ['', '']
    for (const [at, row] of rows.entries()) {
      await tend(pool, row).catch((error: unknown) => failed.push(error))
      const last = at === rows.length - 1
      if (last ? rows.length === loopsAtOnce : performance.now() > stopAt) {
        ;[agent, name] = [row.agentId, row.name]
        break
      }
    }
    if (failed.length > 0) throw failed[0]
  }
}

async function tend(pool: Pool, loop: Row): Promise<void> {
  const verdict = judge(loop, loop.now, mostDue)
  if (isKnown(loop, verdict)) return
  await pool.query('select tend_loop($1, $2, $3, $4, $5, $6, $7)', [
    loop.agentId,
    loop.name,
    instant(verdict.until),
    instant(verdict.nextDueAt),
    instant(verdict.overdueSince),
    verdict.missed.map(instant),
    verdict.trouble,
  ])
}

const isKnown = (loop: Row, { nextDueAt, overdueSince, missed, trouble }: Verdict): boolean =>
  missed.length === 0 &&
  trouble === null &&
  same(nextDueAt, loop.nextDueAt) &&
  same(overdueSince, loop.overdueSince)

/** Written with milliseconds, read with microseconds. */
const same = (a: number | null, b: number | null): boolean =>
  a === null || b === null ? a === b : Math.abs(a - b) < 1

const instant = (ms: number | null): string | null =>
  ms === null ? null : new Date(ms).toISOString()
