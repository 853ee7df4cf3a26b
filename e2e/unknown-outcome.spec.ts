import { randomUUID } from 'node:crypto'

import { everyoneCanUse } from './everyone.ts'
import { bringUp, headState, needsYou } from './screens.ts'
import type { Stack } from './stack.ts'
import type { Program } from './stack/program.ts'
import { says } from './stack/says.ts'
import { expect, signIn, test } from './test.ts'

// Whether an action landed is known to nobody but a person, who says it from the screen; then the agent goes on.

/** A run whose worker died inside its second call; another one took it up and was held at that call. */
async function unknownOutcome(
  stack: Stack,
  name: string,
): Promise<{ run: string; worker: Program }> {
  const url = await stack.addAgent(name)
  const run = randomUUID()
  const spec = JSON.stringify({ agent: name, goal: `Count for ${name}`, runId: run, leaseMs: 2000 })
  const first = stack.sdkAgent('long-call.ts', url, spec)
  await says(first, /begun 1/)
  first.say('12')
  await says(first, /begun 2/)
  await first.kill()
  const worker = stack.sdkAgent('long-call.ts', url, spec)
  return { run, worker }
}

async function actionOf(stack: Stack, run: string, target: string): Promise<unknown> {
  const { rows } = await stack.owner.query<{ action: unknown }>(
    `select jsonb_build_object('state', state, 'response', response, 'by', settled_by, 'why', settled_why, 'attempt', attempt)
       as action from actions where workflow_id = $1 and target = $2`,
    [run, target],
  )
  return rows[0]?.action
}

test('an action that landed is settled from the list: the agent gets the answer and does not call again', async ({
  page,
  stack,
  agent: name,
}) => {
  const { run, worker } = await unknownOutcome(stack, name)
  await signIn(page, stack)
  const line = needsYou(page).getByRole('listitem').filter({ hasText: name })
  await bringUp(page, line)
  await expect(line).toContainText('nobody knows whether warehouse.count on shelf 2 landed')
  await line.getByRole('button', { name: 'It landed' }).click()

  const dialog = page.getByRole('dialog', { name: 'Did warehouse.count land?' })
  const known = dialog.getByRole('region', { name: 'What is known' })
  await expect(known).toContainText('shelf 2')
  await everyoneCanUse(page)
  await expect(known).toContainText('nothing: its worker was gone before the answer')
  await expect(known.getByRole('region', { name: 'What was sent' })).toContainText(/shelf:\s*2/)
  const mark = dialog.getByRole('button', { name: 'Mark as landed' })
  await expect(mark).toBeDisabled()
  await dialog
    .getByRole('textbox', { name: /How do you know/ })
    .fill('the sheet on the shelf says 17')
  await dialog.getByRole('textbox', { name: /What it answered/ }).fill('17 pieces')
  await expect(dialog).toContainText('Not JSON yet')
  await expect(mark).toBeDisabled()
  await dialog.getByRole('textbox', { name: /What it answered/ }).fill('"17"')
  await mark.click()

  await expect(dialog).toBeHidden()
  await says(worker, /begun 3/)
  expect(worker.out).not.toContain('begun 2')
  await expect(line).toHaveCount(0)
  expect(await actionOf(stack, run, 'shelf 2')).toEqual({
    state: 'confirmed',
    response: '17',
    by: 'operator:local',
    why: 'the sheet on the shelf says 17',
    attempt: 1,
  })
})

test('an action that did not land is settled on the page of its run: the agent calls again', async ({
  page,
  stack,
  agent: name,
}) => {
  const { run, worker } = await unknownOutcome(stack, name)
  await signIn(page, stack)
  await page.goto(`${stack.url}/runs/${run}`)
  await expect(headState(page, 'Paused')).toBeVisible()
  const open = page.getByRole('region', { name: 'Unknown outcomes' })
  await expect(open).toContainText('Did warehouse.count shelf 2 land?')
  await expect(page.getByRole('button', { name: 'Resume', exact: true })).toBeDisabled()
  await open.getByRole('button', { name: 'It did not land' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByRole('radio', { name: /It did not land/ })).toBeChecked()
  await expect(dialog).toContainText('will try warehouse.count again')
  await expect(dialog.getByRole('textbox', { name: /What it answered/ })).toHaveCount(0)
  await dialog.getByRole('textbox', { name: /How do you know/ }).fill('nothing on the shelf')
  await dialog.getByRole('button', { name: 'Mark as not landed' }).click()

  await says(worker, /begun 2/)
  await expect(headState(page, 'Running')).toBeVisible()
  await expect(open).toHaveCount(0)
  expect(await actionOf(stack, run, 'shelf 2')).toMatchObject({ state: 'intended', attempt: 2 })
})

test('what is typed about an action stays when the row that asked goes away', async ({
  page,
  stack,
  agent: name,
}) => {
  const { run } = await unknownOutcome(stack, name)
  await signIn(page, stack)
  const line = needsYou(page).getByRole('listitem').filter({ hasText: name })
  await bringUp(page, line)
  await line.getByRole('button', { name: 'It did not land' }).click()
  const why = page.getByRole('dialog').getByRole('textbox', { name: /How do you know/ })
  await why.fill('nothing on the shelf')

  await stack.owner.query(`select kill_run($1, 'operator:someone', 'wrong warehouse')`, [run])
  const lane = page.locator('[aria-label="Needs you"]').filter({ hasText: name })
  await expect(lane).toHaveCount(0)
  await expect(why).toHaveValue('nothing on the shelf')
  await page.getByRole('dialog').getByRole('button', { name: 'Mark as not landed' }).click()
  await expect(page.getByRole('dialog')).toHaveCount(0)
  expect(await actionOf(stack, run, 'shelf 2')).toMatchObject({ by: 'operator:local' })
})
