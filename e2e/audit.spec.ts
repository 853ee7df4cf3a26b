import { readFile } from 'node:fs/promises'

import type { Locator, Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { isLive, tryAgain } from './screens.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, lostConnection, signIn, test } from './test.ts'

const log = (page: Page): Locator => page.getByRole('grid', { name: 'Audit log' })
const rows = (page: Page): Locator => log(page).locator('[data-row]')
const detail = (page: Page): Locator => page.getByRole('region', { name: 'Audit row' })
const filter = (page: Page): Locator => page.getByRole('combobox', { name: 'Add a filter' })

/** An agent that changed prices by plain SQL, and once said something else than the database saw. */
async function prices(stack: Stack, agent: string, count = 12): Promise<string> {
  const url = await stack.addAgent(agent)
  await sql(
    url,
    `insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_before, data_after)
     select '${agent}', 'price.set', 'prices', 'p' || n, jsonb_build_object('net', n, 'by', 'x'),
       jsonb_build_object('net', n * 2, 'by', 'x', 'why', 'a sale')
     from generate_series(1, ${count}) n;
     insert into agent_audit_log (agent_id, action, target_table, target_row_id, data_after, credentials, logged_at)
     values ('${agent}', 'price.drop', 'prices', 'p7', '"=gone"', 'the boss himself', now() - interval '2 hours')`,
  )
  return url
}

test('is filtered by keyboard; its link shows the same to someone else; back goes back', async ({
  signedIn: page,
  stack,
  agent,
  browser,
}) => {
  await prices(stack, agent)
  await page.keyboard.press('4')
  await expect(log(page)).toBeVisible()
  await page.keyboard.press('/')
  await expect(filter(page)).toBeFocused()
  await page.keyboard.type(`agent:${agent}`)
  await expect(page.getByRole('option', { name: `agent: ${agent}`, exact: true })).toBeVisible()
  await page.keyboard.press('Enter')
  await expect(rows(page)).toHaveCount(13)
  await page.keyboard.type('row:p7')
  await page.keyboard.press('Enter')
  await expect(rows(page)).toHaveCount(2)
  await expect(page).toHaveURL(new RegExp(`agent=${agent}&row=p7`))
  await page.keyboard.press('Escape')

  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(detail(page)).toContainText('price.set')
  await page.keyboard.press('k')
  await expect(detail(page)).toContainText('price.drop')
  await page.keyboard.press('Enter')
  await expect(detail(page)).toBeFocused()
  await expect(page).toHaveURL(/sel=/)

  const elsewhere = await (await browser.newContext()).newPage()
  await signIn(elsewhere, stack)
  await elsewhere.goto(page.url())
  await expect(rows(elsewhere)).toHaveCount(2)
  await expect(detail(elsewhere)).toContainText('price.drop')
  await expect(log(elsewhere).getByRole('row', { selected: true })).toContainText('price.drop')
  await elsewhere.context().close()

  await page.keyboard.press('Escape')
  await expect(detail(page)).toHaveCount(0)
  await page.goBack()
  await expect(rows(page)).toHaveCount(13)
})

test('a row says what the database saw beside what its writer claims, and what changed', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await prices(stack, agent)
  await page.goto(`${stack.url}/audit?agent=${agent}&row=p7`)
  await rows(page).filter({ hasText: 'price.drop' }).click()
  const saw = detail(page).getByRole('region', { name: 'The database saw' })
  const claims = detail(page).getByRole('region', { name: 'The writer claims' })
  await expect(saw).toContainText(`agent:${agent}`)
  await expect(saw).toContainText(new RegExp(`By login.*${agent.replaceAll('-', '.')}`))
  await expect(claims).toContainText('the boss himself')
  await expect(claims).toContainText('2h 00m before the database saw it')
  await expect(saw).not.toContainText('the boss himself')

  await rows(page).filter({ hasText: 'price.set' }).click()
  const diff = detail(page).getByRole('region', { name: 'Before → after' })
  await expect(diff).toContainText('2 differences')
  await expect(diff.locator('dt').filter({ hasText: 'net' })).toContainText('changed')
  await expect(diff.locator('del')).toHaveText(['7'])
  await expect(diff.locator('ins')).toHaveText(['14'])
  await expect(diff.locator('dt').filter({ hasText: 'why' })).toContainText('added')
  await expect(diff).not.toContainText('by')

  await detail(page).getByRole('button', { name: 'this row' }).click()
  await expect(page).toHaveURL(/table=prices/)
  await expect(detail(page)).toHaveCount(0)
  await page.goto(`${stack.url}/audit?agent=${agent}&action=price.*&order=oldest`)
  await expect(rows(page).last()).toContainText('price.drop')
})

