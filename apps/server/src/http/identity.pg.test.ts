import type { SignInSettings } from '@holdpoint/protocol'
import { beforeEach, expect, test } from 'vitest'

import { type Account, client, startTestProvider } from '../../test/identity-provider.ts'
import { RoamingBrowser } from '../../test/roaming-browser.ts'
import { startTestServer } from '../../test/test-server.ts'

// Against oidc-provider, a certified OpenID provider, on this machine.
const provider = await startTestProvider()
const server = await startTestServer({
  oidc: {
    issuer: provider.issuer,
    clientId: client.id,
    clientSecret: client.secret,
    name: 'Acme',
  },
})
const start = `${server.url}/api/sign-in/oidc`
provider.open(`${start}/callback`)

beforeEach(async () => {
  Object.assign(provider, { tamper: undefined, forged: false, away: false })
  await server.db.owner.query('delete from sign_in_failures')
})

let counted = 0
async function person(): Promise<{ name: string; account: Required<Account> }> {
  const name = `person-${++counted}`
  const email = `${name}@example.com`
  await server.db.owner.query(`select add_operator($1, '{viewer}', null, $2, 'login:owner')`, [
    name,
    email,
  ])
  return { name, account: { sub: `sub-${name}`, email, email_verified: true } }
}

const isCallback = (next: URL) => next.pathname.endsWith('/callback')
const isHome = (next: URL) => next.origin === server.url && next.pathname === '/'

/** From our button to the provider, and to the last redirect, which would come back to us. */
async function toCallback(account: Account, browser = new RoamingBrowser()) {
  provider.account = account
  const { next, answer } = await browser.follow(start, isCallback)
  return { browser, callback: next ?? new URL('about:blank'), answer }
}

async function signIn(account: Account, browser = new RoamingBrowser()) {
  provider.account = account
  return { browser, ...(await browser.follow(start, isHome)) }
}

