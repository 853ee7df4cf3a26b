import { once } from 'node:events'
import { existsSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'

import { ensureDatabase, serverLoginName } from '@holdpoint/db'
import { createTestDatabase, freePort, temporaryFolder } from '@holdpoint/db/testing'
import type { Agent, Run } from '@holdpoint/protocol'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'

import { cli, type Ran } from '../cli.fixture.ts'
import type { Check } from '../doctor/check.ts'
import { postmasterOf, query, start, type Started, until } from './start.fixture.ts'

// Whole databases start and stop here, and the machine may be busy with other tests.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 })

const isUp = async ({ connection }: Started): Promise<boolean> =>
  fetch(`${connection.localUrl ?? connection.consoleUrl}/healthz`).then(
    (response) => response.ok,
    () => false,
  )

describe('on the embedded database', () => {
  const data = temporaryFolder()
  const env = { HOLDPOINT_DATA: data }
  const running: { now?: Started } = {}
  let ports: string[] = []
  let run = ''

  const holdpoint = async (...argv: string[]): Promise<Ran> => cli(argv, env)
  const now = (): Started => {
    if (running.now === undefined) throw new Error('it was not started')
    return running.now
  }
  const runs = async (): Promise<Run[]> =>
    JSON.parse((await holdpoint('runs', '--json')).out) as Run[]

  beforeAll(async () => {
    ports = ['--port', String(await freePort()), '--pg-port', String(await freePort())]
    running.now = await start(data, ports)
  })
  afterAll(async () => {
    if (running.now?.child.exitCode === null) await running.now.end('SIGTERM')
    rmSync(data, { recursive: true, force: true })
  })

  it('is live once connection.json is there, which only its owner can read', async () => {
    expect(await isUp(now())).toBe(true)
    expect(statSync(join(data, 'connection.json')).mode & 0o777).toBe(0o600)
    expect(statSync(join(data, 'secrets.json')).mode & 0o777).toBe(0o600)
  })

  it('prints one sign-in link and no other secret', async () => {
    const { signInUrl, apiToken, agentUrl } = now().connection
    await until(() => now().printed().includes('Ctrl-C'))
    expect(now().printed().split('/sign-in?token=')).toHaveLength(2)
    expect(now().printed()).toContain(signInUrl)
    expect(now().printed()).not.toContain(apiToken)
    expect(now().printed()).not.toContain(new URL(agentUrl).password)
  })

  it('shows a run that the trial login makes with plain SQL', async () => {
    const made = await query<{ id: string }>(
      now().connection.agentUrl,
      `insert into workflow_checkpoints (agent_id, current_step) values ('plain', 'step_1')
       returning workflow_id as id`,
    )
    run = made[0]?.id ?? ''
    expect((await runs()).map(({ id, status }) => [id, status])).toEqual([[run, 'running']])
    expect((await holdpoint('runs', '--state', 'running')).out).toContain(run.slice(0, 8))
    expect((await holdpoint('runs', '--state', 'killed')).out).toBe('No such runs.')
  })

  it('pauses, resumes and kills it, and the database obeys', async () => {
    const step = `update workflow_checkpoints set current_step = current_step || '!' where workflow_id = '${run}'`
    expect((await holdpoint('pause', run, '--reason', 'look')).code).toBe(0)
    await expect(query(now().connection.agentUrl, step)).rejects.toThrow('USER_PAUSED')
    expect((await holdpoint('pause', run, '--reason', 'again')).code).toBe(1)
    expect((await holdpoint('resume', run.slice(0, 6), '--reason', 'fine')).code).toBe(0)
    await query(now().connection.agentUrl, step)
    const { code, out } = await holdpoint('kill', run.toUpperCase(), '--reason', 'enough')
    expect([code, out]).toEqual([0, `${run} of plain is killed.`])
    await expect(query(now().connection.agentUrl, step)).rejects.toThrow('killed')
    expect((await holdpoint('resume', run, '--reason', 'no')).code).toBe(1)
    expect((await holdpoint('kill', 'ffffff', '--reason', 'no')).err).toContain('No run begins')
  })

  it('names the session that keeps a control waiting, and the SQL that ends it', async () => {
    const agent = new Client({ connectionString: now().connection.agentUrl })
    await agent.connect()
    const { rows } = await agent.query<{ id: string; pid: number }>(
      `insert into workflow_checkpoints (agent_id) values ('slow')
       returning workflow_id as id, pg_backend_pid() as pid`,
    )
    const { id = '', pid = 0 } = rows[0] ?? {}
    await agent.query('begin')
    await agent.query(`update workflow_checkpoints set goal = 'open' where workflow_id = '${id}'`)
    const { code, err } = await holdpoint('pause', id, '--reason', 'now')
    await agent.query('rollback')
    await agent.end()
    expect(code).toBe(1)
    expect(err).toContain(`session ${pid} of holdpoint_agent`)
    expect(err).toContain(`select holdpoint.end_session(${pid}, `)
    expect((await holdpoint('kill', id, '--reason', 'done')).code).toBe(0)
  })

  it('gives the owner a connection with unqualified names', async () => {
    const { ownerUrl } = now().connection
    const [row] = await query<{ me: string; runs: string }>(
      ownerUrl ?? '',
      'select current_user as me, count(*) as runs from workflow_checkpoints group by 1',
    )
    expect(row).toEqual({ me: 'holdpoint_owner', runs: '2' })
  })

  it('makes a login for an agent, once', async () => {
    const { code, out } = await holdpoint('agent', 'add', 'bot')
    expect(code).toBe(0)
    await query(out, `insert into workflow_checkpoints (agent_id) values ('bot')`)
    expect((await holdpoint('agent', 'add', 'bot')).code).toBe(1)
    const rotated = (await holdpoint('agent', 'add', 'bot', '--rotate')).out
    await expect(query(out, 'select 1')).rejects.toThrow('password')
    await query(rotated, 'select 1')
  })

  it('isolates it, which a new password does not undo, and releases it', async () => {
    expect((await holdpoint('agent', 'isolate', 'bot', '--reason', 'odd')).code).toBe(0)
    const { out } = await holdpoint('agent', 'add', 'bot', '--rotate')
    await expect(query(out, 'select 1')).rejects.toThrow('not permitted to log in')
    const listed = JSON.parse((await holdpoint('agent', 'list', '--json')).out) as Agent[]
    expect(listed.find(({ agentId }) => agentId === 'bot')?.isolatedWhy).toBe('odd')
    expect((await holdpoint('agent', 'release', 'bot', '--reason', 'fine')).code).toBe(0)
    await query(out, 'select 1')
    expect((await holdpoint('agent', 'isolate', 'nobody', '--reason', 'x')).code).toBe(1)
  })

  it('passes the doctor', async () => {
    const checks = JSON.parse((await holdpoint('doctor', '--json')).out) as Check[]
    const bad = checks.filter(({ status, name }) => status === 'bad' && name !== 'disk space')
    expect(bad).toEqual([])
  })

  it('makes a fresh sign-in link that works', async () => {
    const { code, out } = await holdpoint('sign-in')
    expect(code).toBe(0)
    expect(out).not.toBe(now().connection.signInUrl)
    const response = await fetch(out, { redirect: 'manual' })
    expect(response.status).toBe(303)
    expect(response.headers.get('set-cookie')).toContain('HttpOnly')
  })

  it('refuses a second start on the same folder, naming the first', async () => {
    const { child, connection } = now()
    const other = ['--port', String(await freePort()), '--pg-port', String(await freePort())]
    const { code, err } = await holdpoint('start', '--empty', ...other)
    expect(code).toBe(1)
    expect(err).toContain(`process ${child.pid} at ${connection.consoleUrl}`)
    expect(await isUp(now())).toBe(true)
  })

  it('comes back when the database is killed, while the server stays', async () => {
    const before = postmasterOf(data) ?? 0
    process.kill(before, 'SIGKILL')
    await until(() => now().printed().includes('The database is back'))
    expect(postmasterOf(data)).not.toBe(before)
    await until(async () => isUp(now()))
    expect((await runs()).find(({ id }) => id === run)?.status).toBe('killed')
  })

  it('killed hard leaves the database up, and the next start takes it over', async () => {
    const { agentUrl, apiToken } = now().connection
    await now().end('SIGKILL')
    const left = postmasterOf(data)
    expect(left).toBeDefined()
    expect((await holdpoint('runs')).code).toBe(3)
    const refused = await holdpoint('kill', run, '--reason', 'x')
    expect(refused.code).toBe(3)
    expect(refused.err).toContain(`select holdpoint.kill_run('${run}'`)
    const { out } = await holdpoint('doctor')
    expect(out).toMatch(/LOOK +lock +left by process/)

    running.now = await start(data, ports)
    expect(now().printed()).toContain(`process ${left}`)
    expect(postmasterOf(data)).toBe(left)
    expect(now().connection).toMatchObject({ agentUrl, apiToken })
  })

  it('ends with everything it started on SIGTERM', async () => {
    const postmaster = postmasterOf(data)
    expect(await now().end('SIGTERM')).toBe(0)
    expect(now().printed()).toMatch(/Stopping \(SIGTERM\) \.\.\.\nStopped\.\n$/)
    expect(postmaster).toBeDefined()
    expect(postmasterOf(data)).toBeUndefined()
    expect(await isUp(now())).toBe(false)
    for (const left of ['connection.json', 'holdpoint.lock'])
      expect(existsSync(join(data, left)), left).toBe(false)
  })

  it('stops in order when nobody reads its output any more', async () => {
    const unread = await start(data, ports)
    const gone = once(unread.child, 'exit')
    unread.child.stdout?.destroy()
    unread.child.stderr?.destroy()
    // It has something to say now, and nobody to say it to.
    process.kill(postmasterOf(data) ?? 0, 'SIGKILL')
    expect(await gone).toEqual([1, null])
    await until(() => postmasterOf(data) === undefined)
  })

  it('names the flag of a port that is taken', async () => {
    const stranger = createServer().listen(0, '127.0.0.1')
    await once(stranger, 'listening')
    const address = stranger.address()
    const taken = String(typeof address === 'object' ? address?.port : '')
    const free = String(await freePort())
    const console = await holdpoint('start', '--empty', '--port', taken, '--pg-port', free)
    const postgres = await holdpoint('start', '--empty', '--port', free, '--pg-port', taken)
    stranger.close()
    expect([console.code, postgres.code]).toEqual([1, 1])
    expect(console.err).toContain(`Port ${taken} on 127.0.0.1 is taken`)
    expect(console.err).toContain('--port')
    expect(postgres.err).toContain(`Port ${taken} on 127.0.0.1 is taken`)
    expect(postgres.err).toContain('--pg-port')
    expect(postmasterOf(data)).toBeUndefined()
  })
})

describe('on a database of the user’s own', async () => {
  const { superUrl } = await createTestDatabase()
  const data = temporaryFolder()
  const name = `own_${process.pid}_${Date.now() % 100_000}`

  afterAll(async () => {
    await query(superUrl, `drop database if exists ${name} with (force)`)
    await query(superUrl, `drop role if exists ${serverLoginName(data)}`)
    rmSync(data, { recursive: true, force: true })
  })

  it('starts no Postgres, and leaves that one running; behind a proxy the CLI goes straight to it', async () => {
    const DATABASE_URL = await ensureDatabase(superUrl, name)
    const started = await start(data, ['--port', String(await freePort())], {
      DATABASE_URL,
      HOLDPOINT_PUBLIC_URL: 'https://holdpoint.example.com',
    })
    expect(started.connection.signInUrl).toMatch(/^https:\/\/holdpoint\.example\.com\/sign-in/)
    expect(await isUp(started)).toBe(true)
    expect(existsSync(join(data, 'postgres'))).toBe(false)
    expect(started.connection.ownerUrl).toBeUndefined()
    await query(
      started.connection.agentUrl,
      `insert into workflow_checkpoints (agent_id) values ('plain')`,
    )
    const env = { DATABASE_URL, HOLDPOINT_DATA: data }
    expect((await cli(['runs'], env)).out).toContain('plain')
    const second = await cli(['start', '--empty', '--port', '0'], env)
    expect(second).toMatchObject({ code: 1 })
    expect(second.err).toContain(`process ${started.child.pid} at ${started.connection.consoleUrl}`)
    expect(await started.end('SIGTERM')).toBe(0)
    await query(DATABASE_URL, 'select 1')
  })
})
