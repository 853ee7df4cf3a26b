import { fetchRequestHandler } from '@trpc/server/adapters/fetch'
import { expect, test } from 'vitest'

import { startTestServer } from '../../test/test-server.ts'
import { openDatabase } from '../database/database.ts'
import { Seal } from '../database/seal.ts'
import { appRouter } from '../trpc/router.ts'

const server = await startTestServer()
const database = openDatabase(server.db.serverUrl, () => undefined)

/** What a form on another site makes a browser send: our cookie, no header of ours, and no JSON. */
function forged(url: string, cookie: string): Request {
  const form = new FormData()
  form.set('anything', 'at all')
  return new Request(url, {
    method: 'POST',
    body: form,
    headers: { cookie, origin: 'https://evil.example' },
  })
}

const openSessions = async (name: string) =>
  (
    await server.db.owner.query(
      'select from operator_sessions where operator = $1 and ended_at is null',
      [name],
    )
  ).rowCount

test('a form of another site reaches a bare mutation, and does not reach it here', async () => {
  const cookie = await server.signIn('maria')
  await server.signIn('maria')
  expect(await openSessions('maria')).toBe(2)

  const here = await fetch(forged(`${server.url}/trpc/operators.endOthers`, cookie))
  expect(here.status).toBe(403)
  expect(await openSessions('maria')).toBe(2)

  const { rows } = await server.db.owner.query<{ id: string }>(
    `select session_id as id from operator_sessions where operator = 'maria' limit 1`,
  )
  const bare = await fetchRequestHandler({
    endpoint: '/trpc',
    req: forged('http://bare/trpc/operators.endOthers', cookie),
    router: appRouter,
    createContext: () => ({
      caller: {
        actor: 'operator:maria',
        person: 'operator:maria',
        scopes: ['read'],
        session: rows[0]?.id ?? '',
      },
      database,
      system: { environment: 'test', version: '0', embedded: true, startedAt: 'now' },
      outbound: { seal: new Seal('key of the tests'), hasMailServer: false },
      waysIn: () => ({ provider: null, trustedProxies: [] }),
      live: () => ({
        vitals: { database: 'up' as const, asOf: null, lagMs: 0, clockSkewMs: 0 },
        viewers: 0,
      }),
      signInUrl: (secret) => secret,
      log: () => undefined,
    }),
  })
  expect(bare.status).toBe(200)
  expect(await openSessions('maria')).toBe(1)
  await database.close()
})
