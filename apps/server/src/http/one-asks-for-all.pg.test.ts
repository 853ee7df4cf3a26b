import { expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'

// Someone who asks for more than the database can answer keeps nobody else from an answer.
const server = await startTestServer()
const { db } = server

const question = { from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z', buckets: 600 }
const expensive = `/trpc/history.density?input=${encodeURIComponent(JSON.stringify(question))}`

test('whoever asks a hundred questions at once that take long leaves room for the question of another', async () => {
  const [greedy, other] = [await server.signIn('guest'), await server.signIn('ana')]
  const get = async (cookie: string, path: string) =>
    (await fetch(server.url + path, { headers: { cookie } })).status
  const slow = await db.owner.connect()
  try {
    // Each of the hundred waits here until the database gives it up.
    await slow.query('begin; lock table event_counts, event_marks, history_position')
    let answered = 0
    const asked = Array.from({ length: 100 }, async () => {
      await get(greedy, expensive).catch(() => undefined)
      answered += 1
    })
    await expect.poll(async () => waiting(), { timeout: 30_000 }).toBeGreaterThanOrEqual(3)
    expect(await get(other, '/trpc/runs.list')).toBe(200)
    expect(await get(other, '/trpc/approvals.inbox?input=%7B%7D')).toBe(200)
    expect(answered).toBe(0)
    await slow.query('rollback')
    await Promise.all(asked)
  } finally {
    slow.release(true)
  }
})

async function waiting(): Promise<number> {
  const { rows } = await db.owner.query<{ n: number }>(
    `select count(*)::integer as n from pg_locks where not granted
       and database = (select oid from pg_database where datname = current_database())`,
  )
  return rows[0]?.n ?? 0
}
