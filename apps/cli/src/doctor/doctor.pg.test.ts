import { rmSync } from 'node:fs'

import { readWanted } from '@holdpoint/db'
import {
  openTestDatabase,
  startTestServer,
  type TestDatabase,
  temporaryFolder,
} from '@holdpoint/db/testing'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'

import { cli } from '../cli.fixture.ts'
import type { Check } from './check.ts'

// A cluster of its own: the roles of tests beside this one come and go.
let cluster: Awaited<ReturnType<typeof startTestServer>>
let db: TestDatabase
let login: string
const data = temporaryFolder()

beforeAll(async () => {
  cluster = await startTestServer(inject('holdpointPostgres').version)
  db = await openTestDatabase(cluster)
  await db.addAgent('bot')
  login = `"${db.loginOf('bot')}"`
})
afterAll(async () => {
  await db.close()
  await cluster.stop()
  rmSync(data, { recursive: true, force: true })
})

async function doctor(
  url = db.superUrl,
): Promise<{ code: number; checks: Check[]; of: (name: string) => Check | undefined }> {
  const { code, out } = await cli(['doctor', '--json'], { DATABASE_URL: url, HOLDPOINT_DATA: data })
  const checks = JSON.parse(out) as Check[]
  return { code, checks, of: (name) => checks.find((check) => check.name === name) }
}

async function sql(text: string): Promise<void> {
  const client = new Client({ connectionString: db.superUrl })
  await client.connect()
  await client.query(text)
  await client.end()
}

it('finds nothing wrong with a fresh database', async () => {
  const { code, checks, of } = await doctor()
  expect(checks.filter(({ area, status }) => area !== 'host' && status === 'bad')).toEqual([])
  expect(code).toBe(checks.some(({ status }) => status === 'bad') ? 1 : 0)
  expect(of(db.loginOf('bot'))?.status).toBe('ok')
  expect(of('schema')?.detail).toMatch(/^holdpoint is at \d{4}_/)
  for (const name of [
    'agent_worker',
    'holdpoint_server',
    'guards',
    'others',
    'partitions',
    'clock',
  ])
    expect(of(name)?.status, name).toBe('ok')
})

describe('an agent that reaches too far is shown and ends the doctor with 1', () => {
  it.each([
    ['superuser', 'alter role LOGIN superuser', 'alter role LOGIN nosuperuser', 'is a superuser'],
    ['CREATEROLE', 'alter role LOGIN createrole', 'alter role LOGIN nocreaterole', 'CREATEROLE'],
    [
      'DELETE here',
      'grant delete on tasks to LOGIN',
      'revoke delete on tasks from LOGIN',
      'DELETE on tasks',
    ],
    [
      'DELETE elsewhere',
      'create table public.backups (a int); grant delete on public.backups to LOGIN',
      'drop table public.backups',
      'can delete from public.backups',
    ],
    [
      'a column',
      'grant update (decision) on approval_queue to LOGIN',
      'revoke update (decision) on approval_queue from LOGIN',
      'UPDATE on approval_queue',
    ],
    [
      'a verb',
      'grant execute on function kill_run(uuid, text, text, integer) to LOGIN',
      'revoke execute on function kill_run(uuid, text, text, integer) from LOGIN',
      'may call kill_run',
    ],
    [
      'another role',
      'grant pg_write_all_data to LOGIN',
      'revoke pg_write_all_data from LOGIN',
      'is a member of pg_write_all_data',
    ],
    [
      'the server’s role',
      'grant holdpoint_server to LOGIN',
      'revoke holdpoint_server from LOGIN',
      'is a member of holdpoint_server',
    ],
    [
      'ownership',
      'create table public.mine (a int); alter table public.mine owner to LOGIN',
      'drop table public.mine',
      'owns table public.mine',
    ],
  ])('%s', async (_, widen, narrow, words) => {
    await sql(widen.replaceAll('LOGIN', login))
    const { code, of } = await doctor()
    await sql(narrow.replaceAll('LOGIN', login))
    expect(of(db.loginOf('bot'))).toMatchObject({ status: 'bad' })
    expect(of(db.loginOf('bot'))?.detail).toContain(words)
    expect(code).toBe(1)
  })
})

