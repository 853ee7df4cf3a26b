import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

import { events, isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { longRun, type LongRun } from './stack/long-run.ts'
import { sql } from './stack/sql-agent.ts'
import { admit, expect, test } from './test.ts'

// The page of a run of 50,000 events: both its ends, its middle, and what happens while it is open.
// In one worker: those that only read share one run.
test.describe.configure({ mode: 'default' })
const many = 50_000
/** More rows than any screen shows; far fewer than there are. */
const mostRows = 120

interface Written {
  readonly run: LongRun
  /** The agent's own connection. */
  readonly url: string
}

/** Its 50,000 events take a while to write. */
const read = new WeakMap<Stack, Promise<Written>>()

function toRead(stack: Stack, agent: string): Promise<Written> {
  const known = read.get(stack) ?? written(stack, agent)
  read.set(stack, known)
  return known
}

async function written(stack: Stack, agent: string): Promise<Written> {
  const url = await stack.addAgent(agent)
  return { run: await longRun(stack, agent, many), url }
}

async function open(page: Page, stack: Stack, { run }: Written, search = ''): Promise<void> {
  await admit(page, stack)
  await page.goto(`${stack.url}/runs/${run.id}${search}`)
  await isLive(page)
  await expect(rows(page).first()).toBeVisible()
}

async function opened(page: Page, stack: Stack, agent: string, search = ''): Promise<Written> {
  const one = await toRead(stack, agent)
  await open(page, stack, one, search)
  return one
}

/** A run of its own, for a test in which it goes on. */
async function openedAlone(page: Page, stack: Stack, agent: string, search = ''): Promise<Written> {
  const one = await written(stack, agent)
  await open(page, stack, one, search)
  return one
}

const rows = (page: Page) => events(page).getByRole('button')
const bars = (page: Page) => page.getByRole('list', { name: 'Steps and actions' })
const row = (page: Page, seq: number) =>
  events(page).getByTitle(`Event ${seq.toLocaleString('en')}`, { exact: true })
const goTo = (page: Page) => page.getByRole('textbox', { name: 'Go to an event' })

test('both ends and the middle of 50,000 events are a key away, and few of them are drawn', async ({
  page,
  stack,
  agent,
}) => {
  const { run } = await opened(page, stack, agent)
  await expect(row(page, many)).toBeVisible()
  await expect(row(page, many)).toContainText('Step completed')
  const bounded = async () => expect(await rows(page).count()).toBeLessThan(mostRows)
  await bounded()

  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Home')
  await expect(row(page, 1)).toBeVisible()
  await expect(row(page, 1)).toContainText('Run started')
  await expect(row(page, 3)).toContainText('warehouse.count shelf 0')
  await expect(bars(page)).toContainText('read shelf 0')
  await bounded()

  await goTo(page).fill(String(run.rare))
  await goTo(page).press('Enter')
  await expect(row(page, run.rare)).toContainText('the one late word')
  await expect(row(page, run.rare)).toHaveAttribute('aria-pressed', 'true')
  await expect(bars(page)).toContainText(run.step.name)
  await expect(page.getByRole('complementary', { name: 'Event detail' })).toContainText('25,005')
  await bounded()

  await goTo(page).fill('when it broke')
  await goTo(page).press('Enter')
  await expect(page.getByRole('alert')).toContainText('Type a number, or a time')

  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('End')
  await expect(row(page, many)).toBeVisible()
  expect(await bars(page).getByRole('listitem').count()).toBeLessThan(mostRows)
})

test('a scrollbar is true to the whole run: dragged to a quarter, it shows the quarter', async ({
  page,
  stack,
  agent,
}) => {
  await opened(page, stack, agent)
  await events(page).evaluate((list) => {
    list.scrollTop = (list.scrollHeight - list.clientHeight) / 4
  })
  const first = async () => {
    const title = await rows(page).first().getAttribute('title')
    return Number(title?.replaceAll(/\D/g, ''))
  }
  // Until it is drawn, the rows are those of the end.
  await expect.poll(async () => Math.abs((await first()) - 12_500)).toBeLessThan(100)
  await expect(
    events(page)
      .getByText(/warehouse\.count shelf 15\d\d/)
      .first(),
  ).toBeVisible()
})

test('a filter finds the one event of its kind in the middle, and leads there', async ({
  page,
  stack,
  agent,
}) => {
  const { run } = await opened(page, stack, agent)
  const kinds = page.getByRole('group', { name: 'Kinds of events' })
  await kinds.getByRole('button', { name: 'State' }).click()
  // Of 50,000 events: that it began, and that it was held.
  await expect(rows(page)).toHaveCount(2)
  await expect(row(page, run.rare - 1)).toContainText('Paused')
  await expect(page).toHaveURL(/kinds=state/)
  await page.reload()
  await expect(rows(page)).toHaveCount(2)
  await row(page, run.rare - 1).click()
  await kinds.getByRole('button', { name: 'All' }).click()
  await expect(row(page, run.rare - 1)).toBeVisible()
  await expect(row(page, run.rare)).toBeVisible()
})

test('while it is open it grows at its live end; who reads elsewhere is told how much came', async ({
  page,
  stack,
  agent,
}) => {
  const { run, url } = await openedAlone(page, stack, agent)
  const write = async (step: string) =>
    sql(
      url,
      `update workflow_checkpoints set current_step = '${step}' where workflow_id = '${run.id}'`,
    )
  // By its words: a score of the supervisor may come in between, with a number of its own.
  const told = (step: string) => rows(page).filter({ hasText: step })
  await write('a new step')
  await expect(told('a new step')).toBeVisible()
  await expect(bars(page).getByRole('button', { name: /Step a new step in flight/ })).toBeVisible()

  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Home')
  await expect(row(page, 1)).toBeVisible()
  await write('another step')
  await write('a third step')
  const fresh = page.getByRole('button', { name: /^[2-9] new events/ })
  await expect(fresh).toBeVisible()
  await expect(row(page, 1)).toBeVisible()
  await fresh.click()
  await expect(told('a third step')).toBeVisible()
  await expect(bars(page).getByRole('button', { name: /Step another step done/ })).toBeAttached()
})

test('nine hours of pause are told and shortened; a held run does not look as if it worked', async ({
  page,
  stack,
  agent,
}) => {
  const { run, url } = await openedAlone(page, stack, agent, '?zoom=24990-57500')
  const over = page.getByRole('figure', { name: 'Steps and actions over time' })
  await expect(over).toContainText('held 9h 00m')
  const step = bars(page).getByRole('button', {
    name: `Step ${run.step.name} (${run.step.occurrence})`,
  })
  await expect(step).toContainText('9h 00m')
  await step.click()
  const detail = page.getByRole('complementary', { name: 'Step detail' })
  await expect(detail.getByRole('region', { name: 'Input' })).toContainText(/shelf:\s*3125/)
  await expect(row(page, run.rare)).toBeVisible()

  await page.getByRole('group', { name: 'Zoom' }).getByRole('button', { name: '1 min' }).click()
  await sql(
    url,
    `update workflow_checkpoints set current_step = 'a new step' where workflow_id = '${run.id}'`,
  )
  const open = bars(page).getByRole('button', { name: /Step a new step/ })
  await expect(open).toContainText('in flight')
  await stack.owner.query(`select pause_run($1, 'operator:someone')`, [run.id])
  await expect(open).toContainText('not finished')
  await expect(open).not.toContainText('in flight')
})

test('the density of the whole run is dragged over to zoom, and keys zoom and move', async ({
  page,
  stack,
  agent,
}) => {
  const { run } = await opened(page, stack, agent)
  const strip = page.getByRole('img', { name: /The whole run/ })
  const box = await strip.boundingBox()
  if (box === null) throw new Error('there is no strip')
  const across = async (part: number) => page.mouse.move(box.x + box.width * part, box.y + 10)
  await across(0.1)
  await page.mouse.down()
  await across(0.15)
  await across(0.2)
  await page.mouse.up()
  await expect(page).toHaveURL(/zoom=\d+(\.\d+)?-\d+/)
  const zoom = page.getByRole('group', { name: 'Zoom' })
  await expect(zoom.getByRole('button', { name: 'leave this window' })).toBeVisible()
  await expect(bars(page).getByRole('button').first()).toBeVisible()
  // The list goes along.
  await expect(row(page, run.rare)).toHaveCount(0)

  const address = page.url()
  await page.keyboard.press('+')
  await expect(page).not.toHaveURL(address)
  const zoomed = page.url()
  await page.keyboard.press('ArrowRight')
  await expect(page).not.toHaveURL(zoomed)
  await page.keyboard.press('0')
  await expect(page).not.toHaveURL(/zoom/)
  await page.keyboard.press('+')
  await expect(page).toHaveURL(/zoom=\d+(\.\d+)?[sm]$/)
})

test('what differs to the time before is shown path by path', async ({ page, stack, agent }) => {
  const { run } = await opened(page, stack, agent)
  const { name, occurrence } = run.step
  await page.goto(`${stack.url}/runs/${run.id}?sel=step.${occurrence}.${encodeURIComponent(name)}`)
  const detail = page.getByRole('complementary', { name: 'Step detail' })
  await detail
    .getByRole('combobox', { name: 'Compare with' })
    .selectOption({ label: `${name} (${occurrence - 1})` })
  const differs = detail.getByRole('region', { name: /^Input, against/ })
  await expect(differs).toContainText('1 difference')
  await expect(differs).toContainText('shelf')
  await expect(detail.getByRole('region', { name: /^Error, against/ })).toContainText(
    'nothing differs',
  )
})

test('an index that cannot be read says so over the rows that are known, and recovers', async ({
  page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/ERR_FAILED/)
  await page.route(/runs\.(index|lines|spans)/, async (route) => route.abort())
  await opened(page, stack, agent)
  await expect(row(page, many)).toContainText('Step completed')
  await expect(page.getByRole('alert').first()).toContainText('The server could not be reached.')
  await page.unroute(/runs\.(index|lines|spans)/)
  await expect(page.getByRole('alert')).toHaveCount(0)
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('Home')
  await expect(row(page, 1)).toContainText('Run started')
})

for (const scheme of ['dark', 'light'] as const) {
  test.describe(`in ${scheme}`, () => {
    test.use({ colorScheme: scheme })
    test(`the page of a long run has no accessibility violation${scheme === 'dark' ? '' : ' @nightly'}`, async ({
      page,
      stack,
      agent,
    }) => {
      const { run } = await opened(page, stack, agent, '?zoom=24990-57500')
      await expect(bars(page)).toContainText(run.step.name)
      await bars(page).getByRole('button').nth(2).click()
      await expect(
        page.getByRole('complementary').getByRole('region', { name: 'Input' }),
      ).toBeVisible()
      const { violations } = await new AxeBuilder({ page }).analyze()
      expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([])
    })
  })
}

test('on a phone the history scrolls in a box of its own and nothing is wider than the screen @phone', async ({
  page,
  stack,
  agent,
}) => {
  await opened(page, stack, agent)
  await expect(row(page, many)).toBeAttached()
  expect(await rows(page).count()).toBeLessThan(mostRows)
  expect(
    await page.evaluate(() => document.documentElement.scrollWidth - innerWidth),
  ).toBeLessThanOrEqual(0)
})
