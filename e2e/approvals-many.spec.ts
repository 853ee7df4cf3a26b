import { everyoneCanUse } from './everyone.ts'
import { addPerson } from './people.ts'
import { asks, command, placeOf, requestOf } from './requests.ts'
import { isLive } from './screens.ts'
import { expect, test } from './test.ts'

test('several requests are answered as the dry run froze them, and one that was answered meanwhile says so', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const ids: string[] = []
  for (const n of [1, 2, 3]) {
    const mail = { tool: `${agent}.mail`, target: `customer ${n}`, arguments: `{"n": ${n}}` }
    ids.push((await asks(url, agent, mail)).id)
  }
  await page.goto(`${stack.url}/approvals`)
  await isLive(page)
  const list = page.getByRole('region', { name: 'Open approvals' })
  const boxes = list.getByRole('checkbox', { name: `Choose ${agent}.mail of ${agent}` })
  await expect(boxes).toHaveCount(3)
  for (const box of await boxes.all()) await box.check()
  await expect(list.getByText('3 chosen')).toBeVisible()
  await list.getByRole('button', { name: 'Approve…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(dialog.getByText('Nothing has been decided yet.')).toBeVisible()
  await expect(
    dialog.getByRole('list', { name: 'Will be answered' }).getByRole('listitem'),
  ).toHaveCount(3)
  await everyoneCanUse(page)

  const answer = await command(page, stack, 'approvals.decide', {
    id: ids[0],
    version: 1,
    decision: 'rejected',
    reason: 'not this one',
  })
  expect(answer.ok()).toBe(true)
  await dialog.getByRole('button', { name: 'Approve these 3' }).click()
  await expect(dialog.getByText('2 requests answered, 1 refused', { exact: false })).toBeVisible()
  await dialog.getByRole('button', { name: 'Close' }).click()
  await expect(list.getByText(`${agent}.mail`)).toHaveCount(0)
  expect(
    (await Promise.all(ids.map(async (id) => requestOf(stack, id)))).map(
      ({ decision }) => decision,
    ),
  ).toEqual(['rejected', 'approved', 'approved'])
})

test('an output is graded by a person, and its grade lands with the answer', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const { id } = await asks(url, agent, { kind: 'output', arguments: '{"answer": "42"}' })
  await page.goto(placeOf(stack, id))
  await isLive(page)
  await expect(page.getByRole('heading', { name: 'Return this output?' })).toBeVisible()
  const approve = page.getByRole('button', { name: 'Approve', exact: true })
  await expect(approve).toBeDisabled()
  await page.getByText('0.75 good').click()
  await everyoneCanUse(page)
  await approve.click()
  await expect
    .poll(async () => requestOf(stack, id))
    .toMatchObject({ decision: 'approved', grade: { score: 0.75 } })
})

test('a dry run of someone limited to other agents names what would be refused, and why', async ({
  page,
  stack,
  agent,
}) => {
  const [url, own] = [await stack.addAgent(agent), await stack.addAgent(`own-${agent}`)]
  const mail = { tool: `${agent}.mail`, arguments: '{}' }
  await asks(url, agent, { ...mail, target: 'a customer' })
  await asks(own, `own-${agent}`, { ...mail, target: 'a friend' })
  await page.goto(await addPerson(stack, `rev-${agent}`, ['reviewer'], [`own-${agent}`]))
  await isLive(page)
  await page.goto(`${stack.url}/approvals`)
  const list = page.getByRole('region', { name: 'Open approvals' })
  for (const of of [agent, `own-${agent}`])
    await list.getByRole('checkbox', { name: `Choose ${agent}.mail of ${of}` }).check()
  await list.getByRole('button', { name: 'Approve…' }).click()
  const dialog = page.getByRole('dialog')
  const refused = dialog.getByRole('region', { name: 'Will not be answered' })
  await expect(refused.getByRole('listitem')).toHaveCount(1)
  await expect(refused).toContainText(agent)
  await expect(refused).toContainText('a customer')
  await expect(refused).toContainText(`you may act on own-${agent} only`)
  await dialog.getByRole('button', { name: 'Approve these 1' }).click()
  await expect(dialog.getByText('1 request answered.')).toBeVisible()
})

test('more requests than the server takes at a time are looked at and answered together', async ({
  admitted: page,
  stack,
  agent,
  provokes,
}) => {
  await stack.addAgent(agent)
  await stack.owner.query(
    `with runs as (insert into workflow_checkpoints (agent_id, goal)
         select $1, 'A letter' from generate_series(1, 130) returning workflow_id)
     insert into approval_queue (workflow_id, requested_by, tool, arguments, expires_at)
       select workflow_id, $1, $1 || '.mail', '{}', clock_timestamp() + interval '5 minutes' from runs`,
    [agent],
  )
  await page.goto(`${stack.url}/approvals`)
  const list = page.getByRole('region', { name: 'Open approvals' })
  const boxes = list.getByRole('checkbox', { name: `Choose ${agent}.mail of ${agent}` })
  await expect(boxes).toHaveCount(130)
  await boxes.evaluateAll((all) => all.forEach((box) => (box as HTMLInputElement).click()))
  await expect(list.getByText('130 chosen')).toBeVisible()
  await list.getByRole('button', { name: 'Approve…' }).click()
  const dialog = page.getByRole('dialog')
  await expect(
    dialog.getByRole('list', { name: 'Will be answered' }).getByRole('listitem'),
  ).toHaveCount(130)
  // The second part does not get through: what was answered is said, and the others are sent again.
  let sent = 0
  provokes.push(/ERR_FAILED/)
  await page.route(/\/trpc\/approvals\.decideMany/, async (route) => {
    sent += 1
    return sent === 2 ? route.abort() : route.continue()
  })
  await dialog.getByRole('button', { name: 'Approve these 130' }).click()
  await expect(dialog.getByText('100 of 130 requests answered.')).toBeVisible()
  await expect(dialog.getByRole('alert')).toContainText('could not be reached')
  await dialog.getByRole('button', { name: 'Approve the other 30' }).click()
  await expect(dialog.getByText('130 requests answered.', { exact: true })).toBeVisible()
  const { rows } = await stack.owner.query(
    `select count(*)::integer as n from approval_queue where requested_by = $1 and decision = 'approved'`,
    [agent],
  )
  expect(rows).toEqual([{ n: 130 }])
})
