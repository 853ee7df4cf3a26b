import { createHash } from 'node:crypto'

import type { Page } from '@playwright/test'
import { Client } from 'pg'

import { everyoneCanUse } from './everyone.ts'
import { ask, signInAs } from './people.ts'
import { asks, command, placeOf } from './requests.ts'
import { headState, hold, isLive } from './screens.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

/** @returns the id of the request */
const pays = async (url: string, agent: string, tool: string): Promise<string> =>
  (await asks(url, agent, { tool, arguments: '{"eur": 900}' })).id

const answers = (page: Page) => page.getByRole('button', { name: 'Approve', exact: true })

test('two of a group must agree: an administrator says so, and nobody counts twice', async ({
  admitted: page,
  stack,
  agent,
  browser,
}) => {
  const url = await stack.addAgent(agent)
  const tool = `${agent}.pay`
  const [ana, ben] = [`ana-${agent}`, `ben-${agent}`]

  await page.goto(`${stack.url}/agents?view=policies`)
  await page.getByRole('button', { name: 'New policy' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill(`Payments of ${agent}`)
  await form.getByLabel('Tool').fill(tool)
  await form.getByLabel('Who must agree').fill('two of us')
  await expect(form.getByText('Not yet: each line')).toBeVisible()
  await expect(form.getByRole('button', { name: 'Put in force' })).toBeDisabled()
  await form.getByLabel('Who must agree').fill(`2 on-call: ${ana}, ${ben}`)
  await form.getByRole('button', { name: 'Look', exact: true }).click()
  await expect(form.getByText('There was no such call.')).toBeVisible()
  await everyoneCanUse(page)
  await form.getByRole('button', { name: 'Put in force' }).click()
  await expect(
    page.getByRole('listitem').filter({ hasText: `Payments of ${agent}` }),
  ).toContainText('Needs 2 of on-call')
  await everyoneCanUse(page)

  const place = placeOf(stack, await pays(url, agent, tool))
  const first = await (await browser.newContext()).newPage()
  const second = await (await browser.newContext()).newPage()
  await signInAs(first, stack, ana, 'reviewer')
  await signInAs(second, stack, ben, 'reviewer')
  await first.goto(place)
  await second.goto(place)
  await expect(first.getByRole('region', { name: 'Who decides' })).toContainText('2 of on-call')
  await answers(first).click()
  await first.goto(place)
  await expect(first.getByText('You have answered it, and it waits for others')).toBeVisible()
  await expect(answers(first)).toHaveCount(0)
  await expect(second.getByRole('list', { name: 'Votes' })).toContainText(`${ana} approved`)
  await everyoneCanUse(second)
  await answers(second).click()
  await first.goto(place)
  await expect(first.getByRole('article', { name: 'Decision' }).getByRole('status')).toContainText(
    /approved by/i,
  )
  await first.context().close()
  await second.context().close()
})

test('a yes for calls to come is listed as long as it stands, and is taken back', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  await page.goto(placeOf(stack, await pays(url, agent, `${agent}.pay`)))
  await isLive(page)
  await page.getByRole('button', { name: 'More answers' }).click()
  await page.getByRole('menuitem', { name: /calls to come/ }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel(/any run of/).check()
  await expect(form.getByRole('button', { name: 'Approve these' })).toBeDisabled()
  await form.getByLabel('Only where').fill('$.eur <= 1000')
  await form.getByLabel('How often').fill('3')
  await form.getByLabel('For how many hours').fill('8')
  await everyoneCanUse(page)
  await form.getByRole('button', { name: 'Approve these' }).click()
  await expect(form).toHaveCount(0)

  await page.goto(`${stack.url}/agents?view=policies`)
  const standing = page.getByRole('listitem').filter({ hasText: `${agent}.pay` })
  await expect(standing).toContainText('of 3 times')
  await standing.getByRole('button', { name: /Take back/ }).click()
  await expect(standing).toHaveCount(0)
})

test('an agent that keeps its transaction open after it used a standing approval delays taking it back, and no more', async ({
  admitted: page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/status of 409/)
  const url = await stack.addAgent(agent)
  const tool = `${agent}.pay`
  const policy = { name: `Payments of ${agent}`, tool, gate: true, fourEyes: false }
  await ask(stack, 'policies.save', { spec: policy })
  const first = new Client({ connectionString: url })
  await first.connect()
  await begin(first, agent, tool)
  const { rows } = await stack.owner.query<{ id: string }>(
    'select approval_id as id from approval_queue where tool = $1',
    [tool],
  )
  const until = new Date(Date.now() + 3_600_000).toISOString()
  const further = { scope: 'agent', condition: '$.eur <= 1000', maxUses: 3, until }
  await ask(stack, 'approvals.decide', {
    id: rows[0]?.id,
    version: 1,
    decision: 'approved',
    further,
  })

  const cut = new Promise((resolve) => first.on('error', resolve))
  await first.query('begin')
  expect(await begin(first, agent, tool)).toBe('allow')
  await page.goto(`${stack.url}/agents?view=policies`)
  const standing = page.getByRole('listitem').filter({ hasText: tool }).filter({ hasText: 'used' })
  await standing.getByRole('button', { name: /Take back/ }).click()
  const inTheWay = page.getByRole('list', { name: 'Sessions in the way' })
  await expect(inTheWay).toContainText(`agent_${agent}`)
  await everyoneCanUse(page)
  await expect(standing).toBeVisible()
  await hold(page, inTheWay.getByRole('button', { name: 'End that session (hold)' }), async () =>
    expect(standing).toHaveCount(0),
  )
  await cut
  const second = new Client({ connectionString: url })
  await second.connect()
  expect(await begin(second, agent, tool)).toBe('hold')
  await second.end()
})

/** An action of a run that begins with it. @returns what the gate said */
async function begin(client: Client, agent: string, tool: string): Promise<string | undefined> {
  const request = { eur: 900 }
  const digest = createHash('sha256').update(JSON.stringify(request)).digest('hex')
  const { rows } = await client.query<{ decision: string }>(
    `select begin_action((start_run($1) ->> 'id')::uuid, 1, $2) ->> 'decision' as decision`,
    [
      { agentId: agent, worker: 'w', leaseMs: 3_600_000, step: 'pay' },
      { key: 'pay', tool, target: null, request, digest },
    ],
  )
  return rows[0]?.decision
}

test('whoever may only look is told so, and the server refuses them all the same', async ({
  stack,
  agent,
  browser,
}) => {
  const url = await stack.addAgent(agent)
  await ask(stack, 'approvals.decide', {
    id: await pays(url, agent, `${agent}.stands`),
    version: 1,
    decision: 'approved',
    further: { scope: 'run' },
  })
  const eve = `eve-${agent}`
  const id = await pays(url, agent, `${agent}.pay`)
  const page = await (await browser.newContext()).newPage()
  await signInAs(page, stack, eve, 'viewer')
  await page.goto(placeOf(stack, id))
  await expect(page.getByText('You may look; to decide takes a reviewer.')).toBeVisible()
  await expect(answers(page)).toHaveCount(0)
  const answer = await command(page, stack, 'approvals.decide', {
    id,
    version: 1,
    decision: 'approved',
  })
  expect(answer.status()).toBe(403)
  await page.goto(`${stack.url}/agents?view=policies`)
  await expect(page.getByText('Set by administrators.')).toBeVisible()
  await expect(page.getByRole('button', { name: 'New policy' })).toHaveCount(0)
  await expect(
    page.getByRole('button', { name: `Take back ${agent}.stands of ${agent}` }),
  ).toBeDisabled()
  await page.context().close()
})

test('a run that nobody looks at pauses when its policy says so; a look puts that off, and is in the log', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const [[run] = []] = await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal, current_step)
     values ('${agent}', 'Watch the shop of ${agent}', 'step 1') returning workflow_id`,
  )
  await page.goto(`${stack.url}/agents?view=policies`)
  await page.getByRole('button', { name: 'New policy' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill(`Look in on ${agent}`)
  await form.getByRole('textbox', { name: 'Agent' }).fill(agent)
  await form.getByLabel('Check-in after steps').fill('3')
  await form.getByRole('button', { name: 'Put in force' }).click()
  await expect(form).toHaveCount(0)

  await page.goto(`${stack.url}/runs/${run}`)
  await page.getByRole('button', { name: 'I have looked' }).click()
  await expect(page.getByRole('button', { name: 'Noted: you looked' })).toBeVisible()
  const { rows } = await stack.owner.query(
    `select actor from agent_audit_log where action = 'run.look' and workflow_id = $1`,
    [run],
  )
  expect(rows).toEqual([{ actor: 'operator:local' }])
  for (const step of ['step 2', 'step 3', 'step 4'])
    await sql(
      url,
      `update workflow_checkpoints set current_step = '${step}' where workflow_id = '${run}'`,
    )
  await expect(page.getByText('Check-in due').first()).toBeVisible()
  await page.getByRole('button', { name: 'Resume' }).first().click()
  await expect(headState(page, 'Running')).toBeVisible()
})

test('what the server cannot take is told by the name of its field', async ({
  admitted: page,
  stack,
  agent,
  provokes,
}) => {
  provokes.push(/400/)
  await page.goto(`${stack.url}/agents?view=policies`)
  await page.getByRole('button', { name: 'New policy' }).click()
  const form = page.getByRole('dialog')
  await form.getByLabel('Name', { exact: true }).fill(`Of ${agent}`)
  await form.getByLabel('Check-in after hours').fill('9000')
  await form.getByRole('button', { name: 'Put in force' }).click()
  await expect(form.getByRole('alert')).toContainText('Check-in after hours: at most 8760')
  await form.getByRole('button', { name: 'Discard' }).click()

  await page.goto(`${stack.url}/settings?view=people`)
  await page.getByRole('button', { name: 'Add a person' }).click()
  await form.getByLabel('Name, as').fill(`eve-${agent}`)
  await form.getByLabel('E-mail').fill('eve')
  await form.getByRole('button', { name: 'Add, and make a link' }).click()
  await expect(form.getByRole('alert')).toContainText('E-mail: not an e-mail address')
})
