import { expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'

const server = await startTestServer()

test('a command waits for the word of a slow database on its session; only looking goes on meanwhile', async () => {
  const cookie = await server.signIn('maria')
  const headers = { cookie, origin: server.url, 'x-holdpoint': '1' }
  const looks = async () =>
    fetch(`${server.url}/trpc/system.info`, { headers }).then(({ status }) => status)
  expect(await looks()).toBe(200)

  // Ended elsewhere; before this server hears of it the database is slow.
  const slow = await server.db.owner.connect()
  await slow.query(
    `update operator_sessions set ended_at = clock_timestamp(), ended_by = 'operator:maria' where operator = 'maria'`,
  )
  await slow.query('begin')
  await slow.query('lock table operator_sessions in access exclusive mode')
  const saves = fetch(`${server.url}/trpc/views.save`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'mine', search: 'state=paused' }),
  }).then(({ status }) => status)
  // Answered once it has waited long enough, and so has the command that came before it.
  expect(await looks()).toBe(200)
  await slow.query('commit')
  slow.release()
  expect(await saves).toBe(401)
  expect(await looks()).toBe(401)
  const views = await server.db.owner.query(`select from saved_views where name = 'mine'`)
  expect(views.rowCount).toBe(0)
})
