import type { Page } from '@playwright/test'

import {
  controls,
  headState,
  hold,
  openRun,
  pressAnswer,
  review,
  showsWholeHistory,
  travel,
} from './screens.ts'
import type { Stack } from './stack.ts'
import type { Program } from './stack/program.ts'
import { says } from './stack/says.ts'
import { expect, signIn, test } from './test.ts'

interface Working {
  readonly agent: Program
  readonly run: string
  readonly goal: string
}

/** An SDK agent at work on a run of a known id, and its page open. */
async function working(
  stack: Stack,
  page: Page,
  name: string,
  script = 'long-call.ts',
  limits: object = { costUsd: 2 },
): Promise<Working> {
  const url = await stack.addAgent(name)
  const run = crypto.randomUUID()
  const goal = `Count the shelves for ${name}`
  const spec = { agent: name, goal, skill: 'stocktaking', runId: run, leaseMs: 30_000, limits }
  const agent = stack.sdkAgent(script, url, JSON.stringify(spec))
  await signIn(page, stack)
  await openRun(page, goal)
  await expect(page).toHaveURL(new RegExp(`/runs/${run}`))
  return { agent, run, goal }
}

test('a run shows its goal, step, tool with a clock, and what it spent of its limit, live', async ({
  page,
  stack,
  agent: name,
}) => {
  const { agent, run } = await working(stack, page, name)
  const main = page.getByRole('main')
  await expect(main.getByRole('heading', { level: 1 })).toHaveText(`Count the shelves for ${name}`)
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(main.getByText('$0.25 / $2.00')).toBeVisible()
  const head = main.locator('header')
  await expect(head).toContainText('Step part 1')
  await expect(head).toContainText('in warehouse.count shelf 1')
  const clock = head.getByText('in warehouse.count').getByRole('time')
  const before = await clock.textContent()
  await expect(clock).not.toHaveText(before ?? '')

  agent.say('12')
  await expect(head).toContainText('Step part 2')
  await expect(head).toContainText('in warehouse.count shelf 2')
  await showsWholeHistory(page, stack, run)
})

