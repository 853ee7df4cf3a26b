import { freePort } from '@holdpoint/db/testing'
import { expect, test } from 'vitest'

import { serve, startTestServer } from '../../test/test-server.ts'

const server = await startTestServer()

const open = async (url: string): Promise<Response> => fetch(url, { redirect: 'manual' })
const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
const look = async (cookie: string, url = server.url): Promise<number> =>
  (await fetch(`${url}/trpc/system.info`, { headers: { cookie } })).status

async function linkFor(name: string): Promise<string> {
  const answer = await server.ask('/trpc/operators.link', {
    method: 'POST',
    headers: { 'x-holdpoint': '1', 'content-type': 'application/json' },
    body: JSON.stringify({ name }),
  })
  const { result } = (await answer.json()) as { result: { data: { url: string } } }
  return result.data.url
}

async function until(satisfied: () => boolean): Promise<void> {
  await expect.poll(satisfied).toBe(true)
}

test('a link signs in, leaves the address bar, and a fresh one is made', async () => {
  const link = server.links.at(-1) ?? ''
  const made = server.links.length
  const answer = await open(link)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/')
  expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Lax/i)
  expect(await look(cookieOf(answer))).toBe(200)
  await until(() => server.links.length === made + 1)
  expect(server.links.at(-1)).not.toBe(link)
})

test('a link that was just used works again, and makes no further one', async () => {
  const link = await linkFor('local')
  const made = server.links.length + 1
  await open(link)
  await until(() => server.links.length === made)
  expect((await open(link)).status).toBe(303)
  expect(server.links).toHaveLength(made)
})

test('ten minutes after it was used, or a day after it was made, a link is refused', async () => {
  const used = await linkFor('maria')
  expect((await open(used)).status).toBe(303)
  await server.db.owner.query(
    `update sign_in_links set used_at = used_at - interval '11 minutes' where operator = 'maria'`,
  )
  expect((await open(used)).status).toBe(401)
  const old = await linkFor('tom')
  await server.db.owner.query(
    `update sign_in_links set expires_at = expires_at - interval '25 hours' where operator = 'tom'`,
  )
  expect((await open(old)).status).toBe(401)
})

test('looking where a link leads does not use it', async () => {
  const made = server.links.length
  const answer = await fetch(server.links.at(-1) ?? '', { method: 'HEAD' })
  expect(answer.headers.getSetCookie()).toEqual([])
  expect(server.links).toHaveLength(made)
})

test('a link that was never made is refused with a way out', async () => {
  const answer = await open(`${server.url}/sign-in?token=guess`)
  expect(answer.status).toBe(401)
  expect(answer.headers.getSetCookie()).toEqual([])
  expect(await answer.text()).toContain('npx holdpoint sign-in')
})

test('signing out ends the session, not only the cookie', async () => {
  const cookie = await server.signIn()
  const answer = await fetch(`${server.url}/api/sign-out`, {
    method: 'POST',
    headers: { cookie, origin: server.url, 'x-holdpoint': '1' },
  })
  expect(answer.status).toBe(200)
  expect(await look(cookie)).toBe(401)
})

test('a browser is told which session is its own, and nothing once that is over', async () => {
  const own = async (cookie: string) => {
    const answer = await fetch(`${server.url}/api/session`, { headers: { cookie } })
    return [answer.status, ((await answer.json()) as { session?: string }).session] as const
  }
  const [first, second] = [await server.signIn(), await server.signIn()]
  const [[status, session], [, other]] = [await own(first), await own(second)]
  expect(status).toBe(200)
  expect(session).not.toBe(other)
  expect(await own(first)).toEqual([200, session])
  await server.db.owner.query(
    'update operator_sessions set ended_at = clock_timestamp() where session_id = $1',
    [session],
  )
  expect(await own(first)).toEqual([401, undefined])
  expect((await own('')).at(0)).toBe(401)
})

test('a session outlives a restart of the server, and holds at every server of the database', async () => {
  const first = await serve(server.db)
  const cookie = await first.signIn()
  const port = Number(new URL(first.url).port)
  await first.close()
  const second = await serve(server.db, { port })
  expect(await look(cookie, second.url)).toBe(200)
  await second.close()
})

test('over https the cookie is kept to this host and to https', async () => {
  const port = await freePort()
  const behind = await serve(server.db, { publicUrl: 'https://control.example', port })
  const link = (behind.links.at(-1) ?? '').replace('https://control.example', '')
  const answer = await open(`http://127.0.0.1:${port}${link}`)
  expect(answer.headers.getSetCookie()[0]).toMatch(/^__Host-holdpoint=[^;]+;.*Path=\/;.*Secure/)
  expect(answer.headers.getSetCookie()[0]).not.toMatch(/Domain/i)
  expect(answer.headers.get('strict-transport-security')).toBe('max-age=31536000')
  await behind.close()
})

test('only an administrator makes sign-in links', async () => {
  const headers = { 'x-holdpoint': '1', 'content-type': 'application/json', origin: server.url }
  const cookie = await server.signIn('guest')
  const refused = await fetch(`${server.url}/trpc/operators.link`, {
    method: 'POST',
    headers: { ...headers, cookie },
    body: JSON.stringify({ name: 'local' }),
  })
  expect(refused.status).toBe(403)
})
