import { readFileSync } from 'node:fs'

import { beforeAll, describe, expect, test } from 'vitest'

import { emptyCluster, query } from '../migrate/migrate.fixture.ts'
import { migrate } from '../migrate/migrate.ts'
import { addAgent, agentLoginName, ensureTrialLogin } from './agent-login.ts'
import { AgentNameError, LoginExistsError } from './errors.ts'
import { ensureServerLogin, serverLoginName } from './server-login.ts'

const cluster = emptyCluster({ log_statement: 'all', log_min_error_statement: 'debug5' })
let adminUrl = ''

beforeAll(async () => {
  adminUrl = await cluster().database()
  await migrate({ adminUrl })
})

const who = `select session_user::text as login, current_setting('search_path') as path`
const passwordOf = (url: string): string => decodeURIComponent(new URL(url).password)

describe('the login of a server', () => {
  test('belongs to one instance and finds our tables by their bare names', async () => {
    const url = await ensureServerLogin({ adminUrl, instance: 'here' })
    const login = serverLoginName('here')
    expect(login).toMatch(/^holdpoint_server_[0-9a-f]{8}$/)
    expect(await query(url, who)).toEqual([{ login, path: 'holdpoint, pg_temp' }])
    expect(await query(url, `select pg_has_role('holdpoint_server', 'usage') as member`)).toEqual([
      { member: true },
    ])
  })

  test('is given a new password by each start, or keeps the one it is given', async () => {
    const first = await ensureServerLogin({ adminUrl, instance: 'again' })
    const second = await ensureServerLogin({ adminUrl, instance: 'again' })
    await expect(query(first, who)).rejects.toMatchObject({ code: '28P01' })
    expect(await query(second, who)).toHaveLength(1)
    const kept = await ensureServerLogin({
      adminUrl,
      instance: 'again',
      password: passwordOf(second),
    })
    expect(kept).toBe(second)
    expect(await query(second, who)).toHaveLength(1)
  })
})

describe('the login of an agent', () => {
  test('acts as its agent and is a member of agent_worker', async () => {
    const url = await addAgent({ adminUrl, name: 'billing-bot.2' })
    expect(await query(url, who)).toEqual([
      { login: 'agent_billing-bot.2', path: 'holdpoint, public' },
    ])
    expect(
      await query(
        url,
        `select own_agent() as agent, pg_has_role('agent_worker', 'usage') as member`,
      ),
    ).toEqual([{ agent: 'billing-bot.2', member: true }])
  })

  test('is not made twice, but can be given a new password', async () => {
    const first = await addAgent({ adminUrl, name: 'twice' })
    await expect(addAgent({ adminUrl, name: 'twice' })).rejects.toThrow(LoginExistsError)
    expect(await query(first, who)).toHaveLength(1)
    const second = await addAgent({ adminUrl, name: 'twice', rotate: true })
    await expect(query(first, who)).rejects.toMatchObject({ code: '28P01' })
    expect(await query(second, 'select own_agent() as agent')).toEqual([{ agent: 'twice' }])
  })

  test('stays locked when it is given a new password', async () => {
    await addAgent({ adminUrl, name: 'locked' })
    await query(adminUrl, 'alter role agent_locked nologin')
    const url = await addAgent({ adminUrl, name: 'locked', rotate: true })
    await expect(query(url, who)).rejects.toMatchObject({ code: '28000' })
    await query(adminUrl, 'alter role agent_locked login')
    expect(await query(url, 'select own_agent() as agent')).toEqual([{ agent: 'locked' }])
  })

  test('leaves no role behind when its agent is taken', async () => {
    await addAgent({ adminUrl, name: 'taken' })
    const failure = addAgent({ adminUrl, name: 'thief', agentId: 'taken' })
    await expect(failure).rejects.toThrow(LoginExistsError)
    expect(await query(adminUrl, `select from pg_roles where rolname = 'agent_thief'`)).toEqual([])
  })

  test.each(['', 'Upper', '-dash', 'with space', 'quo"te', 'x'.repeat(49), 'ünï', 'worker'])(
    'cannot be called %j',
    (name) => expect(() => agentLoginName(name)).toThrow(AgentNameError),
  )

  test('can be ended and locked by the owner', async () => {
    await addAgent({ adminUrl, name: 'unruly' })
    const may = await query(
      adminUrl,
      `select pg_has_role('holdpoint_owner', 'agent_unruly', 'member with admin option') as lock,
              pg_has_role('holdpoint_owner', 'agent_unruly', 'usage') as end,
              pg_has_role('holdpoint_owner', 'agent_unruly', 'set') as become`,
    )
    expect(may).toEqual([{ lock: true, end: true, become: false }])
  })
})

test('the trial login acts for agents that have no login of their own', async () => {
  const url = await ensureTrialLogin({ adminUrl })
  expect(await query(url, `select session_user::text as login, is_trial_login() as trial`)).toEqual(
    [{ login: 'holdpoint_agent', trial: true }],
  )
  expect(await query(await ensureTrialLogin({ adminUrl }), who)).toHaveLength(1)
})

test('many servers and agents can be made at once', async () => {
  const urls = await Promise.all(
    Array.from({ length: 10 }, async (_, n) => [
      await addAgent({ adminUrl, name: `many-${n}` }),
      await ensureServerLogin({ adminUrl, instance: `replica ${n % 2}`, password: 'the-same' }),
    ]),
  )
  for (const url of urls.flat()) expect(await query(url, who)).toHaveLength(1)
})

test('no password is sent to the server, so none is in its log', async () => {
  const url = await addAgent({ adminUrl, name: 'quiet' })
  const log = readFileSync(cluster().server.logFile, 'utf8')
  expect(log).toContain('agent_quiet')
  expect(log).not.toContain(passwordOf(url))
})
