import { randomUUID } from 'node:crypto'

import type { Locator, Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { clock, night } from './look-back-night.ts'
import {
  boxOf,
  bringUp,
  controls,
  events,
  headState,
  isLive,
  needsYou,
  openPalette,
  row,
  tryAgain,
} from './screens.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, lostConnection, test } from './test.ts'

const bar = (page: Page): Locator => page.getByTestId('past')
const moment = (page: Page): Locator => page.getByRole('slider', { name: 'Moment' })
const time = (page: Page): Locator => page.getByRole('textbox', { name: 'Time to look at' })
const changes = (page: Page): Locator => page.getByRole('list', { name: 'Runs that changed' })

const at = (instant: string) => `at=${encodeURIComponent(instant)}`

test('the fleet is shown as it was at each instant, and stands still there @phone', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { early, middle, late } = await night(stack, agent)
  const [pay, mail] = [`Pay for ${agent}`, `Mail for ${agent}`]
  await page.goto(`${stack.url}/?agent=${agent}&${at(early)}`)
  await expect(bar(page)).toContainText('Looking at')
  await expect(row(page, pay)).toContainText('Running')
  await expect(row(page, mail)).toContainText('Running')
  await expect(page.getByTestId('freshness')).toHaveCount(0)
  await everyoneCanUse(page, 'the fleet of then')

  await page.goto(`${stack.url}/?agent=${agent}&${at(middle)}`)
  await expect(row(page, pay)).toContainText('Needs approval')
  await expect(row(page, mail)).toContainText('Killed')
  const asks = needsYou(page).getByRole('link').filter({ hasText: agent }).first()
  await bringUp(page, asks)
  await expect(asks).toBeVisible()

  await page.goto(`${stack.url}/?agent=${agent}&${at(late)}`)
  await expect(row(page, pay)).toContainText('Complete')
  await page.reload()
  await expect(row(page, pay)).toContainText('Complete')

  await bar(page).getByRole('button', { name: 'Go live' }).click()
  await isLive(page)
  await expect(page).not.toHaveURL(/at=/)
  await expect(page).toHaveURL(new RegExp(`agent=${agent}`))
})

test('nothing can be commanded from the past, by button or by key', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const run = randomUUID()
  await sql(
    url,
    `insert into workflow_checkpoints (workflow_id, agent_id, current_step, goal)
     values ('${run}', '${agent}', 'check', 'Run of ${agent}')`,
  )
  const then = await clock(stack)
  const commands: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'POST' && request.url().includes('/trpc/'))
      commands.push(request.url())
  })
  await page.goto(`${stack.url}/?agent=${agent}&${at(then)}`)
  await expect(row(page, `Run of ${agent}`)).toBeVisible()
  await page.keyboard.press('j')
  const selected = page.getByRole('region', { name: 'Selected run' })
  await expect(selected).toContainText('nothing can be commanded from here')
  await expect(page.getByRole('checkbox')).toHaveCount(0)
  for (const key of ['p', 'r', 'Space', 'Control+a', 'Shift+j']) await page.keyboard.press(key)
  await page.keyboard.down('x')
  await page.keyboard.press('Enter')
  await page.keyboard.up('x')

  await expect(page).toHaveURL(new RegExp(`/runs/${run}\\?${at(then).slice(0, 16)}`))
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(page.getByTestId('past-sentence')).toContainText('nothing can be commanded')
  await expect(controls(page)).toHaveCount(0)
  for (const key of ['p', 'r', 'x']) await page.keyboard.press(key)
  await openPaletteOfThen(page)
  await page.keyboard.type('pause')
  await expect(page.getByRole('dialog').getByRole('option', { name: /^Pause/ })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await everyoneCanUse(page, 'the run of then')

  const { rows } = await stack.owner.query<{ status: string }>(
    'select status from workflow_checkpoints where workflow_id = $1',
    [run],
  )
  expect(rows).toEqual([{ status: 'running' }])
  expect(commands).toEqual([])
  await page.keyboard.press('l')
  await isLive(page)
  await expect(controls(page)).toBeVisible()
})

