import type { Page } from '@playwright/test'

import { everyoneCanUse, fits } from './everyone.ts'
import { asks, dueFirst, placeOf, type Request } from './requests.ts'
import { isLive, openPalette, openRun, review, row, tryAgain } from './screens.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, signIn, test } from './test.ts'

async function aRunThatAsks(stack: Stack, agent: string): Promise<Request> {
  const url = await stack.addAgent(agent)
  const mail = {
    tool: 'mail.send',
    target: 'letters',
    arguments: '{"letters": 12}',
    agent_reason: 'They are due.',
    risk: 'high',
  }
  const asked = await asks(url, agent, mail, { goal: `Send the letters of ${agent}` })
  await sql(
    url,
    `insert into agent_audit_log (agent_id, workflow_id, action, target_table)
       values ('${agent}', '${asked.run}', 'update letters', 'letters')`,
  )
  return asked
}

test.use({ colorScheme: 'dark' })

/** In the dark, and in the light, where colours alone are others. */
async function inBothThemes(page: Page, name: string): Promise<void> {
  const ground = async () =>
    page.evaluate(() => getComputedStyle(document.body).getPropertyValue('background-color'))
  const dark = await ground()
  await everyoneCanUse(page, name)
  await page.emulateMedia({ colorScheme: 'light' })
  expect(await ground()).not.toBe(dark)
  await everyoneCanUse(page, `${name}, light`, 'color-contrast')
  await page.emulateMedia({ colorScheme: 'dark' })
}

test('every page can be used by everyone, in the dark and in the light (axe) @phone', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { run } = await aRunThatAsks(stack, agent)
  await expect(row(page, agent)).toBeVisible()
  await inBothThemes(page, 'fleet')
  const places = [
    [`/runs/${run}`, 'Run started'],
    [`/runs/${run}?tab=actions`, 'No action so far'],
    [`/runs/${run}?tab=approvals`, 'waits for a decision'],
    [`/runs/${run}?tab=audit`, 'update letters'],
    [`/runs/${run}?tab=raw`, 'Run as the stream has it'],
    ['/approvals', agent],
    ['/agents', agent],
    [`/audit?agent=${agent}`, 'update letters'],
    ['/?q=nothing-is-called-so', 'No run matches this filter'],
    ['/nowhere', 'There is nothing at this address'],
  ] as const
  for (const [path, sign] of places) {
    await page.goto(stack.url + path)
    await isLive(page)
    await expect(
      page.getByRole('main').getByText(sign).filter({ visible: true }).first(),
    ).toBeVisible()
    await inBothThemes(page, path)
  }
  await page.goto(stack.url)
  await expect(row(page, agent)).toBeVisible()
  await page.getByRole('button', { name: /Go to anything|Search/ }).click()
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused()
  await inBothThemes(page, 'palette')
})

test('someone who is not signed in sees nothing of the fleet, and how to get in', async ({
  page,
  stack,
  provokes,
}) => {
  provokes.push(/status of 401/)
  for (const path of ['/', '/approvals', '/agents', '/audit', `/runs/${crypto.randomUUID()}`]) {
    await page.goto(stack.url + path)
    await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
    await expect(page.getByText('npx holdpoint sign-in')).toBeVisible()
  }
  await inBothThemes(page, 'signed out')
})