test('a pause waits for the action in flight and is seen to travel; then nothing begins until resume', async ({
  page,
  stack,
  agent: name,
}) => {
  const { agent, run } = await working(stack, page, name)
  await says(agent, /begun 1/)
  await expect(controls(page)).toContainText('1 action in flight: warehouse.count')
  await controls(page).getByRole('textbox', { name: 'Reason' }).fill('counting twice?')
  await controls(page).getByRole('button', { name: 'Pause' }).click()

  await expect(headState(page, 'Paused')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('Pause by local: “counting twice?”')
  const stages = travel(page).getByRole('listitem')
  await expect(stages.nth(1)).toContainText(/Delivered\s*\+/)
  // The action that had begun may finish; until then nothing is said to be quiet.
  await expect(stages.nth(3)).not.toContainText('+')
  agent.say('12')
  await expect(stages.nth(2)).toContainText(/Acknowledged\s*\+/)
  await expect(stages.nth(3)).toContainText(/Quiesced\s*\+/)
  await says(agent, /done 1/)
  expect(agent.out).not.toContain('begun 2')

  await page.keyboard.press('r')
  await says(agent, /begun 2/)
  await expect(headState(page, 'Running')).toBeVisible()
  await showsWholeHistory(page, stack, run)
})

test('a kill needs a reason and a held button, reaches the agent as an abort, and is final', async ({
  page,
  stack,
  agent: name,
}) => {
  const { agent, run } = await working(stack, page, name)
  await says(agent, /begun 1/)
  const kill = controls(page).getByRole('button', { name: 'Kill' })
  await controls(page).getByRole('textbox', { name: 'Reason' }).fill('wrong warehouse')
  await kill.click()
  await expect(kill).toBeEnabled()
  await expect(headState(page, 'Running')).toBeVisible()

  await hold(page, kill, async () => expect(headState(page, 'Killed')).toBeVisible())
  await says(agent, /told to stop: RunEndedError/)
  await says(agent, /ended: RunEndedError/)
  const stages = travel(page).getByRole('listitem')
  for (const [nth, word] of ['Requested', 'Delivered', 'Acknowledged', 'Quiesced'].entries()) {
    await expect(stages.nth(nth)).toContainText(word)
    await expect(stages.nth(nth)).not.toContainText('cannot be observed')
  }
  await expect(stages.nth(3)).toContainText('+')
  await expect(page.getByRole('main')).toContainText('Killed by a person · wrong warehouse')
  await expect(controls(page)).toContainText('The run is killed; that is final.')
  await expect(kill).toHaveCount(0)
  // Whoever starts the work again must know whether the call landed that the kill cut off.
  await expect(page.getByRole('region', { name: 'Unknown outcomes' })).toContainText(
    'Did warehouse.count',
  )
  await page.getByRole('navigation', { name: 'Run' }).getByRole('link', { name: 'Actions' }).click()
  await expect(page.getByRole('row').filter({ hasText: 'warehouse.count' })).toContainText('nknown')
  await page.goBack()
  await page.goto(`${stack.url}/runs/${run}`)
  await showsWholeHistory(page, stack, run)
})

test('five lines of an agent are enough: it is watched step by step and stopped by keys', async ({
  page,
  stack,
  agent: name,
}) => {
  const { agent, run } = await working(stack, page, name, 'five-lines.ts')
  await expect(page.getByRole('main')).toContainText('Step read the queue')
  await page.getByRole('main').getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('p')
  await expect(headState(page, 'Paused')).toBeVisible()
  await expect(travel(page).getByRole('listitem').nth(3)).toContainText(/Quiesced\s*\+/)
  await showsWholeHistory(page, stack, run)

  await page.keyboard.press('r')
  await expect(headState(page, 'Running')).toBeVisible()
  await page.keyboard.down('x')
  const why = page.getByRole('textbox', { name: /Why kill/ })
  await expect(why).toBeFocused()
  await page.keyboard.up('x')
  await why.fill('seen enough')
  await why.press('Enter')
  await expect(headState(page, 'Killed')).toBeVisible()
  await expect.poll(() => agent.running).toBe(false)
  await showsWholeHistory(page, stack, run)
})

test('an approval shows the exact arguments, is given by key, and only then the action runs', async ({
  page,
  stack,
  agent: name,
}) => {
  const url = await stack.addAgent(name)
  const agent = stack.sdkAgent('refund.ts', url, name, '{"order":1042,"eur":129.9}')
  await signIn(page, stack)
  await review(page, name)

  const decision = page.getByRole('article', { name: 'Decision' })
  await expect(decision.getByRole('heading', { level: 2 })).toContainText('payments.refund')
  await expect(decision).toContainText('high risk, cannot be undone')
  const exact = decision.getByRole('region', { name: /Arguments/ })
  await expect(exact).toContainText(/eur:\s*129\.9/)
  await expect(exact).toContainText(/order:\s*1042/)
  await expect(decision).toContainText('The parcel arrived broken.')
  expect(agent.out).not.toContain('paid')

  await pressAnswer(page, 'a')
  await says(agent, /"decision":"approved"[^]*paid[^]*complete/)
  const { rows } = await stack.owner.query(
    `select decision, decided_by, a.state, q.digest = a.digest as bound from approval_queue q
     join actions a using (workflow_id) where q.requested_by = $1`,
    [name],
  )
  expect(rows).toEqual([
    { decision: 'approved', decided_by: 'operator:local', state: 'confirmed', bound: true },
  ])
})

test('a rejection carries its reason to the agent, and the action never runs', async ({
  page,
  stack,
  agent: name,
}) => {
  const url = await stack.addAgent(name)
  const agent = stack.sdkAgent('refund.ts', url, name, '{"order":1042,"eur":9999}')
  await signIn(page, stack)
  await review(page, name)
  await expect(page.getByRole('article', { name: 'Decision' })).toContainText(/eur:\s*9999/)
  await pressAnswer(page, 'r')
  const reason = page.getByRole('textbox', { name: 'Reason' })
  await expect(reason).toBeFocused()
  await reason.fill('Ten times the price: ask again with the right sum.')
  await page.keyboard.press('Control+Enter')

  await says(agent, /"decision":"rejected".*Ten times the price[^]*complete/)
  expect(agent.out).not.toContain('paid')
})