async function openPaletteOfThen(page: Page): Promise<void> {
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('dialog').getByRole('combobox')).toBeFocused()
}

test('a run ends at that instant; steps by event walk through it; back and reload keep the place', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { pay, early, middle } = await night(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}&${at(middle)}`)
  await row(page, `Pay for ${agent}`).getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/runs/${pay}\\?at=`))
  await expect(headState(page, 'Needs approval')).toBeVisible()
  await expect(events(page)).toContainText('Approval requested')
  await expect(events(page)).not.toContainText('Approval decided')

  const kinds = (await recordedKinds(stack, pay)).indexOf('approval.requested')
  // Of many presses at once some are taken for a key that is held down.
  const step = async (key: ',' | '.') => {
    const answered = page.waitForResponse(/history\.step/)
    await page.keyboard.press(key)
    await answered
  }
  await step(',')
  // The last event is that of the instant: before it comes the one before.
  await expect(page).not.toHaveURL(new RegExp(encodeURIComponent(middle)))
  for (let n = 0; n <= kinds; n += 1) await step(',')
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(events(page)).not.toContainText('Paused')
  await step('.')
  await expect(events(page)).toContainText('Paused')
  await page.reload()
  await expect(events(page)).toContainText('Paused')
  await expect(events(page)).not.toContainText('Approval decided')

  await page
    .getByRole('navigation', { name: 'Run' })
    .getByRole('link', { name: 'Approvals' })
    .click()
  await expect(page.getByText('No approval waited then').or(page.getByText('waited'))).toBeVisible()
  await page.goto(`${stack.url}/runs/${pay}?${at(early)}&tab=approvals`)
  await expect(page.getByText('No approval waited then')).toBeVisible()
  await page.goto(`${stack.url}/runs/${pay}?${at(middle)}&tab=approvals`)
  await expect(page.getByRole('list', { name: 'Approvals that waited then' })).toBeVisible()
  await page.goBack()
  await expect(page.getByText('No approval waited then')).toBeVisible()
})

async function recordedKinds(stack: Stack, run: string): Promise<string[]> {
  const { rows } = await stack.owner.query<{ kind: string }>(
    'select kind from run_events where workflow_id = $1 order by seq',
    [run],
  )
  return rows.map(({ kind }) => kind)
}

