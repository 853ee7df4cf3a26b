import { beforeAll, expect, test } from 'vitest'

import { addAgent } from '../logins/agent-login.ts'
import { ensureServerLogin } from '../logins/server-login.ts'
import { MissingPrivilegeError } from './errors.ts'
import { emptyCluster, query } from './migrate.fixture.ts'
import { migrate } from './migrate.ts'

const cluster = emptyCluster()
let superUrl = ''

beforeAll(async () => {
  superUrl = await cluster().database()
})

async function missingFor(adminUrl: string): Promise<readonly string[]> {
  const failure: unknown = await migrate({ adminUrl }).catch((error: unknown) => error)
  if (!(failure instanceof MissingPrivilegeError)) throw failure
  expect(failure.message).toContain('Nothing was changed')
  return failure.missing
}

// The cluster is new: this must come first.
test('an ordinary login is told all that it lacks, and nothing is changed', async () => {
  const missing = await missingFor(await cluster().login(superUrl, 'ordinary'))
  expect(missing).toEqual([
    expect.stringContaining('CREATEROLE, to make holdpoint_owner, agent_worker, holdpoint_server'),
    expect.stringContaining('CREATE on the database, to make the schema holdpoint'),
  ])
  const left = await query(
    superUrl,
    `select rolname as name from pg_roles where rolname like 'holdpoint_owner' or rolname = 'agent_worker'
     union all select nspname from pg_namespace where nspname = 'holdpoint'`,
  )
  expect(left).toEqual([])
})

test('a login with CREATEROLE and CREATE on the database can do all that is needed', async () => {
  const adminUrl = await cluster().login(superUrl, 'dba', 'createrole')
  const database = new URL(superUrl).pathname.slice(1)
  await query(superUrl, `grant create on database ${database} to dba`)
  const result = await migrate({ adminUrl })
  expect(result.applied).not.toEqual([])
  // A superuser's gift that a hosted Postgres may not give.
  expect(result.canSignalBackends).toBe(false)
  expect((await migrate({ adminUrl })).applied).toEqual([])

  const serverUrl = await ensureServerLogin({ adminUrl, instance: 'here' })
  expect(await query(serverUrl, 'select count(*)::int as runs from workflow_checkpoints')).toEqual([
    { runs: 0 },
  ])
  const agentUrl = await addAgent({ adminUrl, name: 'scribe' })
  expect(await query(agentUrl, 'select own_agent() as agent')).toEqual([{ agent: 'scribe' }])
})

test('another login with the same privileges is told to become a member of the owner', async () => {
  const adminUrl = await cluster().login(superUrl, 'other_dba', 'createrole')
  expect(await missingFor(adminUrl)).toEqual([
    expect.stringContaining('grant holdpoint_owner to other_dba'),
  ])
  await query(superUrl, 'grant holdpoint_owner to other_dba')
  expect((await migrate({ adminUrl })).applied).toEqual([])
})

test('a superuser gives the owner what it could not have before', async () => {
  expect((await migrate({ adminUrl: superUrl })).canSignalBackends).toBe(true)
})
