import { randomUUID } from 'node:crypto'

import { Client } from 'pg'
import { afterEach, expect, test } from 'vitest'

import { serve, startTestServer } from '../../test/test-server.ts'
import { emptyFleet, fleetOf, framedEvents, seqsOf, Watch } from '../../test/watch.ts'

const server = await startTestServer()
const { db } = server
const watches = new Set<Watch>()

afterEach(() => {
  for (const watch of watches) watch.close()
  watches.clear()
})

async function watch(path: string, position?: string, url = server.url): Promise<Watch> {
  const opened = await Watch.open(url, path, position)
  watches.add(opened)
  return opened
}

async function startRun(id: string = randomUUID()): Promise<string> {
  await db.trial.query(
    `insert into workflow_checkpoints (workflow_id, agent_id, current_step) values ($1, 'a', 'step_1')`,
    [id],
  )
  return id
}

const step = async (run: string, name: string) =>
  db.trial.query('update workflow_checkpoints set current_step = $2 where workflow_id = $1', [
    run,
    name,
  ])

const command = async (path: string, input: unknown) =>
  server.ask(`/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-holdpoint': '1' },
    body: JSON.stringify(input),
  })

test('a pause by an operator reaches the fleet and the page of the run', async () => {
  const run = await startRun()
  const fleet = await watch('fleet')
  const page = await watch(`runs/${run}`)
  await page.until(({ messages }) => seqsOf(messages).length === 1)
  expect((await command('runs.pause', { id: run, reason: 'look' })).status).toBe(200)
  const held = await fleet.until(({ messages }) => {
    const now = fleetOf(messages)
    return now.runs.get(run)?.status === 'paused' && now
  })
  expect(held.runs.get(run)?.stopReason).toBe('USER_PAUSED')
  await page.until(({ messages }) => seqsOf(messages).length === 2)
  expect(framedEvents(page.messages).map(({ kind }) => kind)).toEqual(['run.paused'])
})

test('counts and open approvals follow every way in which they can change', async () => {
  const fleet = await watch('fleet')
  const ask = async (run: string): Promise<string> => {
    const { rows } = await db.trial.query<{ id: string }>(
      `insert into approval_queue (workflow_id, requested_by) values ($1, 'a') returning approval_id as id`,
      [run],
    )
    return rows[0]?.id ?? ''
  }
  const [decided, killed, completed] = [await startRun(), await startRun(), await startRun()]
  const approval = await ask(decided)
  await ask(decided)
  await ask(killed)
  await ask(killed)
  await ask(completed)
  await command('approvals.decide', {
    id: approval,
    version: 1,
    decision: 'approved',
    reason: null,
  })
  await command('runs.kill', { id: killed, reason: 'enough' })
  await db.trial.query(
    `update workflow_checkpoints set status = 'complete' where workflow_id = $1`,
    [completed],
  )
  const { rows } = await db.owner.query<{ waiting: string; counts: Record<string, number> }>(
    `select (select count(*) from approval_queue where decision is null and closed_at is null) as waiting,
       (select jsonb_object_agg(status, n) from (select status, count(*) as n from workflow_checkpoints group by 1) c) as counts`,
  )
  const held = await fleet.until(({ messages }) => {
    const now = fleetOf(messages)
    return now.runs.get(completed)?.status === 'complete' && now
  })
  expect(held.approvalsWaiting).toBe(Number(rows[0]?.waiting))
  expect(held.counts).toMatchObject(rows[0]?.counts ?? {})
})

test('a viewer that comes back gets what it missed and nothing else', async () => {
  const [run, quiet] = [await startRun(), await startRun()]
  const before = await watch('fleet')
  await before.until(({ messages }) => fleetOf(messages).runs.has(quiet))
  before.close()
  await step(run, 'step_2')
  const after = await watch('fleet', before.position)
  await after.until(({ messages }) => fleetOf(messages).runs.get(run)?.seq === 2)
  expect(after.count('snapshot')).toBe(0)
  expect(after.count('resync')).toBe(0)
  expect(fleetOf(after.messages).runs.has(quiet)).toBe(false)
})

test('a page of a run that comes back gets the events it missed, in order', async () => {
  const run = await startRun()
  const before = await watch(`runs/${run}`)
  await before.until(({ messages }) => seqsOf(messages).length === 1)
  before.close()
  for (let n = 2; n <= 9; n++) await step(run, `step_${n}`)
  const after = await watch(`runs/${run}`, before.position)
  const seqs = await after.until(({ messages }) => {
    const now = seqsOf(messages, [1])
    return now.length === 9 && now
  })
  expect(seqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9])
  expect(after.count('snapshot')).toBe(0)
})

test('a position that means nothing here leads to a resync and a snapshot', async () => {
  const run = await startRun()
  for (const position of ['nonsense', Buffer.from('1/2/3 5:9:').toString('base64url')]) {
    const fleet = await watch('fleet', position)
    await fleet.until(({ messages }) => fleetOf(messages).runs.has(run))
    expect(fleet.count('resync')).toBe(1)
    const page = await watch(`runs/${run}`, position)
    await page.until(({ messages }) => seqsOf(messages).length === 1)
    expect(page.count('resync')).toBe(1)
  }
})

test('a run that does not exist has no stream', async () => {
  expect((await watch(`runs/${randomUUID()}`)).status).toBe(404)
  expect((await watch('runs/nonsense')).status).toBe(404)
})

test('a restart of the server in between loses and doubles nothing', async () => {
  const run = await startRun()
  const first = await serve(db)
  const before = await watch(`runs/${run}`, undefined, first.url)
  const fleetBefore = await watch('fleet', undefined, first.url)
  await step(run, 'step_2')
  await before.until(({ messages }) => seqsOf(messages).length === 2)
  await fleetBefore.until(({ messages }) => fleetOf(messages).runs.get(run)?.seq === 2)
  await first.close()
  await before.until(({ ended }) => ended).catch(() => undefined)
  await step(run, 'step_3')
  const second = await serve(db)
  const after = await watch(`runs/${run}`, before.position, second.url)
  const fleetAfter = await watch('fleet', fleetBefore.position, second.url)
  await step(run, 'step_4')
  await after.until(({ messages }) => seqsOf(messages, [1, 2]).length === 4)
  expect(framedEvents(after.messages).map(({ seq }) => seq)).toEqual([3, 4])
  const held = fleetOf(fleetBefore.messages)
  await fleetAfter.until(({ messages }) => fleetOf(messages, held).runs.get(run)?.seq === 4)
  expect(fleetAfter.count('resync')).toBe(0)
  await second.close()
})

test('a database that is gone is said at once, and nothing is lost when it is back', async () => {
  const run = await startRun()
  const page = await watch(`runs/${run}`)
  const fleet = await watch('fleet')
  await page.until(({ messages }) => seqsOf(messages).length === 1)
  const admin = new Client({ connectionString: db.superUrl.replace(db.name, 'postgres') })
  await admin.connect()
  try {
    await admin.query(`alter database ${db.name} allow_connections false`)
    await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = $1 and application_name in ('holdpoint tail', 'holdpoint read', 'holdpoint stream')`,
      [db.name],
    )
    await fleet.until(({ health }) => health?.database === 'down')
    expect((await fetch(`${server.url}/healthz`)).status).toBe(503)
    const told = await server.ask(
      `/trpc/runs.get?input=${encodeURIComponent(JSON.stringify({ id: run }))}`,
    )
    expect(told.status).toBe(503)
    expect(await told.json()).toMatchObject({
      error: { data: { holdpoint: { code: 'UNAVAILABLE' } } },
    })
    // An agent whose connection survived goes on writing.
    await step(run, 'step_2')
  } finally {
    await admin.query(`alter database ${db.name} allow_connections true`)
    await admin.end()
  }
  await fleet.until(({ health }) => health?.database === 'up')
  await page.until(({ messages }) => seqsOf(messages).length === 2)
  await fleet.until(({ messages }) => fleetOf(messages, emptyFleet()).runs.get(run)?.seq === 2)
  expect(page.count('resync')).toBe(0)
  expect(fleet.count('resync')).toBe(0)
})

