import { randomUUID } from 'node:crypto'

import { expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'
import { hashOf } from '../database/secrets.ts'

// Someone who asks for more than the database can answer keeps nobody else from an answer.
// What waits here is never given up: else it would leave room by itself, on a slow machine.
const server = await startTestServer({ readTimeoutMs: 600_000 })
const { db } = server

const question = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', buckets: 600 }
const expensive = `/trpc/history.density?input=${encodeURIComponent(JSON.stringify(question))}`

const get = async (cookie: string, path: string) => ask(path, { cookie })
const ask = async (path: string, headers: Record<string, string>) =>
  (await fetch(server.url + path, { headers })).status

/** The Authorization header of a new token, made by this person. */
async function tokenOf(person: string): Promise<string> {
  const secret = randomUUID()
  await db.server.query(`select make_token($1, $2, '{read}', null, null, $3)`, [
    `t-${secret}`,
    hashOf(secret),
    `operator:${person}`,
  ])
  return `Bearer ${secret}`
}

/** While the tables of what was counted are locked, each who asks for it waits until the database gives it up. */
async function whileCountsWait(work: () => Promise<void>): Promise<void> {
  const slow = await db.owner.connect()
  try {
    await slow.query('begin; lock table event_counts, event_marks, history_position')
    await work()
    await slow.query('rollback')
  } finally {
    slow.release(true)
  }
}

test('whoever asks a hundred questions at once that take long leaves room for the question of another', async () => {
  const [greedy, other] = [await server.signIn('guest'), await server.signIn('ana')]
  let answered = 0
  const ask = async () => {
    await get(greedy, expensive).catch(() => undefined)
    answered += 1
  }
  const asked: Promise<void>[] = []
  await whileCountsWait(async () => {
    asked.push(...Array.from({ length: 100 }, ask))
    await expect.poll(waiting).toBeGreaterThanOrEqual(3)
    expect(await get(other, '/trpc/runs.list')).toBe(200)
    expect(await get(other, '/trpc/approvals.inbox?input=%7B%7D')).toBe(200)
    expect(answered).toBe(0)
  })
  await Promise.all(asked)
})

test('two who ask without end leave room for each further one, and their sign-ins are known', async () => {
  const greedy = [await server.signIn('ada'), await server.signIn('bo')]
  const others = [await server.signIn('ana'), await server.signIn('guest')]
  let answered = 0
  const asked: Promise<void>[] = []
  await whileCountsWait(async () => {
    for (const cookie of greedy) {
      for (let n = 0; n < 50; n += 1) {
        asked.push(get(cookie, expensive).then(() => void (answered += 1)))
      }
    }
    await expect.poll(waiting).toBe(6)
    for (const other of others) expect(await get(other, '/trpc/runs.list')).toBe(200)
    // A third one who asks as much has one question beside them, and there is room for a fourth.
    for (let n = 0; n < 10; n += 1) {
      asked.push(get(others[0] ?? '', expensive).then(() => void (answered += 1)))
    }
    await expect.poll(waiting).toBe(7)
    expect(await get(others[1] ?? '', '/trpc/runs.list')).toBe(200)
    expect(answered).toBe(0)
  })
  await Promise.all(asked)
})

test('fifty tokens and a session of one person have one share, and the token of another has its own', async () => {
  const tokens = await Promise.all(Array.from({ length: 50 }, async () => tokenOf('ada')))
  const greedy = [
    { cookie: await server.signIn('ada') },
    ...tokens.map((authorization) => ({ authorization })),
  ]
  const other = { authorization: await tokenOf('root') }
  let answered = 0
  const asked: Promise<void>[] = []
  await whileCountsWait(async () => {
    for (const headers of greedy) {
      for (let n = 0; n < 2; n += 1) {
        asked.push(ask(expensive, headers).then(() => void (answered += 1)))
      }
    }
    await expect.poll(waiting).toBe(3)
    // Each of these is answered while they wait: had the fifty more than a share, more of them would wait by then.
    for (let n = 0; n < 5; n += 1) expect(await ask('/trpc/runs.list', other)).toBe(200)
    expect(await get(await server.signIn('guest'), '/trpc/runs.list')).toBe(200)
    expect(await waiting()).toBe(3)
    expect(answered).toBe(0)
  })
  await Promise.all(asked)
})

test('a request holds fifty questions; one with more is refused, and none of them is asked', async () => {
  const cookie = await server.signIn('ana')
  const batch = async (n: number) => {
    const names = Array.from({ length: n }, () => 'views.list').join(',')
    const answer = await fetch(`${server.url}/trpc/${names}?batch=1`, { headers: { cookie } })
    return { status: answer.status, told: await answer.json() }
  }
  const { status, told } = await batch(50)
  expect(status).toBe(200)
  expect(told).toHaveLength(50)
  expect(await batch(51)).toMatchObject({
    status: 400,
    told: {
      error: {
        data: {
          holdpoint: {
            code: 'BAD_REQUEST',
            message: 'A request holds at most 50 questions or commands; nothing was done.',
          },
        },
      },
    },
  })
})

/** Questions of pages that wait for a lock; the server's duties wait beside them. */
async function waiting(): Promise<number> {
  const { rows } = await db.pool(db.superUrl).query<{ n: number }>(
    `select count(*)::integer as n from pg_stat_activity
     where datname = current_database() and application_name = 'holdpoint read' and wait_event_type = 'Lock'`,
  )
  return rows[0]?.n ?? 0
}
