import { expect, test } from 'vitest'

import { serve, startTestServer } from '../../test/test-server.ts'

const server = await startTestServer()

const open = async (url: string): Promise<Response> => fetch(url, { redirect: 'manual' })
const cookieOf = (answer: Response): string => answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
const look = async (cookie: string, url = server.url): Promise<number> =>
  (await fetch(`${url}/trpc/system.info`, { headers: { cookie } })).status

test('a link signs in, leaves the address bar, and a fresh one is made', async () => {
  const link = server.links.at(-1) ?? ''
  const made = server.links.length
  const answer = await open(link)
  expect(answer.status).toBe(303)
  expect(answer.headers.get('location')).toBe('/')
  expect(answer.headers.getSetCookie()[0]).toMatch(/HttpOnly.*SameSite=Lax/i)
  expect(await look(cookieOf(answer))).toBe(200)
  expect(server.links).toHaveLength(made + 1)
  expect(server.links.at(-1)).not.toBe(link)
})

test('a link that was just used works again, and makes no further one', async () => {
  const link = server.links.at(-1) ?? ''
  await open(link)
  const made = server.links.length
  expect((await open(link)).status).toBe(303)
  expect(server.links).toHaveLength(made)
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

test('a session outlives a restart of the server', async () => {
  const first = await serve(server.db)
  const cookie = await first.signIn()
  await first.close()
  const second = await serve(server.db)
  expect(await look(cookie, second.url)).toBe(200)
  await second.close()
  const other = await serve(server.db, { cookieSecret: 'another' })
  expect(await look(cookie, other.url)).toBe(401)
  await other.close()
})

test('only the API token makes sign-in links', async () => {
  const headers = { 'x-holdpoint': '1', origin: server.url }
  const refused = await fetch(`${server.url}/api/sign-in-link`, {
    method: 'POST',
    headers: { ...headers, cookie: await server.signIn() },
  })
  expect(refused.status).toBe(403)
  const made = await server.ask('/api/sign-in-link', { method: 'POST', headers })
  const { url } = (await made.json()) as { url: string }
  expect((await open(url)).status).toBe(303)
})
