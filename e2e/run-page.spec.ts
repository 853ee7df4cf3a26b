import type { Page } from '@playwright/test'

import { everyoneCanUse, fits } from './everyone.ts'
import { bars, many, opened, row, rows } from './long-run-page.ts'
import { boxOf, events } from './screens.ts'
import { expect, test } from './test.ts'

// Both ends of 50,000 events, and their middle. In one worker: these only read, and share one run.
test.describe.configure({ mode: 'default' })
/** More rows than any screen shows; far fewer than there are. */
const mostRows = 120

const goTo = (page: Page) => page.getByRole('textbox', { name: 'Go to an event' })

test('both ends and the middle of 50,000 events are a key away, and few of them are drawn', async ({
  page,
  stack,
}) => {
  const { run } = await opened(page, stack)
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
  await expect(
    page.getByRole('alert').filter({ hasText: 'Type a number, or a time' }),
  ).toBeVisible()

  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('End')
  await expect(row(page, many)).toBeVisible()
  expect(await bars(page).getByRole('listitem').count()).toBeLessThan(mostRows)
})

test('a scrollbar is true to the whole run: dragged to a quarter, it shows the quarter', async ({
  page,
  stack,
}) => {
  await opened(page, stack)
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
}) => {
  const { run } = await opened(page, stack)
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

test('the density of the whole run is dragged over to zoom, and keys zoom and move', async ({
  page,
  stack,
}) => {
  const { run } = await opened(page, stack)
  const strip = page.getByRole('img', { name: /The whole run/ })
  const box = await boxOf(strip)
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

test('what differs to the time before is shown path by path', async ({ page, stack }) => {
  const { run } = await opened(page, stack)
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
  provokes,
}) => {
  provokes.push(/ERR_FAILED/)
  await page.route(/runs\.(index|lines|spans)/, async (route) => route.abort())
  await opened(page, stack)
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
    }) => {
      const { run } = await opened(page, stack, '?zoom=24990-57500')
      await expect(bars(page)).toContainText(run.step.name)
      await bars(page).getByRole('button').nth(2).click()
      await expect(
        page.getByRole('complementary').getByRole('region', { name: 'Input' }),
      ).toBeVisible()
      await everyoneCanUse(page)
    })
  })
}

test('on a phone the history scrolls in a box of its own and nothing is wider than the screen @phone', async ({
  page,
  stack,
}) => {
  await opened(page, stack)
  await expect(row(page, many)).toBeAttached()
  expect(await rows(page).count()).toBeLessThan(mostRows)
  await fits(page)
})
