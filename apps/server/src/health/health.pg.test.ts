import { readWanted } from '@holdpoint/db'
import type { HealthFact, SystemHealth } from '@holdpoint/protocol'
import { afterEach, expect, test } from 'vitest'

import { askServer, refusal } from '../../test/ask.ts'
import { driftDuties, duties } from '../supervisor/duties.ts'
import { Supervisor } from '../supervisor/leader.ts'

const { as, db, operator, startRun } = await askServer()
const leaders = new Set<Supervisor>()

const fact = ({ facts }: SystemHealth, id: string): HealthFact | undefined =>
  facts.find((each) => each.id === id)

/** Asked until it is so: what leads works by itself. */
async function until(id: string, so: (fact: HealthFact | undefined) => boolean) {
  for (;;) {
    const found = fact(await operator.system.health(), id)
    if (so(found)) return found
  }
}

function lead(): void {
  const all = [
    new Supervisor(db.serverUrl, duties, () => undefined, 50),
    new Supervisor(db.serverUrl, driftDuties, () => undefined, 50, 'drift'),
  ]
  for (const each of all) {
    leaders.add(each)
    each.start()
  }
}

async function stop(): Promise<void> {
  await Promise.all([...leaders].map(async (each) => each.stop()))
  leaders.clear()
}

afterEach(stop)

test('where a server leads and nothing is wrong, every fact is fine', async () => {
  await startRun()
  lead()
  await until('drift', (drift) => drift?.verdict === 'ok')
  await until('counting', (counting) => counting?.verdict === 'ok')
  const { facts } = await operator.system.health()
  expect(facts.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
  expect(facts).toHaveLength(12)
  const migrations = facts.find(({ id }) => id === 'migrations')
  expect(migrations?.says).toMatch(/^(\d+) applied of \1 /)
})

test('a leader that stopped is named; one that gave its lease back long ago is bad', async () => {
  lead()
  await until('leader', (leader) => leader?.verdict === 'ok')
  await stop()
  const stopped = fact(await operator.system.health(), 'leader')
  expect(stopped).toMatchObject({ verdict: 'look' })
  expect(stopped?.says).toContain(`process ${process.pid}`)
  expect(stopped?.toDo).toContain('Start a server')
  await db.owner.query(`update leader_leases set expires_at = expires_at - interval '1 minute'`)
  expect(fact(await operator.system.health(), 'leader')?.verdict).toBe('bad')
})

test('a transaction that keeps a run is told with its login, and no longer once it ended', async () => {
  const run = await startRun()
  const agent = await db.trial.connect()
  const { rows } = await agent.query<{ pid: number; login: string }>(
    'select pg_backend_pid() as pid, session_user::text as login',
  )
  await agent.query('begin')
  // Reading keeps nobody waiting.
  await agent.query('select from workflow_checkpoints')
  expect(fact(await operator.system.health(), 'transactions')?.says).toBe('None is open.')
  await agent.query('update workflow_checkpoints set tokens_in = 1 where workflow_id = $1', [run])
  const open = fact(await operator.system.health(), 'transactions')
  expect(open?.says).toContain(`${rows[0]?.login}, session ${rows[0]?.pid}, open for `)
  await agent.query('commit')
  agent.release()
  expect(fact(await operator.system.health(), 'transactions')?.says).toBe('None is open.')
})

test('a notification that was given up is bad, and what is due is counted', async () => {
  const { id } = await operator.channels.add({
    kind: 'webhook',
    name: 'pager',
    wants: { classes: ['run.failed'] },
    url: 'https://hooks.example.com/x',
  })
  await db.owner.query(
    `insert into notifications (channel_id, class, event_key, event_at, state, failed_at)
     values ($1, 'run.failed', 'a', now(), 'failed', now()), ($1, 'run.failed', 'b', now(), 'pending', null)`,
    [id],
  )
  const told = fact(await operator.system.health(), 'notifications')
  expect(told).toMatchObject({ verdict: 'bad' })
  expect(told?.says).toMatch(/^1 given up; 1 due for /)
})

test('what cannot be read says so, and fails nothing else', async () => {
  await db.owner.query('revoke select on notifications from holdpoint_server')
  try {
    const health = await operator.system.health()
    expect(fact(health, 'notifications')).toMatchObject({
      verdict: 'unread',
      says: 'Could not be read.',
    })
    expect(fact(health, 'database')?.verdict).toBe('ok')
  } finally {
    await db.owner.query('grant select on notifications to holdpoint_server')
  }
})

test('a schema that is ahead of this server is bad', async () => {
  await db.owner.query(
    `insert into schema_migrations (version, name, checksum) values (9999, '9999_later', 'x')`,
  )
  try {
    expect(fact(await operator.system.health(), 'migrations')).toMatchObject({
      verdict: 'bad',
      toDo: 'This server is older than its database: update it.',
    })
  } finally {
    await db.owner.query('delete from schema_migrations where version = 9999')
  }
})

test('a migration that was applied with another text is bad', async () => {
  const checksum = await db.owner.query<{ checksum: string }>(
    'select checksum from schema_migrations where version = 1',
  )
  await db.owner.query(`update schema_migrations set checksum = 'x' where version = 1`)
  try {
    const told = fact(await operator.system.health(), 'migrations')
    expect(told).toMatchObject({ verdict: 'bad' })
    expect(told?.says).toMatch(/^0001_\w+ was applied with other content/)
  } finally {
    await db.owner.query('update schema_migrations set checksum = $1 where version = 1', [
      checksum.rows[0]?.checksum,
    ])
  }
})

test('functions of another version are bad, of a later one and of an earlier one', async () => {
  await db.owner.query(`insert into schema_functions (digest) values ('another')`)
  try {
    const later = fact(await operator.system.health(), 'migrations')
    expect(later?.says).toContain('The functions are of another version.')
    expect(later).toMatchObject({
      verdict: 'bad',
      toDo: 'This server is older than its database: update it.',
    })
    await db.owner.query(`update schema_functions set digest = 'one before' where n = 1`)
    expect(fact(await operator.system.health(), 'migrations')).toMatchObject({
      verdict: 'bad',
      toDo: 'Run `holdpoint migrate`.',
    })
  } finally {
    await db.owner.query(`delete from schema_functions where digest = 'another'`)
    await db.owner.query('update schema_functions set digest = $1', [
      (await readWanted()).functions?.digest,
    ])
  }
  expect(fact(await operator.system.health(), 'migrations')).toMatchObject({ verdict: 'ok' })
})

test('it is for administrators', async () => {
  const reader = as('operator:guest', ['read', 'control', 'decide'])
  expect((await refusal(reader.system.health())).code).toBe('FORBIDDEN')
})
