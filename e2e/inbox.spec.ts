import type { Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { asks, command, placeOf } from './requests.ts'
import { isLive, review } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, signIn, test } from './test.ts'

/** So many agents ask at once, with no deadline; `first` and what comes after it say what they are for. */
async function manyAsk(stack: Stack, goals: readonly string[], minutes: number | null) {
  await stack.owner.query(
    `with runs as (insert into workflow_checkpoints (agent_id, current_step, goal)
         select 'clerk', 'send', goal from unnest($1::text[]) goal returning workflow_id, goal)
     insert into approval_queue (workflow_id, requested_by, requested_at, tool, target, arguments, risk, expires_at)
       select workflow_id, 'clerk', clock_timestamp() + make_interval(secs => 0.001 * row_number() over (order by goal)),
         'mail.send', goal, '{}', 'low', clock_timestamp() + make_interval(mins => $2)
       from runs order by goal`,
    [goals, minutes],
  )
}

const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, n) => `letter ${String(from + n).padStart(3, '0')}`)

const list = (page: Page) => page.getByRole('region', { name: 'Open approvals' })
const rows = (page: Page) => list(page).getByRole('listitem')

test('of 500 that wait the most urgent stands on top, all can be reached, and nothing moves under the pointer', async ({
  page,
  fragile: stack,
}) => {
  await manyAsk(stack, numbered(0, 500), null)
  await signIn(page, stack)
  await page.goto(`${stack.url}/approvals`)
  await isLive(page)
  await expect(list(page).getByRole('heading', { name: 'Approvals 500' })).toBeVisible()
  await expect(rows(page)).toHaveCount(200)
  await everyoneCanUse(page)

  // The newest of all is due first: it stands on top, and what is open stays open.
  const opened = page.getByRole('article', { name: 'Decision' })
  await expect(opened).toContainText('letter 000')
  await manyAsk(stack, ['urgent'], 5)
  await expect(rows(page).first()).toContainText('urgent')
  await expect(opened).toContainText('letter 000')

  const third = rows(page).nth(2)
  await third.hover()
  const place = await third.boundingBox()
  await manyAsk(stack, ['more urgent'], 2)
  await expect(list(page).getByRole('status').filter({ hasText: '1 new' })).toBeVisible()
  await expect(third).toContainText('letter 001')
  expect(await third.boundingBox()).toEqual(place)
  await page.mouse.move(1200, 500)
  await expect(rows(page).first()).toContainText('more urgent')

  // Its key goes down the list, and the list with it; the end is read when it is near.
  await list(page).evaluate((section) => section.scrollTo(0, section.scrollHeight))
  await expect(rows(page)).toHaveCount(400)
  await list(page).evaluate((section) => section.scrollTo(0, section.scrollHeight))
  await expect(rows(page)).toHaveCount(502)
  await expect(rows(page).last()).toContainText('letter 499')
  await rows(page).last().getByRole('link').click()
  await expect(opened).toContainText('letter 499')
  await page.keyboard.press('k')
  await expect(opened).toContainText('letter 498')
  await expect(rows(page).nth(500)).toBeInViewport()
})

test('a link that is no request says so, and leads on', async ({ admitted: page, stack }) => {
  for (const id of ['x', '11111111-1111-4111-8111-111111111111']) {
    await page.goto(`${stack.url}/approvals/${id}`)
    await expect(page.getByRole('heading', { name: 'There is no such request' })).toBeVisible()
    await expect(page.getByRole('link', { name: 'What waits for a decision' })).toBeVisible()
  }
})

test('what needs you leads to its request before the list of requests has been read', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const columns = { tool: `${agent}.pay`, arguments: '{"eur": 12}' }
  const { run, id } = await asks(await stack.addAgent(agent), agent, columns)
  // Asked for, and never answered while this page is open.
  await page.route(/\/trpc\/[^?]*approvals\.inbox/, async () => new Promise(() => undefined))
  await page.goto(stack.url)
  await review(page, agent)
  const decision = page.getByRole('article', { name: 'Decision' })
  await expect(decision.getByRole('heading', { level: 2 })).toContainText(`${agent}.pay`)
  await expect(page).toHaveURL(placeOf(stack, id))

  // A link that was kept says so when there is nothing left to answer.
  const answered = await command(page, stack, 'approvals.decide', {
    id,
    version: 1,
    decision: 'rejected',
    reason: 'no',
  })
  expect(answered.ok()).toBe(true)
  await page.goto(`${stack.url}/approvals?run=${run}`)
  await expect(page.getByText('This run waits for no decision')).toBeVisible()
  await page.getByRole('link', { name: 'See the run' }).click()
  await expect(page).toHaveURL(`${stack.url}/runs/${run}`)
})
