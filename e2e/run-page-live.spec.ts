import { bars, openedAlone, row, rows } from './long-run-page.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

// What happens on the page of a run of 50,000 events while it is open.

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
