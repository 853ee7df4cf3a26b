import type { Locator, Page } from '@playwright/test'

import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'

/** One call each: runs of one transaction are of one instant, and their order is nobody's business. */
export async function aRun(url: string, agent: string, goal: string, parent = ''): Promise<string> {
  const [[id = ''] = []] = await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal, current_step, parent_id)
     values ('${agent}', '${goal} of ${agent}', 'step_1', nullif('${parent}', '')::uuid) returning workflow_id`,
  )
  return id
}

/** Running runs of one agent, with goals `Run 1 of …` and so on; the newest has the highest number. */
export async function runningRuns(stack: Stack, agent: string, count: number): Promise<string> {
  const url = await stack.addAgent(agent)
  for (let n = 1; n <= count; n += 1) await aRun(url, agent, `Run ${n}`)
  return url
}

/** A parent with two children, one of which has a child of its own; beside them a run of nobody's. */
export async function aFamily(stack: Stack, agent: string): Promise<string> {
  const url = await stack.addAgent(agent)
  const top = await aRun(url, agent, 'Top')
  const middle = await aRun(url, agent, 'Middle', top)
  await aRun(url, agent, 'Broken', top)
  await sql(url, `update workflow_checkpoints set status = 'failed' where goal like 'Broken%'`)
  await aRun(url, agent, 'Leaf', middle)
  await aRun(url, agent, 'Alone')
  return url
}

export const table = (page: Page): Locator => page.getByRole('grid', { name: 'Runs' })
export const selected = (page: Page): Locator => page.getByRole('region', { name: 'Selected runs' })
export const dialog = (page: Page): Locator => page.getByRole('dialog')
export const list = (page: Page, name: string): Locator =>
  dialog(page).getByRole('list', { name, exact: true }).getByRole('listitem')

/** The first word of each row's goal, in the order of the table. */
export async function goals(page: Page): Promise<string[]> {
  const texts = await table(page).getByRole('row').getByRole('link').allInnerTexts()
  return texts.map((text) => text.split(' of ')[0] ?? text)
}

export async function statuses(stack: Stack, agent: string): Promise<string[]> {
  const { rows } = await stack.owner.query<{ status: string }>(
    'select status from workflow_checkpoints where agent_id = $1 order by goal',
    [agent],
  )
  return rows.map(({ status }) => status)
}
