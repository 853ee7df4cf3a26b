import { functionState, OLDEST_POSTGRES, readFunctions, readMigrations } from '@holdpoint/db'
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
  const files = await readMigrations()
  const { rows } = await client.query<{ version: number; name: string; checksum: string }>(
    'select version, name, checksum from schema_migrations order by version',
  )
  const changed = rows.find((row) => {
    const file = files[row.version - 1]
    return file !== undefined && file.checksum !== row.checksum
  })
  const last = rows.at(-1)?.name ?? 'nothing'
  if (changed !== undefined)
    return { ...check, status: 'bad', detail: `${changed.name} was applied with other content` }
  if (rows.length > files.length)
    return { ...check, status: 'bad', detail: `${schema} is at ${last}, newer than this Holdpoint` }
  if (rows.length < files.length) {
    const behind = `${schema} is at ${last}, ${files.length - rows.length} migrations behind`
    return { ...check, status: 'bad', detail: `${behind}; run: holdpoint migrate` }
  }
  const functions = await checkFunctions(client)
  if (functions !== undefined) return { ...check, status: 'bad', detail: functions }
  return { ...check, status: 'ok', detail: `${schema} is at ${last}` }
}

/** What is wrong with its functions, whose tables are right; undefined when nothing is. */
async function checkFunctions(client: Client): Promise<string | undefined> {
  const { rows: there } = await client.query<{ found: boolean }>(
    `select to_regclass('schema_functions') is not null as found`,
  )
  const { rows } =
    there[0]?.found === true
      ? await client.query<{ digest: string }>('select digest from schema_functions order by n')
      : { rows: [] }
  const had = rows.map(({ digest }) => digest)
  const state = functionState(had, await readFunctions())
  if (state === 'same') return undefined
  return state === 'later'
    ? 'its functions are newer than this Holdpoint'
    : 'its functions are of another version; run: holdpoint migrate'
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
