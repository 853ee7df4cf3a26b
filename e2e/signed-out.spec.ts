import type { BrowserContext, Page } from '@playwright/test'

import { addPerson } from './people.ts'
import { isLive, row } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, signIn, test } from './test.ts'

/** What a browser says of an answer that is a refusal. */
const refusedAnswers = /Failed to load resource: the server responded with a status of 401/

const signedOut = (page: Page) => page.getByRole('heading', { name: 'You are signed out' })

async function startRun(stack: Stack, agent: string): Promise<string> {
  const { rows } = await stack.owner.query<{ id: string }>(
    `insert into workflow_checkpoints (agent_id, goal, current_step) values ($1, $2, 'step_1')
     returning workflow_id as id`,
    [agent, `work of ${agent}`],
  )
  return rows[0]?.id ?? ''
}

/** Two tabs of one browser that show the fleet, and one on a run of it. */
async function threeTabs(page: Page, stack: Stack, agent: string): Promise<Page[]> {
  const run = await startRun(stack, agent)
  await page.goto(await addPerson(stack, `p-${agent}`, ['operator']))
  await isLive(page)
  const [other, onRun] = [await page.context().newPage(), await page.context().newPage()]
  await page.goto(`${stack.url}/?q=${agent}`)
  await other.goto(`${stack.url}/?q=${agent}`)
  await onRun.goto(`${stack.url}/runs/${run}`)
  for (const tab of [page, other, onRun]) await isLive(tab)
  for (const tab of [page, other]) await expect(row(tab, agent)).toBeVisible()
  return [page, other, onRun]
}

/** Says so, and holds nothing of the fleet: neither on the page nor in the memory of the tab. */
async function isOut(tab: Page, agent: string): Promise<void> {
  await expect(signedOut(tab)).toBeVisible()
  await expect(tab.locator('body')).not.toContainText(agent)
  await expect(tab.getByTestId('freshness')).toHaveCount(0)
}

const signOut = async (tab: Page) => {
  await tab.getByRole('button', { name: 'Signed in as' }).click()
  await tab.locator('#who').getByRole('button', { name: 'Sign out' }).click()
}

test('signing out in one tab signs out every tab of the browser', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const [first, ...others] = await threeTabs(page, stack, agent)
  await signOut(others[0] ?? page)
  for (const tab of [page, ...others]) await isOut(tab, agent)
  // One that comes back in one tab comes back in all.
  await first?.goto(await linkOf(stack, agent))
  for (const tab of [page, ...others]) await isLive(tab)
})

const linkOf = (stack: Stack, agent: string) => addPerson(stack, `q-${agent}`, ['viewer'])

for (const [what, end] of [
  ['revoked', 'ended_at = clock_timestamp()'],
  ['expired', `expires_at = clock_timestamp() - interval '1 second'`],
] as const) {
  test(`a session that is ${what} signs out every tab of its browser, and no other`, async ({
    browser,
    page,
    stack,
    agent,
    provokes,
  }) => {
    provokes.push(refusedAnswers)
    const another = await (await browser.newContext()).newPage()
    await signIn(another, stack)
    const tabs = await threeTabs(page, stack, agent)
    await stack.owner.query(`update operator_sessions set ${end} where operator = $1`, [
      `p-${agent}`,
    ])
    for (const tab of tabs) await isOut(tab, agent)
    await isLive(another)
    await another.context().close()
  })
}

test('another person signs in: no tab goes on under the session before', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const tabs = await threeTabs(page, stack, agent)
  for (const tab of tabs)
    await expect(tab.getByRole('button', { name: `Signed in as p-${agent}` })).toBeVisible()
  const theirs = await page.context().newPage()
  await theirs.goto(await addPerson(stack, `q-${agent}`, ['viewer']))
  for (const tab of [theirs, ...tabs]) {
    await expect(tab.getByRole('button', { name: `Signed in as q-${agent}` })).toBeVisible()
    await isLive(tab)
  }
})

/** Opens a tab and notes every row of the fleet and every "Live" that ever stands in it. */
async function watchedTab(context: BrowserContext): Promise<{ tab: Page; seen: () => string[] }> {
  const tab = await context.newPage()
  const seen: string[] = []
  await tab.exposeFunction('noteSeen', (text: string) => void seen.push(text))
  await tab.addInitScript(() => {
    new MutationObserver(() => {
      const shown =
        document.querySelector('[data-phase=live]') ?? document.querySelector('[role=row] a')
      const note = (globalThis as unknown as { noteSeen: (text: string) => void }).noteSeen
      if (shown !== null) note(shown.textContent)
    }).observe(document, {
      subtree: true,
      childList: true,
      attributes: true,
    })
  })
  return { tab, seen: () => seen }
}

test('with the cookies cleared, a tab that is opened or loaded anew shows nothing, and the open ones follow', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const tabs = await threeTabs(page, stack, agent)
  await page.context().clearCookies()
  const { tab, seen } = await watchedTab(page.context())
  await tab.goto(`${stack.url}/?q=${agent}`)
  await isOut(tab, agent)
  expect(seen()).toEqual([])
  for (const open of tabs) await isOut(open, agent)
})

test('a read that is refused for want of a session ends what the tab shows', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(refusedAnswers)
  const tabs = await threeTabs(page, stack, agent)
  await page.context().clearCookies()
  // By key, to the audit log: what the page reads now and then may be refused before, and then nothing is left to press.
  await page.keyboard.press('4')
  for (const open of tabs) await isOut(open, agent)
})
