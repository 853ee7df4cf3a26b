import { OLDEST_POSTGRES, readWanted, schemaState } from '@holdpoint/db'
import type { Client } from 'pg'

import { readVersion } from '../database/connect.ts'
import type { Check, Status } from './check.ts'

const area = 'database'
const LONG_TRANSACTION_S = 60
const PARTITIONS_AHEAD = 1

export async function checkVersion(client: Client): Promise<Check> {
  const { major, text } = await readVersion(client)
  const fits = major >= OLDEST_POSTGRES
  return {
    area,
    name: 'Postgres',
    status: fits ? 'ok' : 'bad',
    detail: fits ? text : `${text}; Holdpoint needs ${OLDEST_POSTGRES} or later`,
  }
}

/** Whether our tables are there at all. The client's search_path is our schema, here and in all that follows. */
export async function hasTables(client: Client): Promise<boolean> {
  const { rows } = await client.query<{ found: boolean }>(
    `select to_regclass('schema_migrations') is not null as found`,
  )
  return rows[0]?.found === true
}

export const noTables = (schema: string): Check => ({
  area,
  name: 'schema',
  status: 'bad',
  detail: `${schema} is not there; run: holdpoint migrate`,
})

export async function checkSchema(client: Client, schema: string): Promise<Check> {
  const check = { area, name: 'schema' } as const
  const state = await schemaState(
    async <Row>(sql: string) => (await client.query(sql)).rows as Row[],
    await readWanted(),
  )
  const at = `${schema} is at ${state.applied.at(-1) ?? 'nothing'}`
  switch (state.is) {
    case 'same':
      return { ...check, status: 'ok', detail: at }
    case 'behind': {
      const behind = `${at}, ${state.missing.length} migrations behind`
      return { ...check, status: 'bad', detail: `${behind}; run: holdpoint migrate` }
    }
    case 'newer':
      return { ...check, status: 'bad', detail: `${at}, newer than this Holdpoint` }
    case 'other':
      return { ...check, status: 'bad', detail: `${state.name} was applied with other content` }
    case 'newer functions':
      return { ...check, status: 'bad', detail: 'its functions are newer than this Holdpoint' }
    case 'other functions':
      return {
        ...check,
        status: 'bad',
        detail: 'its functions are of another version; run: holdpoint migrate',
      }
  }
}

/** How far this machine's clock is from the database's, by the middle of one round trip. */
export async function checkClock(client: Client): Promise<Check> {
  const before = Date.now()
  const { rows } = await client.query<{ now: string }>(
    `select (extract(epoch from clock_timestamp()) * 1000)::text as now`,
  )
  const after = Date.now()
  return {
    area,
    name: 'clock',
    ...judgeClock((before + after) / 2 - Number(rows[0]?.now), 'this machine', 'the database'),
  }
}

/** `aheadMs`: how far the clock of `whose` is ahead of that of `other`. */
export function judgeClock(
  aheadMs: number,
  whose: string,
  other: string,
): Pick<Check, 'status' | 'detail'> {
  const off = Math.abs(aheadMs)
  const status: Status = off < 1000 ? 'ok' : off < 10_000 ? 'warn' : 'bad'
  const side = aheadMs < 0 ? 'behind' : 'ahead of'
  return { status, detail: `${whose} is ${Math.round(off)} ms ${side} ${other}` }
}

export async function checkPartitions(client: Client): Promise<Check> {
  const check = { area, name: 'partitions' } as const
  const { rows } = await client.query<{ ahead: number; astray: boolean }>(
    `select count(*) filter (where c.relname > 'run_events_' || to_char(now() at time zone 'utc', 'YYYY_MM'))::int as ahead,
            exists (select from run_events_default) as astray
       from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'run_events'::regclass and c.relname ~ '^run_events_\\d{4}_\\d{2}$'`,
  )
  const ahead = rows[0]?.ahead ?? 0
  if (ahead < PARTITIONS_AHEAD)
    return {
      ...check,
      status: 'warn',
      detail: 'none made ahead; events go to the default partition. Is the server running?',
    }
  if (rows[0]?.astray === true)
    return { ...check, status: 'warn', detail: `${ahead} months ahead; the default one has rows` }
  return { ...check, status: 'ok', detail: `${ahead} months made ahead` }
}

/** Pause and kill wait behind an agent's open transaction. */
export async function checkTransactions(client: Client): Promise<Check> {
  const check = { area, name: 'agents’ transactions' } as const
  const { rows } = await client.query<{ pid: number; login: string; age: number }>(
    `select a.pid, a.usename as login, extract(epoch from clock_timestamp() - a.xact_start)::int as age
       from pg_stat_activity a join agent_logins l on l.login = a.usename
      where a.datname = current_database()
        and a.xact_start < clock_timestamp() - make_interval(secs => $1)
      order by a.xact_start`,
    [LONG_TRANSACTION_S],
  )
  const told = rows.map(({ pid, login, age }) => `session ${pid} of ${login} for ${age} s`)
  if (told.length === 0)
    return { ...check, status: 'ok', detail: `none open for more than ${LONG_TRANSACTION_S} s` }
  return { ...check, status: 'warn', detail: `open: ${told.join(', ')}` }
}
