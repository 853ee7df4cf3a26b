import type { Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { addPerson, linkFor, signInAs } from './people.ts'
import { controls, isLive, openRun } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, signIn, test } from './test.ts'

const password = 'a long enough phrase'
/** What a browser says of an answer that is a refusal. */
const refusedAnswers =
  /Failed to load resource: the server responded with a status of (401|403|429)/

async function startRun(stack: Stack, agent: string): Promise<string> {
  const { rows } = await stack.owner.query<{ id: string }>(
    `insert into workflow_checkpoints (agent_id, goal, current_step) values ($1, $2, 'step_1')
     returning workflow_id as id`,
    [agent, `work of ${agent}`],
  )
  return rows[0]?.id ?? ''
}

const pausedBy = async (stack: Stack, run: string) =>
  (
    await stack.owner.query<{ opened_by: string }>(
      'select opened_by from run_holds where workflow_id = $1 and cleared_at is null',
      [run],
    )
  ).rows

/** Asks the server past the page, with the page's own cookie. */
const ask = async (page: Page, path: string, input: unknown) =>
  page.evaluate(
    async ([to, body]) => {
      const answer = await fetch(`/trpc/${to}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-holdpoint': '1' },
        body,
      })
      return answer.status
    },
    [path, JSON.stringify(input)] as const,
  )

test('two people in two browsers: an operator pauses, a viewer only sees it', async ({
  browser,
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const run = await startRun(stack, agent)
  const viewer = await (await browser.newContext()).newPage()
  await signInAs(page, stack, `op-${agent}`, 'operator')
  await signInAs(viewer, stack, `view-${agent}`, 'viewer')

  await openRun(viewer, agent)
  await expect(controls(viewer).getByRole('button')).toHaveCount(0)
  await expect(controls(viewer)).toContainText('takes an operator')
  await viewer.keyboard.press('p')
  expect(await ask(viewer, 'runs.pause', { id: run })).toBe(403)
  expect(await pausedBy(stack, run)).toEqual([])

  await openRun(page, agent)
  await controls(page).getByRole('button', { name: 'Pause' }).click()
  await expect(viewer.getByRole('main').locator('header')).toContainText('Paused')
  expect(await pausedBy(stack, run)).toEqual([{ opened_by: `operator:op-${agent}` }])
  await viewer.context().close()
})

test('someone limited to some agents acts on these only', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const [own, other] = [await startRun(stack, agent), await startRun(stack, `other-${agent}`)]
  await page.goto(await addPerson(stack, `lim-${agent}`, ['operator'], [agent]))
  await isLive(page)
  await page.goto(`${stack.url}/runs/${other}`)
  await expect(controls(page)).toContainText(`you may act on ${agent} only`)
  expect(await ask(page, 'runs.kill', { id: other, reason: 'x' })).toBe(403)
  await page.goto(`${stack.url}/runs/${own}`)
  await expect(controls(page).getByRole('button', { name: 'Pause' })).toBeEnabled()
  expect(await ask(page, 'runs.pause', { id: own, reason: null })).toBe(200)
})

test('a session that is ended by an administrator ends its open page', async ({
  browser,
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const name = `gone-${agent}`
  const other = await (await browser.newContext()).newPage()
  await signInAs(other, stack, name, 'viewer')
  await signIn(page, stack)
  await page.goto(`${stack.url}/settings?view=sessions`)
  await page.getByRole('button', { name: `End this session of ${name}` }).click()
  await expect(other.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  await expect(page.getByRole('button', { name: `End this session of ${name}` })).toHaveCount(0)
  await other.context().close()
})

test('an administrator adds a person, who comes in by link and sets a password', async ({
  browser,
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const name = `new-${agent}`
  await signIn(page, stack)
  await page.goto(`${stack.url}/settings?view=people`)
  await page.getByRole('button', { name: 'Add a person' }).click()
  const form = page.getByRole('dialog', { name: 'Add a person' })
  await form.getByLabel(/^Name/).fill(name)
  // A viewer acts on nothing: there is nothing to limit.
  await expect(form.getByLabel(/^Acts on these agents only/)).toHaveCount(0)
  await form.getByLabel(/^reviewer/).check()
  await expect(form.getByLabel(/^Acts on these agents only/)).toBeVisible()
  await form.getByRole('button', { name: 'Add, and make a link' }).click()
  const shown = page.getByRole('dialog', { name: `Link for ${name}` })
  const link = await shown.getByLabel(`Link for ${name}`).textContent()
  await shown.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('row').filter({ hasText: name })).toContainText('viewer, reviewer')

  const context = await browser.newContext()
  const theirs = await context.newPage()
  await theirs.goto(link ?? '')
  await isLive(theirs)
  await theirs.goto(`${stack.url}/settings?view=account`)
  await theirs.getByLabel(/^New password/).fill(password)
  await theirs.getByRole('button', { name: 'Set it' }).click()
  await expect(theirs.getByText('It is set.')).toBeVisible()
  await theirs.getByRole('button', { name: 'Signed in as' }).click()
  await theirs.locator('#who').getByRole('button', { name: 'Sign out' }).click()
  await expect(theirs.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  await theirs.getByLabel('Name').fill(name)
  await theirs.getByLabel('Password').fill(password)
  await theirs.getByRole('button', { name: 'Sign in', exact: true }).click()
  await isLive(theirs)
  await context.close()
})

test('a wrong password is told, and too many are made to wait', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  await addPerson(stack, `slow-${agent}`, ['viewer'])
  await page.goto(stack.url)
  await page.getByLabel('Name').fill(`slow-${agent}`)
  const said = page.getByRole('alert')
  const tryOnce = async () => {
    await page.getByLabel('Password').fill('wrong password')
    const answered = page.waitForResponse((answer) => answer.url().endsWith('/api/sign-in'))
    await page.getByRole('button', { name: 'Sign in', exact: true }).click()
    await answered
  }
  for (let n = 0; n < 4; n++) {
    await tryOnce()
    await expect(said).toContainText('do not fit')
  }
  // The first wait is a second, which a slow machine lets pass; each further failure doubles it.
  await expect(async () => {
    await tryOnce()
    await expect(said).toContainText('Too many tries', { timeout: 500 })
  }).toPass()
})

test('a token is shown once, works, and is revoked', async ({ page, stack, agent }) => {
  await signIn(page, stack)
  await page.goto(`${stack.url}/settings?view=tokens`)
  await page.getByRole('button', { name: 'Make a token' }).click()
  await page.getByLabel(/^Name/).fill(agent)
  await page.getByRole('button', { name: 'Make it' }).click()
  const token = await page.getByRole('dialog').getByLabel(`Token ${agent}`).textContent()
  await page.getByRole('button', { name: 'Done' }).click()
  const look = async () =>
    (
      await fetch(`${stack.url}/trpc/system.info`, {
        headers: { authorization: `Bearer ${token ?? ''}` },
      })
    ).status
  expect(await look()).toBe(200)
  await page.getByRole('button', { name: `Revoke ${agent}` }).click()
  await expect.poll(look).toBe(401)
})

test('signing in and the settings have no accessibility violations', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  await page.goto(stack.url)
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  await everyoneCanUse(page)
  await page.goto(await addPerson(stack, `axe-${agent}`, ['admin']))
  await isLive(page)
  for (const view of ['account', 'people', 'sessions', 'tokens']) {
    await page.goto(`${stack.url}/settings?view=${view}`)
    await expect(page.getByRole('table').first()).toBeVisible()
    await everyoneCanUse(page, view)
  }
  await page.goto(`${stack.url}/settings?view=people`)
  await page.getByRole('button', { name: 'Add a person' }).click()
  await expect(page.getByRole('dialog')).toBeVisible()
  await everyoneCanUse(page)
})

test('settings are closed to those who do not administer, and say so', async ({
  page,
  stack,
  agent,
}) => {
  await signInAs(page, stack, `closed-${agent}`, 'operator', 'reviewer')
  await page.goto(`${stack.url}/settings?view=people`)
  await expect(page.getByRole('heading', { name: /for administrators/ })).toBeVisible()
  await page.goto(`${stack.url}/settings`)
  await expect(page.getByRole('heading', { name: `closed-${agent}` })).toBeVisible()
})

test('a link of someone who was disabled is refused', async ({ page, stack, agent, provokes }) => {
  provokes.push(refusedAnswers)
  await addPerson(stack, `off-${agent}`, ['viewer'])
  const link = await linkFor(stack, `off-${agent}`)
  await signIn(page, stack)
  await page.goto(`${stack.url}/settings?view=people`)
  await page.getByRole('button', { name: `Disable off-${agent}` }).click()
  await expect(page.getByRole('button', { name: `Enable off-${agent}` })).toBeVisible()
  const stranger = await fetch(link, { redirect: 'manual' })
  expect(stranger.status).toBe(401)
})