async function asAdmin(path: string, input: unknown) {
  const answer = await server.ask(`/trpc/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-holdpoint': '1' },
    body: JSON.stringify(input),
  })
  expect(answer.status).toBe(200)
}

const who = async (browser: RoamingBrowser) => {
  const answer = await browser.open(`${server.url}/trpc/system.info`)
  const told = (await answer.json()) as { result?: { data: { user: { actor: string } } } }
  return told.result?.data.user.actor ?? null
}

async function isRefused(account: Account, status: number, title: string) {
  const { browser, answer, next } = await signIn(account)
  expect(next).toBeUndefined()
  expect(answer.status).toBe(status)
  expect(await answer.text()).toContain(`<h1>${title}</h1>`)
  expect(await who(browser)).toBeNull()
}

test('whoever has the proved address of a person comes in as that person, and it is in the log', async () => {
  const { name, account } = await person()
  const { browser, answer } = await signIn(account)
  expect(answer.headers.get('location')).toBe('/')
  expect(await who(browser)).toBe(`operator:${name}`)
  const { rows } = await server.db.owner.query<{ action: string; method: string | null }>(
    `select action, data_after ->> 'method' as method from agent_audit_log
     where target_row_id = $1 and action like 'sign_in.%' order by action`,
    [name],
  )
  expect(rows).toEqual([
    { action: 'sign_in.begin', method: 'oidc' },
    { action: 'sign_in.bind', method: null },
  ])
})

test('what goes to the provider is PKCE, a state and a nonce, and nothing of them can be read in the cookie', async () => {
  const answer = await fetch(start, { redirect: 'manual' })
  const there = new URL(answer.headers.get('location') ?? '')
  expect(there.origin).toBe(provider.issuer)
  const asked = Object.fromEntries(there.searchParams)
  expect(asked).toMatchObject({
    response_type: 'code',
    code_challenge_method: 'S256',
    redirect_uri: `${start}/callback`,
  })
  const [cookie = ''] = answer.headers.getSetCookie()
  expect(cookie).toMatch(/Max-Age=600;.*HttpOnly; SameSite=Lax/)
  for (const part of ['state', 'nonce', 'code_challenge']) {
    expect(asked[part]).toHaveLength(43)
    expect(cookie).not.toContain(asked[part])
  }
})

test('an address that is written in capitals is the same address', async () => {
  const { name, account } = await person()
  const { browser } = await signIn({ ...account, email: account.email.toUpperCase() })
  expect(await who(browser)).toBe(`operator:${name}`)
})

test('an address that nobody here has, that is not proved or is missing, signs nobody in', async () => {
  const { account } = await person()
  const other = { ...account, sub: 'x', email: 'stranger@example.com' }
  await isRefused(other, 403, 'You are not known here')
  const title = 'Your address is not proved'
  await isRefused({ ...account, email_verified: false }, 403, title)
  await isRefused({ sub: account.sub, email: account.email }, 403, title)
  await isRefused({ sub: account.sub }, 403, title)
})

test('who is disabled does not come in, the first time or later', async () => {
  const { name, account } = await person()
  const later = await person()
  await signIn(later.account)
  for (const person of [name, later.name])
    await server.db.owner.query(`select disable_operator($1, 'login:owner')`, [person])
  await isRefused(account, 403, 'You may not come in')
  await isRefused(later.account, 403, 'You may not come in')
})

test('a person is bound to an account: an address that moves on takes nobody over', async () => {
  const [maria, tom] = [await person(), await person()]
  await signIn(maria.account)
  // Somebody else is given the address.
  await isRefused({ ...maria.account, sub: 'someone-else' }, 403, 'This is another account')
  // Maria now has Tom's address, and stays Maria; so she does without any.
  const asTom = await signIn({ ...maria.account, email: tom.account.email })
  expect(await who(asTom.browser)).toBe(`operator:${maria.name}`)
  const without = await signIn({ sub: maria.account.sub })
  expect(await who(without.browser)).toBe(`operator:${maria.name}`)
  // And Tom's own account is still Tom's.
  expect(await who((await signIn(tom.account)).browser)).toBe(`operator:${tom.name}`)
})

test('an account that was made anew is bound again once an administrator parted the old one', async () => {
  const { name, account } = await person()
  await signIn(account)
  await asAdmin('operators.unbindIdentity', { name, issuer: provider.issuer })
  const { browser } = await signIn({ ...account, sub: 'made-anew' })
  expect(await who(browser)).toBe(`operator:${name}`)
})

test('an answer with another state, in another browser or without a cookie signs nobody in', async () => {
  const { account } = await person()
  const { browser, callback } = await toCallback(account)
  const elsewhere = new RoamingBrowser()
  expect((await elsewhere.open(callback)).status).toBe(401)
  const begun = await toCallback(account)
  expect((await begun.browser.open(callback)).status).toBe(401)
  const changed = new URL(callback)
  changed.searchParams.set('state', 'x')
  expect((await browser.open(changed)).status).toBe(401)
  for (const each of [browser, begun.browser, elsewhere]) expect(await who(each)).toBeNull()
})

test('an answer is taken once, also by whoever kept the cookie', async () => {
  const { name, account } = await person()
  provider.account = account
  const browser = new RoamingBrowser()
  const begun = await browser.open(start)
  const cookie = begun.headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const { next } = await browser.follow(begun.headers.get('location') ?? '', isCallback)
  const come = async () => fetch(next ?? '', { redirect: 'manual', headers: { cookie } })
  expect((await come()).status).toBe(303)
  expect((await come()).status).toBe(401)
  const { rows } = await server.db.owner.query(
    'select from operator_sessions where operator = $1',
    [name],
  )
  expect(rows).toHaveLength(1)
})

test('whoever only looks where the answer leads uses nothing up', async () => {
  const { name, account } = await person()
  const { browser, callback } = await toCallback(account)
  expect((await fetch(callback, { method: 'HEAD', redirect: 'manual' })).status).toBe(200)
  expect((await browser.open(callback)).status).toBe(303)
  expect(await who(browser)).toBe(`operator:${name}`)
})

const past = () => Math.floor(Date.now() / 1000) - 7200
test.each([
  ['another nonce', { nonce: 'x' }],
  ['no nonce', { nonce: undefined }],
  ['another audience', { aud: 'another-client' }],
  ['another issuer', { iss: 'https://evil.example' }],
  ['a time that has passed', { exp: past(), iat: past() - 60 }],
])('an ID token with %s signs nobody in', async (_, change) => {
  const { account } = await person()
  provider.tamper = (claims) => ({ ...claims, ...change })
  await isRefused(account, 401, 'You were not signed in')
  expect(server.logged.join('')).toContain('Signing in with Acme')
})

test('an ID token that another key signed signs nobody in', async () => {
  const { account } = await person()
  provider.forged = true
  await isRefused(account, 401, 'You were not signed in')
})

test('who cancels at the provider is told so, and it counts as no failure', async () => {
  const { browser, callback } = await toCallback((await person()).account)
  callback.searchParams.delete('code')
  callback.searchParams.set('error', 'access_denied')
  const answer = await browser.open(callback)
  expect(answer.status).toBe(401)
  expect(await answer.text()).toContain('cancelled')
  const { rows } = await server.db.owner.query('select from sign_in_failures')
  expect(rows).toEqual([])
})

test('while the provider is away a page says so, and afterwards it goes on', async () => {
  const { name, account } = await person()
  const { browser, callback } = await toCallback(account)
  provider.away = true
  const answer = await browser.open(callback)
  expect(answer.status).toBe(502)
  expect(await answer.text()).toContain('<h1>Acme does not answer</h1>')
  provider.away = false
  expect(await who((await signIn(account)).browser)).toBe(`operator:${name}`)
})

test('whoever sends many bad answers waits', async () => {
  const { account } = await person()
  const statuses = []
  for (let n = 0; n < 23; n++) {
    const { browser, callback } = await toCallback(account)
    callback.searchParams.set('code', 'guess')
    statuses.push((await browser.open(callback)).status)
  }
  expect(statuses.slice(0, 20)).toEqual(Array(20).fill(401))
  expect(statuses).toContain(429)
})

test('no part of a request says where to go afterwards', async () => {
  const { account } = await person()
  provider.account = account
  const browser = new RoamingBrowser()
  const evil = 'https://evil.example/'
  const query = new URLSearchParams({ redirect_uri: evil, return_to: evil, next: evil })
  const { next } = await browser.follow(`${start}?${query.toString()}`, isCallback)
  for (const [name, value] of query) next?.searchParams.set(name, value)
  expect((await browser.open(next ?? '')).headers.get('location')).toBe('/')
})

test('whoever is not signed in may know that there is a provider, and its name', async () => {
  const answer = await fetch(`${server.url}/api/sign-in`)
  expect(await answer.json()).toEqual({ provider: 'Acme', passwords: true })
})

test('administrators are told of the provider and of who is bound, and not its secret', async () => {
  const { name, account } = await person()
  await signIn(account)
  const told = await (await server.ask('/trpc/operators.waysIn')).text()
  expect(told).not.toContain(client.secret)
  const { data } = (JSON.parse(told) as { result: { data: SignInSettings } }).result
  expect(data.provider).toEqual({
    name: 'Acme',
    issuer: provider.issuer,
    clientId: client.id,
    callback: `${start}/callback`,
  })
  expect(data.identities.find((each) => each.name === name)).toMatchObject({
    issuer: provider.issuer,
    subject: account.sub,
  })
})
