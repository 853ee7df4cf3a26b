import { expect, test } from 'vitest'

import { client, startTestProvider } from '../../test/identity-provider.ts'
import { RoamingBrowser } from '../../test/roaming-browser.ts'
import { serve, startTestServer } from '../../test/test-server.ts'

const provider = await startTestProvider(false)
const oidc = { issuer: provider.issuer, clientId: client.id, clientSecret: client.secret }
const server = await startTestServer({ oidc: { ...oidc, name: 'Acme' } })
const start = `${server.url}/api/sign-in/oidc`

test('a provider that cannot be found keeps nobody from the server: a page says so', async () => {
  const answer = await fetch(start, { redirect: 'manual' })
  expect(answer.status).toBe(502)
  expect(await answer.text()).toContain('Acme does not answer')
  expect(answer.headers.getSetCookie()).toEqual([])
})

test('a provider that gives addresses only to whoever asks is asked', async () => {
  provider.open(`${start}/callback`)
  provider.account = { sub: 'm', email: 'nina@example.com', email_verified: true }
  await server.db.owner.query(
    `select add_operator('nina', '{viewer}', null, 'nina@example.com', 'login:owner')`,
  )
  const { next } = await new RoamingBrowser().follow(start, ({ pathname }) => pathname === '/')
  expect(next?.origin).toBe(server.url)
})

test('a wrong secret signs nobody in, and the log says why', async () => {
  const wrong = await serve(server.db, { oidc: { ...oidc, clientSecret: 'x', name: 'Acme' } })
  try {
    provider.open(`${wrong.url}/api/sign-in/oidc/callback`)
    const { answer } = await new RoamingBrowser().follow(
      `${wrong.url}/api/sign-in/oidc`,
      ({ pathname }) => pathname === '/',
    )
    expect(answer.status).toBe(401)
    expect(wrong.logged.join('')).toContain('invalid_client')
  } finally {
    await wrong.close()
  }
})

test('without a provider there is no such way', async () => {
  const plain = await serve(server.db)
  try {
    expect((await fetch(`${plain.url}/api/sign-in/oidc`, { redirect: 'manual' })).status).toBe(401)
    expect(await (await fetch(`${plain.url}/api/sign-in`)).json()).toEqual({
      provider: null,
      passwords: true,
    })
  } finally {
    await plain.close()
  }
})
