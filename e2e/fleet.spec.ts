import type { Page } from '@playwright/test'

import { controls, headState, isLive, openPalette, row } from './screens.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

/** Runs in different states, under one agent. */
async function someRuns(stack: Stack, agent: string): Promise<string> {
  const url = await stack.addAgent(agent)
  await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal, current_step, status) values
       ('${agent}', 'Alpha of ${agent}', 'step_1', 'running'),
       ('${agent}', 'Beta of ${agent}', 'step_1', 'running'),
       ('${agent}', 'Gamma of ${agent}', 'step_9', 'complete'),
       ('${agent}', 'Delta of ${agent}', 'step_4', 'failed');
     update workflow_checkpoints set status = 'paused', paused_at = now() where goal = 'Beta of ${agent}'`,
  )
  return url
}

const table = (page: Page) => page.getByRole('grid', { name: 'Runs' })
const goals = async (page: Page) => {
  const texts = await table(page).getByRole('row').getByRole('link').allInnerTexts()
  return texts.map((text) => /Alpha|Beta|Gamma|Delta/.exec(text)?.[0] ?? text)
}

test('filters, search and order live in the address: reload and back keep them', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  await someRuns(stack, agent)
  await page.getByRole('searchbox', { name: 'Search runs' }).fill(agent)
  await expect
    .poll(async () => (await goals(page)).toSorted())
    .toEqual(['Alpha', 'Beta', 'Delta', 'Gamma'])
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('menuitem', { name: 'State' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Running' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Complete' }).click()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.getByRole('combobox', { name: 'Sort' }).selectOption('Last event')
  await expect.poll(async () => (await goals(page)).toSorted()).toEqual(['Alpha', 'Gamma'])
  const address = page.url()
  expect(address).toContain(agent)

  await page.reload()
  await expect.poll(async () => (await goals(page)).toSorted()).toEqual(['Alpha', 'Gamma'])
  await expect(page.getByRole('searchbox', { name: 'Search runs' })).toHaveValue(agent)
  await expect(page.getByRole('combobox', { name: 'Sort' })).toHaveValue('recent')

  await row(page, 'Alpha').getByRole('link').click()
  await expect(headState(page, 'Running')).toBeVisible()
  await page.goBack()
  await expect(page).toHaveURL(address)
  await expect.poll(async () => (await goals(page)).toSorted()).toEqual(['Alpha', 'Gamma'])

  await page.getByRole('button', { name: 'state: Running' }).click()
  await expect.poll(async () => goals(page)).toEqual(['Gamma'])
  await page.getByRole('button', { name: 'Clear' }).click()
  await expect(page).toHaveURL(`${stack.url}/`)
})

test('a filter that nothing matches is told apart from an empty fleet', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await someRuns(stack, agent)
  await page.goto(`${stack.url}/?q=nothing-is-called-so`)
  await expect(page.getByRole('heading', { name: 'No run matches this filter' })).toBeVisible()
  await page.getByRole('link', { name: 'Clear the filter' }).click()
  await expect(row(page, 'Alpha of')).not.toHaveCount(0)
})

test('by keys alone: choose a run, pause it, resume it, open it, come back', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await someRuns(stack, agent)
  await page.goto(`${stack.url}/?agent=${agent}&state=running,needs_approval,paused`)
  await expect(table(page).getByRole('row')).toHaveCount(3)
  await page.keyboard.press('j')
  const chosen = table(page).getByRole('row', { selected: true })
  await expect(chosen).toHaveCount(1)
  while (!/Alpha/.test(await chosen.innerText())) await page.keyboard.press('j')
  await page.keyboard.press('p')
  await expect(row(page, 'Alpha')).toContainText('Paused by a person')
  await expect(page.getByRole('region', { name: 'Selected run' })).toContainText(
    'cannot be observed',
  )
  await page.keyboard.press('r')
  await expect(row(page, 'Alpha')).toContainText('Running')
  await page.keyboard.press('Enter')
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(controls(page)).toBeVisible()
  await page.keyboard.press('1')
  await expect(page).toHaveURL(`${stack.url}/`)
})

test('the palette finds a run by its goal, the key map tells the keys', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await someRuns(stack, agent)
  // Among the runs of all other tests a run that ended may stand below the screen, where no row is drawn.
  await page.goto(`${stack.url}/?agent=${agent}`)
  await expect(row(page, `Gamma of ${agent}`)).toBeVisible()
  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toContainText('Pause it')
  await page.keyboard.press('Escape')
  await openPalette(page)
  await page.keyboard.type(`gamma of ${agent}`)
  const found = page.getByRole('dialog').getByRole('option', { name: /Gamma/ })
  await expect(found).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toHaveText(
    `Gamma of ${agent}`,
  )
})

test('what is typed right after Ctrl-K is for the palette, not for the run below it', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await someRuns(stack, agent)
  const alpha = `from workflow_checkpoints where goal = 'Alpha of ${agent}'`
  const [[run] = []] = await sql(url, `select workflow_id ${alpha}`)
  await page.goto(`${stack.url}/runs/${run}`)
  await expect(controls(page)).toBeVisible()
  await page.keyboard.press('Control+k')
  await page.keyboard.type('price', { delay: 20 })
  await expect(page.getByRole('dialog', { name: 'Search and commands' })).toBeVisible()
  await page.keyboard.press('Escape')
  // Had the p reached the page, its pause would be on its way before this one.
  await page.keyboard.press('1')
  await expect(row(page, `Alpha of ${agent}`)).toContainText('Running')
  await expect.poll(async () => sql(url, `select status ${alpha}`)).toEqual([['running']])
})

test('each place on a run has its address', async ({ signedIn: page, stack, agent }) => {
  const url = await someRuns(stack, agent)
  const [[run] = []] = await sql(
    url,
    `select workflow_id from workflow_checkpoints where goal like 'Delta%'`,
  )
  const tabs = page.getByRole('navigation', { name: 'Run' })
  for (const tab of ['Actions', 'Approvals', 'Audit', 'Raw', 'Timeline']) {
    await page.goto(`${stack.url}/runs/${run}`)
    await tabs.getByRole('link', { name: tab }).click()
    await expect(tabs.getByRole('link', { name: tab })).toHaveAttribute('aria-current', 'page')
    await page.reload()
    await expect(tabs.getByRole('link', { name: tab })).toHaveAttribute('aria-current', 'page')
  }
  await page.getByRole('log', { name: 'Events' }).getByRole('button').first().click()
  await expect(page).toHaveURL(/sel=event/)
  await page.reload()
  await isLive(page)
  await expect(
    page.getByRole('log', { name: 'Events' }).getByRole('button', { pressed: true }),
  ).toHaveCount(1)
})

test('the counts by state agree with the database and filter the fleet', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  await someRuns(stack, agent)
  const { rows } = await stack.owner.query<{ n: number }>(
    `select count(*)::integer as n from workflow_checkpoints where status = 'failed'`,
  )
  const counts = page.getByRole('list', { name: 'Runs by state' }).filter({ visible: true })
  const failed = counts.getByRole('link', { name: /Failed/ })
  await expect(failed).toContainText(`Failed${rows[0]?.n}`)
  await failed.click()
  await expect(page).toHaveURL(/state=failed/)
  await expect(row(page, `Delta of ${agent}`)).toBeVisible()
  await expect(row(page, `Alpha of ${agent}`)).toHaveCount(0)
})

test('a part whose code cannot be fetched says so, and the rest of the fleet is at work', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/ERR_FAILED/, /dynamically imported module/)
  await someRuns(stack, agent)
  await page.route(/\/(NeedsYou|FleetCharts)-.*\.js$/, async (route) => route.abort())
  await page.goto(stack.signInUrl)
  await expect(page.getByRole('alert').filter({ hasText: 'could not be loaded' })).toHaveCount(2)
  await expect(row(page, `Alpha of ${agent}`)).toBeVisible()
  await page.unroute(/\/(NeedsYou|FleetCharts)-.*\.js$/)
  await page.getByRole('button', { name: 'Reload the page' }).first().click()
  await expect(page.getByRole('region', { name: 'Needs you' })).toBeVisible()
  await expect(page.getByRole('alert')).toHaveCount(0)
})
