import type { Page } from '@playwright/test'

import { agents, moments, timeline } from './incident-screens.ts'
import { clock, night } from './look-back-night.ts'
import { addPerson, ask } from './people.ts'
import { boxOf, isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, test } from './test.ts'

interface Act {
  readonly id: string
  readonly at: Date
}

async function actOf(stack: Stack, action: string, subject: string): Promise<Act> {
  const { rows } = await stack.owner.query<Act>(
    `select log_id as id, seen_at as at from agent_audit_log
     where action = $1 and $2 in (agent_id, target_row_id)`,
    [action, subject],
  )
  expect(rows).toHaveLength(1)
  return rows[0] as Act
}

const opened = (page: Page) => page.getByRole('region', { name: 'Audit row' })

test('a click on the mark of what a person did, about an agent or about none, opens its row in the log', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { early } = await night(stack, agent)
  await ask(stack, 'agents.isolate', { agentId: agent, reason: 'it pays twice' })
  await ask(stack, 'agents.release', { agentId: agent, reason: 'it is mended' })
  await addPerson(stack, `${agent}-ana`, ['reviewer'])
  const window = { from: Date.parse(early) - 1000, to: Date.parse(await clock(stack)) }
  const incident = new URL('/incidents', stack.url)
  incident.searchParams.set('from', new Date(window.from).toISOString())
  incident.searchParams.set('to', new Date(window.to).toISOString())
  incident.searchParams.set('agent', agent)
  const lane = agents(page).getByRole('listitem')
  const fleet = timeline(page).getByText('Whole fleet', { exact: true }).locator('..')
  const field = page.getByTestId('lanes')

  const press = async (act: Act, y: number, says: readonly string[]) => {
    const box = await boxOf(field)
    const part = (act.at.getTime() - window.from) / (window.to - window.from)
    await page.mouse.move(box.x + part * box.width, y)
    for (const words of says) await expect(field).toContainText(words)
    await page.mouse.click(box.x + part * box.width, y)
    await expect(page).toHaveURL(/\/audit\?/)
    expect(new URL(page.url()).searchParams.get('sel')).toBe(act.id)
  }

  await page.goto(incident.href)
  await isLive(page)
  // Over the bars, where how much happened is drawn.
  const isolation = await actOf(stack, 'agent.isolate', agent)
  await press(isolation, (await boxOf(lane)).y + 11, ['Agent isolated', 'it pays twice'])
  await expect(opened(page)).toContainText('agent.isolate')
  await expect(opened(page)).toContainText('it pays twice')

  await page.goBack()
  const added = await actOf(stack, 'operator.add', `${agent}-ana`)
  const { y, height } = await boxOf(fleet)
  await press(added, y + height / 2, ['Person added', `${agent}-ana`, 'Whole fleet'])
  await expect(opened(page)).toContainText('operator.add')
  await expect(opened(page)).toContainText(`${agent}-ana`)

  // The same from the table.
  incident.searchParams.set('view', 'table')
  await page.goto(incident.href)
  const released = moments(page).getByRole('row').filter({ hasText: 'Agent released' })
  await expect(released).toContainText('it is mended')
  await released.getByRole('link', { name: 'audit row' }).click()
  await expect(opened(page)).toContainText('agent.release')
  await expect(opened(page)).toContainText('it is mended')
})
