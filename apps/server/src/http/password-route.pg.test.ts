import { expect, test } from 'vitest'

import { serve, startTestServer } from '../../test/test-server.ts'

const server = await startTestServer()
const origin = server.url
const ours = { 'content-type': 'application/json', 'x-holdpoint': '1', origin }
const password = 'correct horse battery'

const post = async (path: string, body: unknown, headers: Record<string, string> = {}) =>
  fetch(server.url + path, {
    method: 'POST',
    headers: { ...ours, ...headers },
    body: JSON.stringify(body),
  })

const codeOf = async (answer: Response) =>
  ((await answer.json()) as { error: { data: { holdpoint: { code: string } } } }).error.data
    .holdpoint.code

async function setPassword(name: string, to = password, current: string | null = null) {
  const cookie = await server.signIn(name)
  return post('/trpc/operators.setPassword', { current, password: to }, { cookie })
}

test('a password that was set signs in; its session is like any other', async () => {
  expect((await setPassword('maria')).status).toBe(200)
  const answer = await post('/api/sign-in', { name: ' Maria ', password })
  expect(answer.status).toBe(200)
  const set = answer.headers.getSetCookie()[0] ?? ''
  expect(set).toMatch(/HttpOnly.*SameSite=Lax/i)
  const me = await fetch(`${server.url}/trpc/system.info`, {
    headers: { cookie: set.split(';')[0] ?? '' },
  })
  expect(await me.json()).toMatchObject({ result: { data: { user: { actor: 'operator:maria' } } } })
})

test('a wrong name and a wrong password are answered alike, and set no cookie', async () => {
  await setPassword('tom')
  const told = []
  for (const given of [
    { name: 'tom', password: 'something else' },
    { name: 'nobody-here', password },
  ]) {
    const answer = await post('/api/sign-in', given)
    expect(answer.status).toBe(401)
    expect(answer.headers.getSetCookie()).toEqual([])
    told.push(await answer.text())
  }
  expect(told[0]).toBe(told[1])
})

test('who tries too often waits, with the right password, too', async () => {
  await setPassword('bo')
  const guess = async () => codeOf(await post('/api/sign-in', { name: 'bo', password: 'a guess' }))
  // The first wait is a second, which a slow machine lets pass; each further failure doubles it.
  await expect.poll(guess).toBe('TOO_MANY_TRIES')
  await server.db.owner.query(
    `update sign_in_failures set blocked_until = now() + interval '1 minute' where key = 'account:bo'`,
  )
  expect((await post('/api/sign-in', { name: 'bo', password })).status).toBe(429)
})

test('another site cannot sign a browser in, nor can a form', async () => {
  const given = { name: 'maria', password }
  expect((await post('/api/sign-in', given, { origin: 'https://evil.example' })).status).toBe(403)
  expect((await post('/api/sign-in', given, { 'sec-fetch-site': 'cross-site' })).status).toBe(403)
  expect((await post('/api/sign-in', given, { 'x-holdpoint': '0' })).status).toBe(403)
  const form = new URLSearchParams(given)
  const sent = await fetch(`${server.url}/api/sign-in`, { method: 'POST', body: form })
  expect(sent.status).toBe(403)
})

test('nonsense is refused', async () => {
  for (const body of [null, {}, { name: 'x' }, { name: 'x', password: 5 }, []]) {
    expect((await post('/api/sign-in', body)).status).toBe(400)
  }
})

test('a password is long, does not hold the name, and is not changed without the old one', async () => {
  expect((await setPassword('jo', 'short')).status).toBe(400)
  expect((await setPassword('jo')).status).toBe(200)
  expect((await setPassword('jo', 'jo-and-the-rest', password)).status).toBe(400)
  expect((await setPassword('jo', 'another long password')).status).toBe(403)
  expect((await setPassword('jo', 'another long password', password)).status).toBe(200)
  expect((await post('/api/sign-in', { name: 'jo', password })).status).toBe(401)
})

test('a token has no password', async () => {
  const answer = await server.ask('/trpc/operators.setPassword', {
    method: 'POST',
    headers: ours,
    body: JSON.stringify({ current: null, password }),
  })
  expect(answer.status).toBe(403)
})

test('behind a proxy that is named, those who sit elsewhere do not wait for each other', async () => {
  await setPassword('olga')
  const behind = await serve(server.db, { trustedProxies: ['127.0.0.1'] })
  const from = async (address: string, name: string, typed: string) =>
    (
      await fetch(`${behind.url}/api/sign-in`, {
        method: 'POST',
        headers: { ...ours, origin: behind.url, 'x-forwarded-for': address },
        body: JSON.stringify({ name, password: typed }),
      })
    ).status
  try {
    expect(await from('203.0.113.66', 'olga', 'something else')).toBe(401)
    // Of that address, and not of the proxy's.
    await server.db.owner.query(
      `update sign_in_failures set blocked_until = now() + interval '1 minute' where key = 'address:203.0.113.66'`,
    )
    expect(await from('203.0.113.66', 'olga', password)).toBe(429)
    expect(await from('203.0.113.67', 'olga', password)).toBe(200)
  } finally {
    await behind.close()
  }
})

test('where passwords are turned off, the page is told so, and so is whoever tries', async () => {
  await setPassword('zed')
  await server.db.owner.query(`select allow_passwords(false, 'login:owner')`)
  try {
    const ways = await fetch(`${server.url}/api/sign-in`)
    expect(await ways.json()).toMatchObject({ passwords: false })
    const answer = await post('/api/sign-in', { name: 'zed', password })
    expect(answer.status).toBe(403)
    expect(await answer.text()).toContain('ask an administrator for a link')
  } finally {
    await server.db.owner.query(`select allow_passwords(true, 'login:owner')`)
  }
})
