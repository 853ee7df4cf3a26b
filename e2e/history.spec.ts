import { randomUUID } from 'node:crypto'

import { everyoneCanUse } from './everyone.ts'
import { freshness, isLive, row } from './screens.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

test.describe('the history', () => {
  for (const colorScheme of ['dark', 'light'] as const) {
    test.describe(colorScheme, () => {
      test.use({ colorScheme })

      test(`is drawn with its gaps, told in words, and filters the table${colorScheme === 'dark' ? ' @phone' : ' @nightly'}`, async ({
        signedIn: page,
        stack,
        agent: name,
      }) => {
        const url = await stack.addAgent(name)
        const run = randomUUID()
        await sql(
          url,
          `select start_run('${JSON.stringify({ runId: run, agentId: name, worker: 'w', goal: `Fail for ${name}` })}');
           select end_run('${run}', 1, 'failed', 'TOOL_FAILURE', 'it broke')`,
        )
        await stack.owner.query(
          `insert into fleet_samples (at, counts, ended)
           select clock_timestamp() - n * interval '15 seconds', '{"running": 7, "lost": 2}', '{"complete": 3, "failed": 1, "killed": 0}'
           from generate_series(1, 200) n where n not between 60 and 120 on conflict do nothing`,
        )
        await page.reload()
        await isLive(page)
        const history = page.getByRole('region', { name: 'History' })
        await expect(history).toContainText(
          /1 h · [\d,]+ complete, [\d,]+ failed, [\d,]+ killed until \d\d:\d\d:\d\d/,
        )
        await history.getByRole('button', { name: 'History' }).click()
        const table = history.getByRole('table', { name: /Runs by state over the last hour/ })
        await expect(table).toContainText('No samples: ')
        await expect(table.getByRole('columnheader', { name: 'Lost' })).toBeAttached()
        await expect(table.getByRole('row').filter({ hasText: 'no sample' }).first()).toBeAttached()
        const drawn = history.locator('svg.recharts-surface')
        await expect(drawn.first()).toBeVisible()
        // The same in words: a column for each area, the numbers of a sample, and what ended, as the line above says.
        await expect(history.locator('.recharts-area-area')).not.toHaveCount(0)
        await expect(async () => {
          const columns = await table.getByRole('columnheader').count()
          expect(await history.locator('.recharts-area').count()).toBe(columns - 1)
        }).toPass()
        // Of those that were written above: two lost, and seven at work.
        await expect(table.getByRole('row', { name: / 2( 0)* 7$/ })).not.toHaveCount(0)
        const ended = async () =>
          [...((await history.textContent()) ?? '').matchAll(/[\d,]+ complete, .*? killed/g)].map(
            ([words]) => words,
          )
        await expect(async () => {
          const [above, below] = await ended()
          expect(below).toBe(above)
        }).toPass()
        // It wears the theme of the page.
        const ink = await history
          .locator('.recharts-cartesian-axis-tick-value')
          .first()
          .evaluate((tick) => [getComputedStyle(tick).fill, tick.getAttribute('fill')])
        expect(ink[1]).toBe('var(--color-muted)')
        expect(ink[0]).toBe(
          await history
            .locator('.label')
            .first()
            .evaluate((word) => getComputedStyle(word).color),
        )
        await everyoneCanUse(page)

        await history.getByRole('button', { name: '24 h' }).click()
        await expect(
          history.getByRole('table', { name: /Runs by state over the last 24 hours/ }),
        ).toBeAttached()
        const reasons = history.getByRole('region', { name: 'Stop reasons' })
        const failures = reasons.getByRole('link', { name: /Tool failure/ })
        // Bars beside each reason, and the same in numbers, which anyone can ask for in their place.
        await expect(failures.locator('.recharts-bar-rectangle')).not.toHaveCount(0)
        const often = /\d+$/.exec((await failures.textContent()) ?? '')?.[0] ?? ''
        const numbers = history.getByRole('button', { name: 'Numbers' })
        await numbers.click()
        await expect(drawn).toHaveCount(0)
        const stops = history.getByRole('table', { name: /Why runs stopped over/ })
        await expect(stops.getByRole('columnheader', { name: 'Tool failure' })).toBeVisible()
        await expect(stops.getByRole('row', { name: /In all/ })).toContainText(often)
        await numbers.click()
        await failures.click()
        await expect(page).toHaveURL(/reason=TOOL_FAILURE/)
        await expect(row(page, `Fail for ${name}`)).toBeVisible()
        await history
          .getByRole('list', { name: 'States drawn' })
          .getByRole('link', { name: 'Failed' })
          .click()
        await expect(page).toHaveURL(/state=failed/)
        await page.reload()
        // How a person left it is how they find it.
        await expect(
          history.getByRole('table', { name: /Runs by state over the last 24 hours/ }),
        ).toBeAttached()
      })
    })
  }
})

test('a page whose reads fail is not shown as live, and says what is missing; then it is read by itself', async ({
  signedIn: page,
  stack,
  agent: name,
  provokes,
}) => {
  const url = await stack.addAgent(name)
  await sql(url, `insert into workflow_checkpoints (agent_id) values ('${name}')`)
  await expect(row(page, name)).toBeVisible()
  provokes.push(/ERR_FAILED/)
  const needsYou = page.getByRole('region', { name: 'Needs you' })
  await page.route('**/trpc/**', async (route) => route.abort())
  await page.reload()
  await expect(freshness(page, 'Live, but part of this page could not be read')).toBeAttached()
  await expect(page.getByRole('banner')).not.toContainText(/\blive\b/)
  await expect(needsYou).toContainText('overdue loops')
  await page.unroute('**/trpc/**')
  await isLive(page)
  await expect(needsYou).not.toContainText('Could not be read')
})
