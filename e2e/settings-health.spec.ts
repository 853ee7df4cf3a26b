import type { Page } from '@playwright/test'
import { Client } from 'pg'

import { everyoneCanUse, fits } from './everyone.ts'
import { signInAs } from './people.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, lostConnection, signIn, test } from './test.ts'

/** By its title alone: what one fact advises may name another. */
const fact = (page: Page, title: string) =>
  page
    .getByRole('list', { name: 'Facts' })
    .getByRole('listitem')
    .filter({ has: page.getByText(title, { exact: true }) })

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme })

    test(`the health of what runs is told, with what leads @phone${colorScheme === 'dark' ? '' : ' @nightly'}`, async ({
      admitted: page,
      stack,
    }, info) => {
      await page.goto(`${stack.url}/settings?view=health`)
      await expect(page.getByRole('list', { name: 'Facts' }).getByRole('listitem')).toHaveCount(12)
      await expect(fact(page, 'Leading server')).toContainText('Fine')
      await expect(fact(page, 'Database')).toContainText('the primary')
      await expect(fact(page, 'Migrations')).toContainText('Fine')
      await fits(page)
      await everyoneCanUse(page)
      await page.screenshot({ path: info.outputPath('health.png') })
    })
  })
}

test('a transaction that keeps a run is told by its login, and is gone when it ends', async ({
  admitted: page,
  stack,
  agent,
}, info) => {
  const url = await stack.addAgent(agent)
  const [[run] = []] = await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal) values ('${agent}', 'Wait') returning workflow_id`,
  )
  await page.goto(`${stack.url}/settings?view=health`)
  const transactions = fact(page, "Transactions that keep a run's row")
  await expect(transactions).toContainText('None is open')
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query(`update workflow_checkpoints set tokens_in = 1 where workflow_id = $1`, [run])
  await expect(transactions).toContainText(/Look.*open for/s)
  await expect(page.getByRole('status').filter({ hasText: 'to look at' })).toBeVisible()
  await page.screenshot({ path: info.outputPath('transaction.png') })
  await client.query('commit')
  await client.end()
  await expect(transactions).toContainText('None is open')
})

test('while it is read that is said; what cannot be read is said, and read again', async ({
  page,
  stack,
  provokes,
}) => {
  provokes.push(lostConnection, /ERR_FAILED/)
  await signIn(page, stack)
  let cut = true
  const reached = Promise.withResolvers<void>()
  await page.route('**/trpc/system.health*', async (route) => {
    if (!cut) return route.continue()
    await reached.promise
    return route.abort()
  })
  await page.goto(`${stack.url}/settings?view=health`)
  await expect(page.getByLabel('Loading health')).toBeVisible()
  reached.resolve()
  await expect(page.getByText('The server could not be reached.')).toBeVisible()
  cut = false
  await expect(fact(page, 'Leading server')).toBeVisible()
  cut = true
  await expect(page.getByText('What is shown is as it was read last.')).toBeVisible()
  await expect(fact(page, 'Leading server')).toBeVisible()
})

test('health is closed to those who do not administer', async ({ page, stack, agent }) => {
  await signInAs(page, stack, `closed-${agent}`, 'operator', 'reviewer')
  await page.goto(`${stack.url}/settings?view=health`)
  await expect(page.getByRole('heading', { name: 'Health: for administrators' })).toBeVisible()
})