test('signing out takes effect in this browser at once', async ({ signedIn: page, provokes }) => {
  provokes.push(/status of 401/)
  await openPalette(page)
  await page.keyboard.type('sign out')
  await expect(page.getByRole('dialog').getByRole('option', { name: /Sign out/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
  await page.reload()
  await expect(page.getByRole('heading', { name: 'You are signed out' })).toBeVisible()
})

test('a page that could not be read says so; it is not shown as empty', async ({
  signedIn: page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/ERR_FAILED|status of 503/)
  const { run } = await aRunThatAsks(stack, agent)
  await page.route('**/trpc/**', async (route) => route.abort())
  for (const path of [
    '/audit',
    '/agents',
    '/approvals',
    `/runs/${run}?tab=actions`,
    `/runs/${run}?tab=audit`,
  ]) {
    await page.goto(stack.url + path)
    const failed = page.getByRole('alert').filter({ hasText: 'The server could not be reached.' })
    await expect(failed.first()).toBeVisible()
    await expect(
      page.getByText(/No audit row|No agent has|Nothing waits|No action so far/),
    ).toHaveCount(0)
  }
  await inBothThemes(page, 'failed')
  await page.unroute('**/trpc/**')
  await tryAgain(page, async () =>
    expect(page.getByRole('main').getByText('update letters')).toBeVisible({ timeout: 1000 }),
  )
})

test('a run or an approval that does not exist is told apart from one that could not be read', async ({
  admitted: page,
  stack,
  provokes,
}) => {
  provokes.push(/status of (404|400)/)
  await page.goto(`${stack.url}/runs/${crypto.randomUUID()}`)
  await expect(page.getByRole('main').getByRole('heading')).toContainText(/no run|No such run/i)
  await page.goto(`${stack.url}/approvals/${crypto.randomUUID()}`)
  await expect(page.getByRole('heading', { name: 'There is no such request' })).toBeVisible()
  await page.goto(`${stack.url}/nowhere`)
  await expect(
    page.getByRole('heading', { name: 'There is nothing at this address' }),
  ).toBeVisible()
})

test('on a phone the fleet, a run and its approval fit and can be used by thumb @phone', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { run } = await aRunThatAsks(stack, agent)
  await expect(row(page, agent)).toContainText('Needs approval')
  await fits(page)
  await openRun(page, agent)
  await expect(page).toHaveURL(new RegExp(run))
  await fits(page)
  const kill = page.getByRole('button', { name: 'Kill' })
  await expect(kill).toBeInViewport()
  await page.goBack()
  await review(page, agent)
  await expect(page.getByRole('article', { name: 'Decision' })).toContainText('mail.send')
  await fits(page)
  const approve = page.getByRole('button', { name: 'Approve' })
  await expect(approve).toBeInViewport()
  await approve.click()
  await expect
    .poll(async () => {
      const { rows } = await stack.owner.query<{ status: string }>(
        'select status from workflow_checkpoints where workflow_id = $1',
        [run],
      )
      return rows[0]?.status
    })
    .toBe('approved')
})

test('a decision that someone else made first is told, not overwritten', async ({
  admitted: page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/status of 409/)
  const { id } = await aRunThatAsks(stack, agent)
  await page.goto(placeOf(stack, id))
  const reject = page.getByRole('button', { name: 'Reject' })
  await expect(reject).toBeEnabled()
  await stack.owner.query(
    `select decide_approval($1, 'operator:someone', 'approved', 'I was quicker')`,
    [id],
  )
  const told = page.getByRole('status').filter({ hasText: 'pproved by someone' })
  await expect(told).toBeVisible()
  await expect(reject).toHaveCount(0)
})

test('without an id the request that is read stays, also when someone else answers it', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const asked = [await aRunThatAsks(stack, agent), await aRunThatAsks(stack, `${agent}-2`)]
  await dueFirst(
    stack,
    asked.map(({ id }) => id),
  )
  await page.goto(`${stack.url}/approvals`)
  const decision = page.getByRole('article', { name: 'Decision' })
  const link = decision.getByRole('link', { name: 'Open the run' })
  await expect(link).toHaveAttribute('href', new RegExp(asked.map(({ run }) => run).join('|')))
  const read = await link.getAttribute('href')
  await stack.owner.query(
    `select decide_approval($1, 'operator:someone', 'approved', 'I was quicker')`,
    [asked.find(({ run }) => read?.includes(run))?.id],
  )
  await expect(decision.getByRole('status')).toContainText('pproved by someone')
  await expect(link).toHaveAttribute('href', read ?? '')
  await page.keyboard.press('a')
  await expect(decision.getByRole('button', { name: 'Approve' })).toHaveCount(0)
})

test('a second tab shares the stream and the sign-in', async ({
  signedIn: page,
  stack,
  agent,
  context,
}) => {
  const second = await context.newPage()
  await second.goto(stack.url)
  await isLive(second)
  await aRunThatAsks(stack, agent)
  await expect(row(page, agent)).toBeVisible()
  await expect(row(second, agent)).toBeVisible()
  await page.close()
  await aRunThatAsks(stack, `${agent}-later`)
  await expect(row(second, `${agent}-later`)).toBeVisible()
  await second.close()
})

test('two people see the same, each through a sign-in of their own', async ({
  signedIn: page,
  stack,
  agent,
  browser,
}) => {
  const other = await browser.newPage()
  await signIn(other, stack)
  await aRunThatAsks(stack, agent)
  await openRun(page, agent)
  await openRun(other, agent)
  await page.getByRole('button', { name: 'Pause' }).click()
  await expect(other.getByText('Paused by a person')).toBeVisible()
  await other.close()
})