test('what changed between two instants is a list with before and after, and leads to both', async ({
  admitted: page,
  stack,
  agent,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const { pay, early, late } = await night(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}&${at(late)}&since=${encodeURIComponent(early)}`)
  await expect(changes(page).getByRole('listitem')).toHaveCount(2)
  const paid = changes(page)
    .getByRole('listitem')
    .filter({ hasText: `Pay for ${agent}` })
  await expect(paid.getByRole('link', { name: 'Running' })).toBeVisible()
  await expect(paid.getByRole('link', { name: 'Complete' })).toBeVisible()
  await expect(paid).toContainText(/Step\s*check\s*→\s*pay/)
  // The run that ended last changed last.
  await expect(changes(page).getByRole('listitem').first()).toContainText('Pay for')
  await everyoneCanUse(page, 'what changed')

  await page.getByRole('button', { name: 'Copy as text' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const text = await page.evaluate(async () => navigator.clipboard.readText())
  expect(text).toMatch(/^2 runs changed between/)
  expect(text).toContain(`(${pay})\n  State: Running -> Complete`)

  await page.getByRole('searchbox').fill('mail')
  await expect(changes(page).getByRole('listitem')).toHaveCount(1)
  await expect(page).toHaveURL(/since=/)
  await page.getByRole('searchbox').fill('')
  await paid.getByRole('link', { name: 'Running' }).click()
  await expect(page).toHaveURL(new RegExp(`/runs/${pay}\\?at=`))
  await expect(headState(page, 'Running')).toBeVisible()
  await page.goBack()
  await paid.getByRole('link', { name: 'Complete' }).click()
  await expect(headState(page, 'Complete')).toBeVisible()

  await page.goto(`${stack.url}/?agent=${agent}&${at(early)}&since=${encodeURIComponent(early)}`)
  await expect(page.getByText('Both handles stand at one instant')).toBeVisible()
})

test('ways into the past: keys, a typed time, the palette, the line, an event', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { pay, early } = await night(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}`)
  await isLive(page)
  await page.keyboard.press('b')
  await expect(bar(page)).toContainText('Looking at')
  await page.keyboard.press('l')
  await isLive(page)
  await page.keyboard.press(',')
  await expect(moment(page)).toBeVisible()

  await time(page).fill('tomorrow')
  await time(page).press('Enter')
  await expect(page.getByRole('alert').filter({ hasText: 'Type a time like' })).toBeVisible()
  await time(page).fill(early)
  await time(page).press('Enter')
  await expect(row(page, `Mail for ${agent}`)).toContainText('Running')
  const before = await moment(page).getAttribute('aria-valuenow')
  await page.keyboard.press('Alt+,')
  await expect(moment(page)).not.toHaveAttribute('aria-valuenow', before ?? '')

  await page.keyboard.press('l')
  await isLive(page)
  await openPalette(page)
  await page.keyboard.type('look back: yesterday 03:12')
  await expect(page.getByRole('option', { name: /Look back: 03:12:00/ })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { name: 'The history begins later' })).toBeVisible()
  await page.getByRole('button', { name: 'To its beginning' }).click()
  await expect(bar(page)).toContainText('Looking at')
  await page.getByRole('button', { name: '24 h', exact: true }).click()
  const line = page.getByRole('group', { name: /Events over time/ })
  const { x, y, width } = await boxOf(line)
  await page.mouse.move(x + 400, y + 20)
  await page.mouse.down()
  await page.mouse.move(x + width - 4, y + 20, { steps: 8 })
  await page.mouse.up()
  await expect(row(page, `Pay for ${agent}`)).toContainText('Complete')

  await page.goto(`${stack.url}/runs/${pay}`)
  await isLive(page)
  await events(page).getByText('Run started').click()
  await page.getByRole('link', { name: 'Fleet at this moment' }).click()
  await expect(bar(page)).toContainText('Looking at')
  await page.getByRole('searchbox').fill(agent)
  await expect(row(page, `Pay for ${agent}`)).toContainText('Running')
})

test('no instant, one to come, and one that cannot be read are each told; what was shown stays @phone', async ({
  admitted: page,
  stack,
  agent,
  provokes,
}) => {
  const { pay, early, middle } = await night(stack, agent)
  await page.goto(`${stack.url}/?at=banana`)
  await expect(page.getByRole('heading', { name: 'That is no instant' })).toBeVisible()
  await page.goto(`${stack.url}/?at=2999-01-01T00:00:00Z`)
  await expect(page.getByRole('heading', { name: /is still to come/ })).toBeVisible()
  await everyoneCanUse(page, 'an instant to come')
  await page.goto(`${stack.url}/runs/${pay}?at=2020-01-01T00:00:00Z`)
  await expect(page.getByRole('heading', { name: 'The history begins later' })).toBeVisible()

  await page.goto(`${stack.url}/?agent=${agent}&${at(early)}`)
  await expect(row(page, `Pay for ${agent}`)).toContainText('Running')
  provokes.push(lostConnection, /ERR_FAILED/)
  await page.route('**/trpc/**', async (route) => route.abort())
  await time(page).fill(middle)
  await time(page).press('Enter')
  await expect(bar(page).getByRole('alert')).toContainText('could not be read')
  await expect(bar(page).getByRole('status')).toContainText('Looking at')
  await expect(row(page, `Pay for ${agent}`)).toContainText('Running')
  await page.unroute('**/trpc/**')
  await tryAgain(bar(page), async () =>
    expect(row(page, `Pay for ${agent}`)).toContainText('Needs approval', { timeout: 1000 }),
  )
  await expect(bar(page).getByRole('alert')).toHaveCount(0)
})
