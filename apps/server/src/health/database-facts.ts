import { OLDEST_POSTGRES, readWanted, schemaState } from '@holdpoint/db'

import { must } from '../database/must.ts'
import { count, grade, judged, type Question, span } from './fact.ts'

const server: Question = {
  id: 'database',
  title: 'Database',
  ask: async ({ database }) => {
    const [row] = await database.read<{ version: string; major: number; standby: boolean }>(
      `select split_part(current_setting('server_version'), ' ', 1) as version,
         current_setting('server_version_num')::integer / 10000 as major, pg_is_in_recovery() as standby`,
    )
    const { version, major, standby } = must(row, 'server_version')
    if (standby)
      return {
        verdict: 'bad',
        says: `Postgres ${version}, a standby: it takes no writes.`,
        toDo: 'Let the server connect to the primary.',
      }
    return judged(
      major < OLDEST_POSTGRES ? 'bad' : 'ok',
      `Postgres ${version}, the primary.`,
      `Postgres ${OLDEST_POSTGRES} or later is needed: upgrade it.`,
    )
  },
}

let brought: ReturnType<typeof readWanted> | undefined

const older = 'This server is older than its database: update it.'
const migrate = 'Run `holdpoint migrate`.'

const migrations: Question = {
  id: 'migrations',
  title: 'Migrations',
  ask: async ({ database }) => {
    brought ??= readWanted()
    const mine = await brought
    const state = await schemaState(async (sql) => database.read(sql), mine)
    const has = `${state.applied.length} applied`
    const says = `${has} of ${mine.migrations.length} that this server knows.`
    switch (state.is) {
      case 'same':
        return { verdict: 'ok', says }
      case 'newer':
        return {
          verdict: 'bad',
          says: `${has}; this server knows ${mine.migrations.length}.`,
          toDo: older,
        }
      case 'behind':
        return { verdict: 'bad', says, toDo: migrate }
      case 'other':
        return {
          verdict: 'bad',
          says: `${state.name} was applied with other content than this server knows.`,
          toDo: 'Another, unreleased version made this database: use that one, or another database.',
        }
      case 'other functions':
      case 'newer functions':
        return {
          verdict: 'bad',
          says: `${says} The functions are of another version.`,
          toDo: state.is === 'newer functions' ? older : migrate,
        }
    }
  },
}

const size: Question = {
  id: 'size',
  title: 'Size of the database',
  ask: async ({ database }) => {
    const [row] = await database.read<{ size: string }>(
      'select pg_size_pretty(pg_database_size(current_database())) as size',
    )
    // How much room there is, a login of the database cannot see.
    return {
      verdict: 'ok',
      says: `${must(row, 'the size').size}. Free space is not seen from here.`,
    }
  },
}

const connections: Question = {
  id: 'connections',
  title: 'Connections',
  ask: async ({ database }) => {
    const [row] = await database.read<{ used: number; most: number; kept: number }>(
      `select (select sum(numbackends)::integer from pg_stat_database) as used,
         current_setting('max_connections')::integer as most,
         current_setting('superuser_reserved_connections')::integer
           + coalesce(current_setting('reserved_connections', true), '0')::integer as kept`,
    )
    const { used, most, kept } = must(row, 'the connections')
    return judged(
      grade(used / (most - kept), 0.8, 0.95),
      `${used} of ${most} used; ${kept} are kept for Holdpoint and administrators.`,
      'Let agents share connections, or raise max_connections.',
    )
  },
}

const clock: Question = {
  id: 'clock',
  title: 'Clocks',
  ask: async ({ database }) => {
    const sent = Date.now()
    const [row] = await database.read<{ ms: number }>(
      'select extract(epoch from clock_timestamp())::float8 * 1000 as ms',
    )
    const ahead = ((sent + Date.now()) / 2 - must(row, 'the clock').ms) / 1_000
    const off = Math.abs(ahead)
    // Half the round trip is what the measuring itself may err by.
    return judged(
      grade(off, 2, 60),
      off < 0.1
        ? "The server's clock and the database's agree."
        : `The server's clock is ${span(off)} ${ahead > 0 ? 'ahead of' : 'behind'} the database's.`,
      'Leases and deadlines go by the database. Set both clocks from the same source (NTP).',
    )
  },
}

const partitions: Question = {
  id: 'partitions',
  title: 'Partitions of the history',
  ask: async ({ database }) => {
    const [row] = await database.read<{ ahead: number | null; strays: number }>(
      `select (select max((left(m, 4)::integer - extract(year from today)::integer) * 12
             + right(m, 2)::integer - extract(month from today)::integer)
           from pg_inherits i join pg_class c on c.oid = i.inhrelid, substring(c.relname from '^run_events_(\\d{4}_\\d{2})$') m
           where i.inhparent = 'run_events'::regclass) as ahead,
         (select count(*)::integer from (select from run_events_default limit 1001) d) as strays
       from (select now() at time zone 'utc' as today) n`,
    )
    const { ahead, strays } = must(row, 'the partitions')
    const made = Math.max(0, ahead ?? 0)
    const strayWords =
      strays === 0
        ? 'none in the default partition'
        : `${strays > 1_000 ? 'more than 1,000 events' : count(strays, 'event')} in the default partition`
    if (strays > 0)
      return {
        verdict: 'look',
        says: `Made ${count(made, 'month')} ahead; ${strayWords}.`,
        toDo: 'Nothing is lost. The partition of that month is not made while they are there; see Operating.',
      }
    return judged(
      made === 0 ? 'bad' : made === 1 ? 'look' : 'ok',
      `Made ${count(made, 'month')} ahead; ${strayWords}.`,
      'The leading server makes them each hour: see the leader, and its log.',
    )
  },
}

export const databaseFacts: readonly Question[] = [
  server,
  migrations,
  connections,
  size,
  clock,
  partitions,
]
