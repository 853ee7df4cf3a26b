import { randomUUID } from 'node:crypto'

import { clock, night } from './look-back-night.ts'
import { boxOf } from './screens.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

/** A history that is long enough to go back in: as if a run had ended three hours ago. */
async function beginsEarlier(stack: Stack, run: string, agent: string): Promise<void> {
  await stack.owner.query(
    `with old as (
       select gen_random_uuid() as id, at - interval '3 hours' as at, state from run_events
       where workflow_id = $1 order by seq desc limit 1
     ), lived as (
       insert into run_lives (workflow_id, agent_id, began_at, ended_at, ended_seq, status)
         select id, $2, at, at, 1, 'complete' from old
     )
     insert into run_events (workflow_id, seq, kind, actor, login, at, state)
       select id, 1, 'run.complete', 'agent:' || $2::text, 'made', at, jsonb_set(state, '{id}', to_jsonb(id)) from old`,
    [run, agent],
  )
}

test('a minute and an hour back and on, by key and by the arrows of the handle', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { pay, early } = await night(stack, agent)
  await beginsEarlier(stack, pay, agent)
  await page.goto(`${stack.url}/?agent=${agent}&at=${encodeURIComponent(early)}`)
  const moment = page.getByRole('slider', { name: 'Moment' })
  const stood = async () => Number(await moment.getAttribute('aria-valuenow'))
  const begun = await stood()
  const stands = async (minutes: number) =>
    expect(moment).toHaveAttribute('aria-valuenow', String(begun + minutes * 60_000))
  await page.keyboard.press('Shift+,')
  await stands(-1)
  await page.keyboard.press('Shift+,')
  await stands(-2)
  await page.keyboard.press('Shift+.')
  await stands(-1)
  await moment.focus()
  await page.keyboard.press('Shift+ArrowLeft')
  await stands(-2)
  await page.keyboard.press('Shift+ArrowRight')
  await stands(-1)
  await page.keyboard.press('Alt+,')
  await stands(-61)
  await page.keyboard.press('Alt+,')
  await stands(-121)
  await page.keyboard.press('Alt+.')
  await stands(-61)
  // Not past the present: an hour on from here ends at now.
  await page.keyboard.press('Alt+.')
  await stands(-1)
  await page.keyboard.press('Alt+.')
  await expect.poll(stood).toBeGreaterThan(begun - 60_000)
  expect(await stood()).toBeLessThanOrEqual(Date.parse(await clock(stack)))
})

test('what came later is not told as of then: neither an event that is open, nor what became of an action', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const run = randomUUID()
  const call = { tool: 'mail.send', key: 'k', digest: 'a'.repeat(64), step: 'send', request: {} }
  await sql(
    url,
    `select start_run('${JSON.stringify({ runId: run, agentId: agent, worker: 'w' })}')`,
  )
  const [[begun = ''] = []] = await sql(
    url,
    `select begin_action('${run}', 1, '${JSON.stringify(call)}') ->> 'actionId'`,
  )
  const then = encodeURIComponent(await clock(stack))
  await sql(url, `select end_action('${run}', 1, '${begun}', '{"state": "confirmed"}')`)
  const { rows } = await stack.owner.query<{ seq: string }>(
    'select max(seq) as seq from run_events where workflow_id = $1',
    [run],
  )
  const detail = page.getByRole('complementary', { name: 'Event detail' })
  await page.goto(`${stack.url}/runs/${run}?at=${then}&sel=event.${rows[0]?.seq}`)
  await expect(detail).toContainText('came later')
  await expect(detail).not.toContainText('confirmed')
  await page.keyboard.press('.')
  await expect(detail).toContainText('Action confirmed')

  const row = page.getByRole('row', { name: 'began mail.send' })
  const opened = page.getByRole('region', { name: 'Audit row' })
  await page.goto(`${stack.url}/runs/${run}?at=${then}&tab=audit`)
  await row.click()
  // When it was logged, and of when its data is: that comes with the row in full.
  const claims = opened.getByRole('region', { name: 'The writer claims' })
  await expect(claims.locator('time')).toHaveCount(2)
  await expect(opened.getByRole('region', { name: 'What became of it' })).toHaveCount(0)
  await page.keyboard.press('l')
  await row.click()
  await expect(opened.getByRole('region', { name: 'What became of it' })).toContainText('Confirmed')
})

test('the times under the line are whole, and so are the words of where the history begins @phone', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { pay } = await night(stack, agent)
  await beginsEarlier(stack, pay, agent)
  const { rows } = await stack.owner.query<{ at: string }>(
    `select to_json(min(at) + interval '1 minute') #>> '{}' as at from run_events`,
  )
  // An hour about it: little of that lies before the history.
  await page.goto(`${stack.url}/?at=${encodeURIComponent(rows[0]?.at ?? '')}`)
  const words = page.getByTestId('times').locator('span').filter({ visible: true })
  await expect(words.filter({ hasText: /^begins \d\d:\d\d:\d\d/ })).toBeVisible()
  const line = await boxOf(page.getByTestId('times'))
  const places = await Promise.all((await words.all()).map(async (each) => boxOf(each)))
  expect(places.length).toBeGreaterThan(1)
  let taken = line.x
  for (const { x, width } of places.toSorted((a, b) => a.x - b.x)) {
    expect(x).toBeGreaterThanOrEqual(taken)
    taken = x + width
  }
  expect(taken).toBeLessThanOrEqual(line.x + line.width)
})
