import { everyoneCanUse } from './everyone.ts'
import { asks, placeOf } from './requests.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

test('a draft says what last week would have met, and which runs a check-in would have paused', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const tool = `${agent}.pay`
  const pay = async (eur: number) =>
    asks(url, agent, { tool, arguments: `{"eur": ${eur}}` }, { goal: `Pay ${eur} for ${agent}` })
  for (const eur of [900, 900, 5]) await pay(eur)
  for (const step of ['b', 'c'])
    await sql(
      url,
      `insert into workflow_checkpoints (agent_id, goal, current_step) values ('${agent}', 'Walk ${step}', 'a');
       update workflow_checkpoints set current_step = '${step}' where goal = 'Walk ${step}' and agent_id = '${agent}'`,
    )
  await page.goto(`${stack.url}/agents?view=policies`)
  await page.getByRole('button', { name: 'New policy' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill(`Payments of ${agent}`)
  await form.getByLabel('Tool').fill(tool)
  await form.getByRole('textbox', { name: 'Agent' }).fill(agent)
  await form.getByLabel('Nobody is asked where').fill('$.eur <= 20')
  await form.getByLabel('Who must agree').fill('2 on-call')
  await form.getByLabel('Deadline, in minutes').fill('30')
  await form.getByLabel('Check-in after steps').fill('2')
  await form.getByRole('button', { name: 'Look', exact: true }).click()
  const preview = form.getByRole('region', { name: 'Preview' })
  await expect(preview).toContainText(
    'Of 3 calls 2 would have waited for a person, 1 would have passed by the condition. For each that differs from what rules now.',
  )
  const calls = preview.getByRole('list', { name: 'Calls' }).getByRole('listitem')
  await expect(calls).toHaveCount(3)
  await expect(calls.filter({ hasText: 'Waits' }).first()).toContainText(
    /for 2 of on-call, within 30m.*, then it stays held/,
  )
  await expect(preview).toContainText('Of 5 runs 2 would have paused for a check-in:')
  await expect(preview.getByRole('list', { name: 'Check-ins' })).toContainText('Walk b')
  await everyoneCanUse(page)
  // In force it does what it said.
  await form.getByRole('button', { name: 'Put in force' }).click()
  await expect(form).toHaveCount(0)
  await page.goto(placeOf(stack, (await pay(900)).id))
  await expect(page.getByRole('region', { name: 'Who decides' })).toContainText('2 of on-call')
})
