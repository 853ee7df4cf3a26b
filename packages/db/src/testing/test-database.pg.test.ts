import { Client } from 'pg'
import { describe, expect, inject, test } from 'vitest'

import { createTestDatabase, openTestDatabase } from './index.ts'

const server = inject('holdpointPostgres')

async function left(pattern: string): Promise<string[]> {
  const client = new Client({ connectionString: server.superUrl })
  await client.connect()
  const { rows } = await client.query<{ name: string }>(
    `select datname::text as name from pg_database where datname like $1
     union all select rolname from pg_roles where rolname like $1`,
    [pattern],
  )
  await client.end()
  return rows.map((row) => row.name)
}

describe('a test database', () => {
  test('is migrated, empty and nobody else has it', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()])
    await one.trial.query(`insert into workflow_checkpoints (agent_id) values ('scribe')`)
    const count = 'select count(*) as runs from workflow_checkpoints'
    expect((await one.server.query(count)).rows).toEqual([{ runs: 1 }])
    expect((await two.server.query(count)).rows).toEqual([{ runs: 0 }])
    expect((await two.owner.query('select current_user as me')).rows).toEqual([
      { me: 'holdpoint_owner' },
    ])
  })

  test('has agents of the same name as another one, each with its own login', async () => {
    const [one, two] = await Promise.all([createTestDatabase(), createTestDatabase()])
    for (const db of [one, two]) {
      const agent = db.pool(await db.addAgent('scribe'))
      const { rows } = await agent.query('select own_agent() as agent, session_user::text as login')
      expect(rows).toEqual([{ agent: 'scribe', login: db.loginOf('scribe') }])
    }
  })

  test('leaves no database and no login behind', async () => {
    const db = await openTestDatabase(server)
    await db.addAgent('scribe')
    const suffix = db.name.replace('test_', '')
    expect(await left(`%${suffix}`)).toHaveLength(3)
    await db.trial.query('select 1')
    await db.close()
    expect(await left(`%${suffix}`)).toEqual([])
  })
})