describe('other things that are wrong', () => {
  it('a grant to everyone on the audit log', async () => {
    await sql('grant insert on agent_audit_log to public')
    const { code, of } = await doctor()
    await sql('revoke insert on agent_audit_log from public')
    expect(of('others')).toMatchObject({
      status: 'bad',
      detail: 'everyone: agent_audit_log (insert)',
    })
    expect(code).toBe(1)
  })

  it('a login that someone put into the agents’ group by hand', async () => {
    await sql(
      'create role stray login; grant agent_worker to stray; grant select on run_events to stray',
    )
    const { of } = await doctor()
    await sql('drop owned by stray; drop role stray')
    expect(of('stray')).toMatchObject({ status: 'bad', detail: 'too wide: SELECT on run_events' })
  })

  it('a server that can rewrite history', async () => {
    await sql('grant update on run_events to holdpoint_server')
    const { of } = await doctor()
    await sql('revoke update on run_events from holdpoint_server')
    expect(of('holdpoint_server')?.detail).toContain('UPDATE on run_events')
  })

  it('a guard that was switched off', async () => {
    await sql('alter table agent_audit_log disable trigger audit_is_kept')
    const off = (await doctor()).of('guards')
    await sql('alter table agent_audit_log enable trigger audit_is_kept')
    await sql('alter table tasks disable row level security')
    const open = (await doctor()).of('guards')
    await sql('alter table tasks enable row level security')
    expect(off).toMatchObject({ status: 'bad' })
    expect(off?.detail).toContain('audit_is_kept on agent_audit_log is off')
    expect(open?.detail).toContain('row security is off on tasks')
  })

  it('a schema that is behind', async () => {
    const last = 'version = (select max(version) from schema_migrations)'
    await sql(`create table public.kept as select * from schema_migrations where ${last};
      delete from schema_migrations where ${last}`)
    const { code, of } = await doctor()
    await sql('insert into schema_migrations select * from public.kept; drop table public.kept')
    expect(of('schema')?.detail).toContain('1 migrations behind; run: holdpoint migrate')
    expect(code).toBe(1)
  })

  it('a migration that was applied with another text, unless that did the same', async () => {
    const [replaced] = (await readWanted()).migrations.filter(({ replaces }) => replaces.length > 0)
    const record = async (checksum?: string) =>
      sql(
        `update schema_migrations set checksum = '${checksum}' where version = ${replaced?.version}`,
      )
    await record(replaced?.replaces[0])
    const former = (await doctor()).of('schema')
    await record('0'.repeat(64))
    const other = (await doctor()).of('schema')
    await record(replaced?.checksum)
    expect(former).toMatchObject({ status: 'ok' })
    expect(other).toMatchObject({
      status: 'bad',
      detail: `${replaced?.name} was applied with other content`,
    })
  })

  it('functions of another version', async () => {
    await sql(`create table public.kept as select digest from schema_functions;
      insert into schema_functions (digest) values ('another')`)
    const later = (await doctor()).of('schema')
    await sql(`delete from schema_functions where n = 1`)
    const { code, of } = await doctor()
    await sql(`delete from schema_functions`)
    const none = (await doctor()).of('schema')
    await sql(`insert into schema_functions (digest) select digest from public.kept;
      drop table public.kept`)
    expect(later).toMatchObject({
      status: 'bad',
      detail: 'its functions are newer than this Holdpoint',
    })
    expect(of('schema')?.detail).toContain('of another version; run: holdpoint migrate')
    expect(none?.detail).toContain('of another version; run: holdpoint migrate')
    expect(code).toBe(1)
  })

  it('a schema that is not there', async () => {
    const { code, out } = await cli(['doctor', '--json', '--schema', 'elsewhere'], {
      DATABASE_URL: db.superUrl,
      HOLDPOINT_DATA: data,
    })
    const checks = JSON.parse(out) as Check[]
    expect(checks.find(({ name }) => name === 'schema')).toMatchObject({ status: 'bad' })
    expect(code).toBe(1)
  })
})

it('changes nothing', async () => {
  const count = 'select count(*) from run_events union all select count(*) from agent_audit_log'
  const before = (await db.owner.query(count)).rows
  await doctor()
  expect((await db.owner.query(count)).rows).toEqual(before)
})
