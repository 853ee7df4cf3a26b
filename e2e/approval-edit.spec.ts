import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from '@playwright/test'

import { isLive, pressAnswer } from './screens.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

const schema = JSON.stringify({
  type: 'object',
  properties: { amount: { type: 'number', maximum: 500 } },
  required: ['order', 'amount'],
})

/** An agent that asks whether it may pay back 129.90. @returns where its request is answered */
async function asksToRefund(
  stack: Stack,
  agent: string,
  deadline = `interval '10 minutes'`,
): Promise<{ approval: string; url: string }> {
  const url = await stack.addAgent(agent)
  const [[run] = []] = await sql(
    url,
    `insert into workflow_checkpoints (agent_id, goal, current_step)
     values ('${agent}', 'Refund order 991', 'pay back') returning workflow_id`,
  )
  const [[approval] = []] = await sql(
    url,
    `insert into approval_queue (workflow_id, requested_by, tool, target, arguments, arguments_schema, consequence,
       risk, reversible, expires_at)
     values ('${run}', '${agent}', 'payments.refund', 'order 991', '{"order": 991, "amount": 129.9}', '${schema}',
       '{"before": {"status": "paid"}, "after": {"status": "refunded"}, "rows": 1}', 'high', false,
       clock_timestamp() + ${deadline})
     returning approval_id`,
  )
  return { approval: approval ?? '', url }
}

const editor = (page: Page) => page.getByRole('textbox', { name: 'Arguments, as JSON' })

async function replaceAll(page: Page, text: string): Promise<void> {
  await editor(page).press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

const rowOf = async (stack: Stack, approval: string) =>
  (
    await stack.owner.query<Record<string, unknown>>(
      `select decision, decided_by, arguments, original_arguments, edited_by from approval_queue where approval_id = $1`,
      [approval],
    )
  ).rows[0]

test('arguments are edited, checked against their schema, and approved as they then stand', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { approval } = await asksToRefund(stack, agent)
  await page.goto(`${stack.url}/approvals/${approval}`)
  await isLive(page)
  await expect(page.getByText(/What it changes: 1 row\b/)).toBeVisible()
  await pressAnswer(page, 'e')
  await expect(editor(page)).toBeFocused()
  await expect(page.getByText('Nothing is changed yet.')).toBeVisible()

  const approve = page.getByRole('button', { name: /^Approve/ })
  await replaceAll(page, '{"order": 991, "amount": 129.9')
  await expect(approve).toBeDisabled()
  await replaceAll(page, '{"order": 991, "amount": 900}')
  await expect(page.getByText(/^Not yet: .*amount/)).toBeVisible()
  await expect(approve).toBeDisabled()
  await replaceAll(page, '{"order": 90071992547409931, "amount": 1}')
  await expect(page.getByText(/order is too long a number/)).toBeVisible()

  await replaceAll(page, '{"order": 991, "amount": 12.5}')
  await expect(page.getByText('It keeps to the schema')).toBeVisible()
  await expect(page.getByRole('region', { name: /Changed from what was asked/ })).toContainText(
    '12.5',
  )
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  await page.keyboard.press('Escape')
  await page.keyboard.press('a')
  await expect
    .poll(async () => rowOf(stack, approval))
    .toMatchObject({
      decision: 'approved',
      decided_by: 'operator:local',
      arguments: { order: 991, amount: 12.5 },
      original_arguments: { order: 991, amount: 129.9 },
      edited_by: 'operator:local',
    })
  await page.goto(`${stack.url}/approvals/${approval}`)
  await expect(page.getByRole('region', { name: /Changed by operator:local/ })).toContainText(
    '12.5',
  )
})

test('what is edited past the schema by hand is refused by the server, and the request stays open', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { approval } = await asksToRefund(stack, agent)
  const answer = await page.request.post(`${stack.url}/trpc/approvals.decide`, {
    headers: { 'x-holdpoint': '1', origin: stack.url },
    data: {
      id: approval,
      version: 1,
      decision: 'approved',
      arguments: { order: 991, amount: 900 },
    },
  })
  expect(answer.status()).toBe(400)
  expect(await answer.text()).toContain('amount')
  expect(await rowOf(stack, approval)).toMatchObject({ decision: null, original_arguments: null })
})

test('an answer to another version than the one that stands is refused, and the request stays open', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { approval } = await asksToRefund(stack, agent)
  const stale = await page.request.post(`${stack.url}/trpc/approvals.decide`, {
    headers: { 'x-holdpoint': '1', origin: stack.url },
    data: { id: approval, version: 7, decision: 'approved' },
  })
  expect(stale.status()).toBe(409)
  expect(await rowOf(stack, approval)).toMatchObject({ decision: null })
})

test('what nobody answered in time can be given more time, and then be answered', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { approval } = await asksToRefund(stack, agent, `interval '1 second'`)
  await page.goto(`${stack.url}/approvals/${approval}`)
  await expect(page.getByText('Nobody decided in time', { exact: false })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0)
  expect((await new AxeBuilder({ page }).analyze()).violations).toEqual([])
  await page.getByRole('button', { name: '1 more hour' }).click()
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect.poll(async () => rowOf(stack, approval)).toMatchObject({ decision: 'approved' })
})

test('what was typed and not sent is there again after a reload, and goes when the request changes', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { approval } = await asksToRefund(stack, agent)
  await page.goto(`${stack.url}/approvals/${approval}`)
  await isLive(page)
  await pressAnswer(page, 'e')
  await expect(editor(page)).toBeFocused()
  await replaceAll(page, '{"order": 991, "amount": 7}')
  await page.getByRole('textbox', { name: 'Reason' }).fill('half of it')
  await page.reload()
  await expect(editor(page)).toContainText('"amount": 7')
  await expect(page.getByRole('textbox', { name: 'Reason' })).toHaveValue('half of it')
  expect(page.url()).toBe(`${stack.url}/approvals/${approval}`)

  const more = await page.request.post(`${stack.url}/trpc/approvals.extend`, {
    headers: { 'x-holdpoint': '1', origin: stack.url },
    data: { id: approval, version: 1, until: new Date(Date.now() + 7_200_000).toISOString() },
  })
  expect(more.ok()).toBe(true)
  await expect(page.getByText('your edits were dropped')).toBeVisible()
  await expect(editor(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect.poll(async () => rowOf(stack, approval)).toMatchObject({ decision: 'approved' })
  // The row is decided before the page has heard of it.
  const kept = async () => page.evaluate(() => Object.keys(sessionStorage).join())
  await expect.poll(kept).not.toContain(approval)
})
