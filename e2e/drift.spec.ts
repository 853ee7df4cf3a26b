import type { Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { boxOf, controls, headState, needsYou, openRun, row } from './screens.ts'
import type { Stack } from './stack.ts'
import type { Program } from './stack/program.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, signIn, test } from './test.ts'

interface Circling {
  readonly agent: Program
  readonly run: string
  readonly goal: string
}

/** Its policy, when no other is given: it is held at the eighth time. */
const atTheEighth = { settings: { loopAt: 1, repeats: 8 }, holds: true }

/** An SDK agent that goes in circles, under this policy, and the fleet on screen. */
async function circling(
  stack: Stack,
  page: Page,
  name: string,
  { settings, holds }: { settings: object; holds: boolean } = atTheEighth,
  ...how: readonly 'by lines'[]
): Promise<Circling> {
  await stack.owner.query(
    `insert into holdpoint.drift_policies (agent_id, version, settings, holds, author) values ($1, 1, $2, $3, 'operator:ana')`,
    [name, settings, holds],
  )
  const url = await stack.addAgent(name)
  const run = crypto.randomUUID()
  const goal = `Find a blue shelf for ${name}`
  const spec = JSON.stringify({ agent: name, goal, runId: run, leaseMs: 30_000 })
  const agent = stack.sdkAgent('searcher.ts', url, spec, ...how)
  await signIn(page, stack)
  await expect(row(page, goal)).toBeVisible()
  return { agent, run, goal }
}

/** It asks so often, and the fleet is told how far it has drifted by then. */
async function drifts(stack: Stack, { agent, run }: Circling, times: number): Promise<void> {
  const shown = async (): Promise<number> => {
    const { rowCount } = await stack.owner.query(
      `select from run_events where workflow_id = $1 and kind = 'run.drift'`,
      [run],
    )
    return rowCount ?? 0
  }
  const before = await shown()
  for (let n = 0; n < times; n += 1) agent.say('ask')
  await expect.poll(shown).toBeGreaterThan(before)
}

test('an agent that goes in circles is seen to drift, is held, shows what repeats, and goes on when that was wrong', async ({
  page,
  stack,
  agent: name,
}) => {
  const { agent, goal } = await circling(stack, page, name)
  // In the fleet: a number that rises, with a line.
  const line = row(page, goal)
  await expect(line.getByRole('gridcell').filter({ hasText: /^0\.[3-9]\d$/ })).toBeVisible()
  await expect(line.locator('svg path[d*="L"]').first()).toBeAttached()

  // Held, and told with what it stands on.
  await expect(line).toContainText('Paused')
  const asks = needsYou(page).getByRole('listitem').filter({ hasText: name })
  await expect(asks).toContainText('loop detected: catalogue.search')
  await openRun(page, goal)
  await expect(headState(page, 'Paused')).toBeVisible()
  const head = page.getByRole('main').locator('header')
  await expect(head).toContainText('Loop detected')
  await expect(head).toContainText(/catalogue\.search.*\d+ times/)
  await expect(head).toContainText('resume if the answers were changing, kill if not')

  // What repeats, side by side, with what differs marked.
  await head.getByRole('link', { name: 'See what repeats' }).click()
  await expect(page).toHaveURL(/tab=drift/)
  await expect(page.locator('.recharts-line-curve')).toBeVisible()
  const sides = page.getByRole('region', { name: 'Side by side' })
  await expect(sides.getByRole('region', { name: 'Arguments compared' })).toContainText(
    'request_id',
  )
  await expect(sides.getByRole('combobox')).toHaveCount(2)
  await everyoneCanUse(page)

  // A point opens what it stands on; so does its row in the list.
  const list = page.getByRole('table', { name: 'Drift after each action, newest first' })
  const first = list.getByRole('row').last().getByRole('button')
  const seq = await first.textContent()
  await first.click()
  await expect(page).toHaveURL(new RegExp(`point=${seq}`))
  await expect(page.getByRole('region', { name: 'What the score stands on' })).toContainText(
    'Nothing was held against the run here',
  )
  const { x, y, width } = await boxOf(
    page.locator('[data-part=drift-chart] .recharts-surface').first(),
  )
  await page.mouse.click(x + width - 16, y + 60)
  await expect(page.getByRole('region', { name: 'Side by side' })).toBeVisible()
  await sides.getByRole('link', { name: 'In the timeline' }).first().click()
  await expect(page.getByRole('complementary', { name: 'Event detail' })).toContainText(
    'Action confirmed',
  )

  // It was wrong: the run goes on, the word is kept, and the agent asks once more.
  const before = agent.out.split('\n').length
  await controls(page).getByRole('textbox', { name: 'Reason' }).fill('the shop fills up at noon')
  await page
    .getByRole('region', { name: 'Was the rule right?' })
    .getByRole('button', { name: 'wrong' })
    .click()
  await expect(headState(page, 'Running')).toBeVisible()
  await expect.poll(() => agent.out.split('\n').length).toBeGreaterThan(before)
  await page.getByRole('navigation', { name: 'Run' }).getByRole('link', { name: 'Drift' }).click()
  await expect(page.getByRole('region', { name: 'What rules found' })).toContainText(
    'wrong by local: the shop fills up at noon',
  )
})

test('the fleet is sorted by drift, and as of an instant drift is what it was then', async ({
  page,
  stack,
  agent: name,
}) => {
  const one = await circling(stack, page, name, atTheEighth, 'by lines')
  for (const times of [3, 3, 2]) await drifts(stack, one, times)
  const { run, goal } = one
  const calm = await stack.addAgent(`${name}-calm`)
  await sql(
    calm,
    `insert into workflow_checkpoints (agent_id, goal) values ('${name}-calm', 'Stay')`,
  )
  await page.goto(`${stack.url}/?agent=${name}*`)
  await expect(row(page, goal)).toContainText('Paused')
  const first = page.getByRole('grid', { name: 'Runs' }).getByRole('row').nth(1)
  const title = page.getByRole('columnheader', { name: 'Drift' })
  await title.getByRole('button').click()
  await expect(title).toHaveAttribute('aria-sort', 'descending')
  await expect(first).toContainText(goal)
  await title.getByRole('button').click()
  await expect(title).toHaveAttribute('aria-sort', 'ascending')
  await expect(first).toContainText('Stay')

  // After its second visible change.
  const { rows } = await stack.owner.query<{ at: string; drift: number; points: number }>(
    `select to_json(e.at) #>> '{}' as at, (e.state ->> 'drift')::float8 as drift,
       (select count(*)::integer from drift_points p where p.workflow_id = $1 and p.made_at <= e.at) as points
     from run_events e where e.workflow_id = $1 and e.kind = 'run.drift' order by e.seq offset 1 limit 1`,
    [run],
  )
  const { at = '', drift = 0, points = 0 } = rows[0] ?? {}
  await page.goto(`${stack.url}/?agent=${name}&at=${encodeURIComponent(at)}`)
  const then = row(page, goal)
  await expect(then.getByRole('gridcell', { name: drift.toFixed(2), exact: true })).toBeVisible()
  await expect(then.locator('svg path[d*="L"]').first()).toBeAttached()
  const list = page.getByRole('table', { name: 'Drift after each action, newest first' })
  await page.goto(`${stack.url}/runs/${run}?tab=drift&at=${encodeURIComponent(at)}`)
  await expect(list.getByRole('button')).toHaveCount(points)
  await page.goto(`${stack.url}/runs/${run}?tab=drift`)
  await expect.poll(async () => list.getByRole('button').count()).toBeGreaterThan(points)

  // Beside the present, which is asked for again and again, what stands still is read once, and findings are not.
  const past = await page.context().newPage()
  const [ofThen, ofNow] = [asked(past), asked(page)]
  await past.goto(`${stack.url}/runs/${run}?tab=drift&at=${encodeURIComponent(at)}`)
  await expect(
    past.getByRole('table', { name: 'Drift after each action, newest first' }).getByRole('button'),
  ).toHaveCount(points)
  const before = ofNow('points')
  await expect.poll(() => ofNow('points'), { timeout: 15_000 }).toBeGreaterThan(before + 2)
  expect([ofThen('points'), ofThen('ofRun'), ofThen('policy')]).toEqual([1, 0, 0])
  expect(ofNow('ofRun')).toBeGreaterThan(1)
})

/** How often a page has asked for what is known of detections. */
function asked(page: Page): (what: string) => number {
  const urls: string[] = []
  page.on('request', (request) => urls.push(request.url()))
  return (what) => urls.filter((url) => url.includes(`detections.${what}`)).length
}

test('a policy that does not hold tells who should look, and the run goes on', async ({
  page,
  stack,
  agent: name,
}) => {
  const { agent, run } = await circling(stack, page, name, {
    settings: { loopAt: 1 },
    holds: false,
  })
  const asks = needsYou(page).getByRole('listitem').filter({ hasText: name })
  await expect(asks).toContainText('loop detected, not held')
  const before = agent.out.split('\n').length
  await expect.poll(() => agent.out.split('\n').length).toBeGreaterThan(before)
  await asks.getByRole('link').click()
  await page.getByRole('navigation', { name: 'Run' }).getByRole('link', { name: 'Drift' }).click()
  const found = page.getByRole('region', { name: 'What rules found' })
  await found.getByRole('button', { name: 'It was right' }).first().click()
  await expect(found).toContainText('right by local')

  // Whoever answers what the run asks for decides by it too.
  const { rows } = await stack.owner.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, arguments)
     values ($1, $2, 'shelf.buy', '{"eur": 90}') returning approval_id as id`,
    [run, name],
  )
  await page.goto(`${stack.url}/approvals/${rows[0]?.id}`)
  const beside = page.getByRole('complementary', { name: 'Context' })
  await expect(beside.getByRole('region', { name: 'What was found' })).toContainText(
    /Loop detected.*Shown only\. local said that it was right/,
  )
  await beside.getByRole('link', { name: /^[01]\.\d\d$/ }).click()
  await expect(page).toHaveURL(new RegExp(`/runs/${run}.*tab=drift`))
})

test('a policy is tried on last week before it is saved, refused where it cannot be read, and kept in every version', async ({
  page,
  stack,
  agent: name,
}) => {
  const { agent, goal } = await circling(stack, page, name, { settings: {}, holds: true })
  await expect.poll(() => agent.out).toContain('asked 6')
  await page.goto(`${stack.url}/agents?view=drift&agent=${name}`)
  const line = page.getByRole('row').filter({ hasText: name }).first()
  await expect(line).toContainText('scores only, never holds')
  const tried = page.getByRole('region', { name: 'Last week under this policy' })
  await expect(tried).toContainText('none would have been held')

  const json = page.getByRole('textbox', { name: /as JSON/ })
  const save = page.getByRole('button', { name: /Save as version 2/ })
  await json.fill('{"loopAt": 7}')
  await expect(
    page.getByRole('alert').filter({ hasText: 'settings.loopAt is 7: give a number from 0 to 1' }),
  ).toBeVisible()
  await expect(save).toBeDisabled()
  await json.fill('{"repeats": 4}')
  await page.getByRole('textbox', { name: 'Loop at' }).fill('1')
  await expect(json).toHaveValue(/"loopAt": 1/)
  await expect(tried.getByRole('listitem')).toContainText(goal)
  await expect(tried.getByRole('listitem')).toContainText('loop after 4 of')
  await page.getByRole('textbox', { name: 'Why' }).fill('it burns money')
  await everyoneCanUse(page)
  await save.click()

  await expect(line).toContainText('holds a loop at 1')
  await expect(line).toContainText('v2 by local')
  const versions = page.getByRole('region', { name: 'Versions' })
  await expect(versions.getByRole('listitem')).toHaveCount(2)
  await expect(versions).toContainText('it burns money')
  // It holds from now on.
  await tried.getByRole('link', { name: goal }).click()
  await expect(headState(page, 'Paused')).toBeVisible()
})