test('what an agent writes stays inside its event, whatever it looks like', async () => {
  const run = await startRun()
  const page = await watch(`runs/${run}`)
  await page.until(({ messages }) => seqsOf(messages).length === 1)
  const fleet = await watch('fleet')
  const words = 'a\n\nevent: resync\ndata: {}\r\n\r\n\u2028"\\</script>'
  await step(run, words)
  await page.until(({ messages }) => seqsOf(messages).length === 2)
  expect(framedEvents(page.messages).at(-1)?.state.step).toBe(words)
  await fleet.until(({ messages }) => fleetOf(messages).runs.get(run)?.step === words)
  const again = await watch(`runs/${run}`)
  await again.until(({ messages }) => seqsOf(messages).length === 2)
  expect([page, fleet, again].map((each) => each.count('resync'))).toEqual([0, 0, 0])
})

test('a stream ends with the session that opened it', async () => {
  const cookie = await server.signIn()
  const answer = await fetch(`${server.url}/api/stream/fleet`, { headers: { cookie } })
  expect(answer.status).toBe(200)
  await fetch(`${server.url}/api/sign-out`, {
    method: 'POST',
    headers: { cookie, origin: server.url, 'x-holdpoint': '1' },
  })
  // Ends, or this test runs out of time.
  await answer.text()
})

test('a command whose connection dies is not said to have done nothing', async () => {
  const run = await startRun()
  const agent = new Client({ connectionString: db.trialUrl })
  await agent.connect()
  await agent.query('begin')
  await agent.query(
    `update workflow_checkpoints set current_step = 'open' where workflow_id = $1`,
    [run],
  )
  const asked = command('runs.pause', { id: run, reason: null })
  const admin = db.pool(db.superUrl)
  for (let ended = 0; ended === 0;) {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and application_name = 'holdpoint verb' and wait_event_type = 'Lock'`,
    )
    ended = rowCount ?? 0
  }
  const told = await (await asked).json()
  expect(told).toMatchObject({
    error: {
      data: {
        holdpoint: {
          code: 'UNAVAILABLE',
          message: expect.stringContaining('may have been made') as string,
        },
      },
    },
  })
  await agent.end()
})

test('a server that starts before its database says so, and comes up with it', async () => {
  const run = await startRun()
  const admin = new Client({ connectionString: db.superUrl.replace(db.name, 'postgres') })
  await admin.connect()
  await admin.query(`alter database ${db.name} allow_connections false`)
  const early = await serve(db)
  try {
    expect((await fetch(`${early.url}/healthz`)).status).toBe(503)
    // Nobody can be told from anybody while the database, which knows them, is away.
    expect((await early.ask('/api/stream/fleet')).status).toBe(503)
    await admin.query(`alter database ${db.name} allow_connections true`)
    await expect.poll(async () => (await fetch(`${early.url}/healthz`)).status).toBe(200)
    const fleet = await watch('fleet', undefined, early.url)
    await fleet.until(({ messages }) => fleetOf(messages).runs.has(run))
    await fleet.until(({ health }) => health?.database === 'up')
    // The link that it told of while the database was away is good now.
    const opened = async () => (await fetch(early.links[0] ?? '', { redirect: 'manual' })).status
    await expect.poll(opened).toBe(303)
  } finally {
    await admin.query(`alter database ${db.name} allow_connections true`)
    await admin.end()
    await early.close()
  }
})
