import type { Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { addPerson, ask, signInAs } from './people.ts'
import { isLive, tryAgain } from './screens.ts'
import { Stack } from './stack.ts'
import { client, IdentityProvider } from './stack/identity-provider.ts'
import { expect, test as base } from './test.ts'

// In a browser, against a real provider at another site: what a cookie or a header does there, no fetch shows.

interface Place {
  readonly provider: IdentityProvider
  readonly console: Stack
}

const test = base.extend<object, { place: Place }>({
  place: [
    // oxlint-disable-next-line no-empty-pattern -- Playwright reads the pattern
    async ({}, use) => {
      const provider = await IdentityProvider.start()
      const stack = await Stack.start({
        settings: (url) => ({
          HOLDPOINT_PUBLIC_URL: url,
          HOLDPOINT_OIDC_ISSUER: provider.issuer,
          HOLDPOINT_OIDC_CLIENT_ID: client.id,
          HOLDPOINT_OIDC_CLIENT_SECRET: client.secret,
          HOLDPOINT_OIDC_NAME: 'Acme',
        }),
      })
      provider.open(`${stack.url}/api/sign-in/oidc/callback`)
      await use({ provider, console: stack })
      await stack.end()
      await provider.close()
    },
    { scope: 'worker', timeout: 600_000 },
  ],
})

// In one worker: another one would start another place.
test.describe.configure({ mode: 'default' })

/** What a browser says of an answer that is a refusal. */
const refusedAnswers =
  /Failed to load resource: the server responded with a status of (400|401|403|502)/

const button = (page: Page) => page.getByRole('link', { name: 'Sign in with Acme' })

/** Someone whom Holdpoint knows by address, and whom the provider knows. */
async function known({ provider, console }: Place, name: string, role: 'viewer' | 'reviewer') {
  const email = `${name}@example.com`
  provider.accounts.set(`account-of-${name}`, email)
  await ask(console, 'operators.add', { name, roles: [role], agents: null, email })
}

async function toProvider(page: Page, { console, provider }: Place): Promise<void> {
  await page.goto(console.url)
  await button(page).click()
  await expect(page).toHaveURL((url) => url.origin === provider.issuer)
}

async function nameThere(page: Page, account: string): Promise<void> {
  await page.getByLabel('Account').fill(account)
  await page.getByRole('button', { name: 'Continue' }).click()
}

async function isRefused(page: Page, title: string, toDo: RegExp): Promise<void> {
  await expect(page.getByRole('heading', { name: title })).toBeVisible()
  await expect(page.getByRole('main')).toContainText(toDo)
  await everyoneCanUse(page)
  await page.getByRole('link', { name: 'Back to sign-in' }).click()
  await expect(button(page)).toBeVisible()
}

test('the button leads to the provider and back to the fleet, as the person that one is @phone', async ({
  page,
  place,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  await known(place, `rev-${agent}`, 'reviewer')
  await toProvider(page, place)
  await nameThere(page, `account-of-rev-${agent}`)
  await isLive(page)
  expect(new URL(page.url()).href).toBe(`${place.console.url}/`)
  await page.goto(`${place.console.url}/settings`)
  await expect(page.getByRole('heading', { name: `rev-${agent}` })).toBeVisible()
  const who = page.getByRole('region', { name: 'Who you are' })
  await expect(who.getByRole('listitem')).toHaveText([/^reviewer/])
  // An answer, which a reviewer may give, and a kill, which one may not, are told apart by the server, too.
  expect(await statusOf(page, 'runs.kill')).toBe(403)
  expect(await statusOf(page, 'approvals.decide')).toBe(400)

  await page.getByRole('button', { name: 'Sign out', exact: true }).first().click()
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  await page.reload()
  await expect(button(page)).toBeVisible()
})

/** What the server says of this command without any input, to the person of the page. */
const statusOf = async (page: Page, path: string) =>
  page.evaluate(
    async (to) =>
      (
        await fetch(`/trpc/${to}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'x-holdpoint': '1' },
          body: '{}',
        })
      ).status,
    path,
  )

test('whoever has an account there and none here is told what to do', async ({
  page,
  place,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  place.provider.accounts.set(`stranger-${agent}`, `stranger-${agent}@example.com`)
  await toProvider(page, place)
  await nameThere(page, `stranger-${agent}`)
  await isRefused(
    page,
    'You are not known here',
    new RegExp(`stranger-${agent}@example.com.*Ask an administrator to add you`),
  )
})

test('whoever cancels there is back at sign-in', async ({ page, place, provokes }) => {
  provokes.push(refusedAnswers)
  await toProvider(page, place)
  await page.getByRole('button', { name: 'Cancel' }).click()
  await isRefused(page, 'You were not signed in', /cancelled/)
})

test('a provider that is away is a page that says so, and a link signs in all the same', async ({
  page,
  place,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  await known(place, `away-${agent}`, 'viewer')
  await toProvider(page, place)
  place.provider.away = true
  try {
    await nameThere(page, `account-of-away-${agent}`)
    await isRefused(page, 'Acme does not answer', /use a password or a link/)
    await page.goto(await addPerson(place.console, `link-${agent}`, ['viewer']))
    await isLive(page)
  } finally {
    place.provider.away = false
  }
})

const setting = (page: Page, title: string) =>
  page.getByRole('list', { name: 'Ways in' }).getByRole('listitem').filter({ hasText: title })

test('an administrator sees how people come in, and unbinds an account @phone', async ({
  browser,
  page,
  place,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  await known(place, `bound-${agent}`, 'viewer')
  const theirs = await (await browser.newContext()).newPage()
  await toProvider(theirs, place)
  await nameThere(theirs, `account-of-bound-${agent}`)
  await isLive(theirs)

  await signInAs(page, place.console, `boss-${agent}`, 'admin')
  await page.goto(`${place.console.url}/settings?view=sign-in`)
  const provider = setting(page, 'OpenID Connect')
  await expect(provider).toContainText(place.provider.issuer)
  await expect(provider).toContainText(client.id)
  await expect(page.getByRole('main')).not.toContainText(client.secret)
  await everyoneCanUse(page)
  const row = page
    .getByRole('row')
    .filter({ hasText: `bound-${agent}` })
    .first()
  await expect(row).toContainText(`account-of-bound-${agent}`)
  await page.getByRole('button', { name: `Unbind bound-${agent}` }).click()
  await expect(page.getByRole('button', { name: `Unbind bound-${agent}` })).toHaveCount(0)
  await expect(theirs.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  await theirs.context().close()
})

test('where an administrator turns passwords off, the sign-in page has no form for them', async ({
  browser,
  page,
  place,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  await signInAs(page, place.console, `chief-${agent}`, 'admin')
  await page.goto(`${place.console.url}/settings?view=sign-in`)
  await page.getByRole('button', { name: 'Turn passwords off' }).click()
  await expect(setting(page, 'Password').first()).toContainText('Off')
  const stranger = await (await browser.newContext()).newPage()
  await stranger.goto(place.console.url)
  await expect(button(stranger)).toBeVisible()
  await expect(stranger.getByLabel('Password')).toHaveCount(0)
  await page.getByRole('button', { name: 'Turn passwords on' }).click()
  await expect(setting(page, 'Password').first()).toContainText('On')
  await stranger.reload()
  await expect(stranger.getByLabel('Password')).toBeVisible()
  await stranger.context().close()
})

test('the ways in are for administrators, and what could not be read is said', async ({
  page,
  place,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers, /Failed to load resource: net::ERR_FAILED/)
  await signInAs(page, place.console, `op-${agent}`, 'operator', 'reviewer')
  await page.goto(`${place.console.url}/settings?view=sign-in`)
  await expect(page.getByRole('heading', { name: 'Sign-in: for administrators' })).toBeVisible()
  await signInAs(page, place.console, `adm-${agent}`, 'admin')
  await page.route('**/trpc/operators.waysIn*', async (route) => route.abort())
  await page.goto(`${place.console.url}/settings?view=sign-in`)
  await expect(page.getByRole('alert')).toBeVisible()
  await page.unroute('**/trpc/operators.waysIn*')
  const people = page.getByText('Nobody has come by a provider yet.').or(page.getByRole('table'))
  await tryAgain(page, async () => expect(people).toBeVisible({ timeout: 1000 }))
})