test('a window of time is a part of the address; a relative one is written out in its link', async ({
  admitted: page,
  stack,
  agent,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await prices(stack, agent)
  await page.goto(`${stack.url}/audit?agent=${agent}`)
  await page.getByRole('button', { name: 'Time', exact: true }).click()
  await page.getByRole('button', { name: '15 min', exact: true }).click()
  await expect(page).toHaveURL(/from=-15m/)
  await expect(rows(page)).toHaveCount(13)
  await page.getByRole('button', { name: 'Copy link' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const link = await page.evaluate(async () => navigator.clipboard.readText())
  expect(link).toMatch(/from=\d{4}-.*&to=\d{4}-/)
  await page.goto(link)
  await expect(rows(page)).toHaveCount(13)

  await page.goto(`${stack.url}/audit?agent=${agent}&to=2020-01-01T00:00:00Z`)
  await expect(page.getByRole('heading', { name: 'No row matches this filter' })).toBeVisible()
  await page.getByRole('button', { name: 'Show all rows' }).click()
  await expect(rows(page).first()).toBeVisible()
})

test('a file has every row of the filter, not only those on screen', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await prices(stack, agent, 1500)
  await page.goto(`${stack.url}/audit?agent=${agent}`)
  await expect(rows(page).first()).toBeVisible()
  const download = async (format: 'CSV' | 'JSON') => {
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: format, exact: true }).click()
    const file = await coming
    expect(file.suggestedFilename()).toMatch(/^holdpoint-audit-.*\.(csv|json)$/)
    return readFile(await file.path(), 'utf8')
  }
  await page.getByRole('button', { name: 'Export' }).click()
  const json = JSON.parse(await download('JSON')) as { rows: { action: string }[]; count: number }
  expect(json.count).toBe(1501)
  expect(json.rows).toHaveLength(1501)
  expect(json.rows[0]?.action).toBe('price.drop')
  await expect(page.getByText('1,501 rows in')).toBeVisible()
  const csv = (await download('CSV')).split('\r\n')
  expect(csv).toHaveLength(1501 + 3)
  expect(csv.at(-2)).toMatch(/^# complete,1501 rows,/)
  expect(csv[1]).toContain('the boss himself')
})

test('a file that broke off is not kept, and that is said', async ({
  admitted: page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(lostConnection, /ERR_FAILED/)
  await prices(stack, agent)
  await page.goto(`${stack.url}/audit?agent=${agent}`)
  await page.route('**/api/audit/export**', async (route) =>
    route.fulfill({ status: 200, contentType: 'application/json', body: '{"rows":[\n{}' }),
  )
  await page.getByRole('button', { name: 'Export' }).click()
  await page.getByRole('button', { name: 'JSON', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'rows are missing' })).toBeVisible()
  await page.unroute('**/api/audit/export**')
  await page.route('**/api/audit/export**', async (route) => route.abort())
  await page.getByRole('button', { name: 'CSV', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'could not be reached' })).toBeVisible()
})

test('new rows are announced and not pushed under the pointer', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await prices(stack, agent)
  await page.goto(`${stack.url}/audit?agent=${agent}`)
  await expect(rows(page)).toHaveCount(13)
  await sql(url, `insert into agent_audit_log (agent_id, action) values ('${agent}', 'meanwhile')`)
  const fresh = page.getByRole('button', { name: '1 new row' })
  await expect(fresh).toBeVisible()
  await expect(rows(page)).toHaveCount(13)
  await fresh.click()
  await expect(rows(page)).toHaveCount(14)
  await expect(rows(page).first()).toContainText('meanwhile')
  await expect(fresh).toHaveCount(0)
})

test('thousands of rows are loaded on the way down, and few are drawn', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await prices(stack, agent, 1200)
  await page.goto(`${stack.url}/audit?agent=${agent}`)
  await expect(rows(page).first()).toBeVisible()
  await log(page).hover()
  await expect
    .poll(async () => {
      await page.mouse.wheel(0, 20_000)
      return page.getByText('That is the whole log of this filter.').isVisible()
    })
    .toBe(true)
  await expect(log(page)).toHaveAttribute('aria-rowcount', '1202')
  expect(await rows(page).count()).toBeLessThan(100)
})

test('what takes too long to read is said, and is not shown as empty', async ({
  admitted: page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/status of 400/)
  await prices(stack, agent)
  // The table is not to be read until the test lets go of it.
  const holder = await stack.owner.connect()
  try {
    await holder.query('begin')
    await holder.query('lock table agent_audit_log in access exclusive mode')
    await page.goto(`${stack.url}/audit?agent=${agent}`)
    await expect(
      page.getByRole('alert').filter({ hasText: 'takes too long to read' }),
    ).toBeVisible()
    await expect(page.getByText(/No row matches|No audit row/)).toHaveCount(0)
  } finally {
    await holder.query('rollback')
    holder.release()
  }
  await tryAgain(page, async () => expect(rows(page)).toHaveCount(13, { timeout: 1000 }))
})

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme })

    test(`everyone can use it, also on a phone${colorScheme === 'dark' ? ' @phone' : ' @nightly'}`, async ({
      admitted: page,
      stack,
      agent,
    }) => {
      await prices(stack, agent)
      await page.goto(`${stack.url}/audit?agent=${agent}`)
      await isLive(page)
      await expect(rows(page).first()).toBeVisible()
      await everyoneCanUse(page, 'list')
      await filter(page).focus()
      await expect(page.getByRole('option').first()).toBeVisible()
      await everyoneCanUse(page, 'suggestions')
      await page.keyboard.press('Escape')
      await page.getByRole('button', { name: 'Time', exact: true }).click()
      await everyoneCanUse(page, 'time')
      await page.keyboard.press('Escape')
      await rows(page).filter({ hasText: 'price.set' }).first().click()
      await expect(detail(page)).toContainText('2 differences')
      await everyoneCanUse(page, 'row')
      await detail(page).getByRole('button', { name: 'Close (Esc)' }).click()
      await expect(rows(page).first()).toBeVisible()
    })
  })
}
