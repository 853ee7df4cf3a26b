import type { Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { asks, command, placeOf, requestOf } from './requests.ts'
import { isLive, pressAnswer } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, test } from './test.ts'

const schema = JSON.stringify({
  type: 'object',
  properties: { amount: { type: 'number', maximum: 500 } },
  required: ['order', 'amount'],
})

/** An agent that asks whether it may pay back 129.90. @returns the id of its request */
async function asksToRefund(stack: Stack, agent: string, due = '10 minutes'): Promise<string> {
  const columns = {
    tool: 'payments.refund',
    target: 'order 991',
    arguments: '{"order": 991, "amount": 129.9}',
    arguments_schema: schema,
    consequence: '{"before": {"status": "paid"}, "after": {"status": "refunded"}, "rows": 1}',
    risk: 'high',
    reversible: 'false',
  }
  const asked = { goal: 'Refund order 991', due }
  return (await asks(await stack.addAgent(agent), agent, columns, asked)).id
}

const editor = (page: Page) => page.getByRole('textbox', { name: 'Arguments, as JSON' })

async function replaceAll(page: Page, text: string): Promise<void> {
  await editor(page).press('ControlOrMeta+a')
  await page.keyboard.insertText(text)
}

test('arguments are edited, checked against their schema, and approved as they then stand', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const approval = await asksToRefund(stack, agent)
  await page.goto(placeOf(stack, approval))
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
  await everyoneCanUse(page)
  await page.keyboard.press('Escape')
  await page.keyboard.press('a')
  await expect
    .poll(async () => requestOf(stack, approval))
    .toMatchObject({
      decision: 'approved',
      decided_by: 'operator:local',
      arguments: { order: 991, amount: 12.5 },
      original_arguments: { order: 991, amount: 129.9 },
      edited_by: 'operator:local',
    })
  await page.goto(placeOf(stack, approval))
  await expect(page.getByRole('region', { name: /Changed by local/ })).toContainText('12.5')
})

test('what is edited past the schema by hand is refused by the server, and the request stays open', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const approval = await asksToRefund(stack, agent)
  const answer = await command(page, stack, 'approvals.decide', {
    id: approval,
    version: 1,
    decision: 'approved',
    arguments: { order: 991, amount: 900 },
  })
  expect(answer.status()).toBe(400)
  expect(await answer.text()).toContain('amount')
  expect(await requestOf(stack, approval)).toMatchObject({
    decision: null,
    original_arguments: null,
  })
})

test('an answer to another version than the one that stands is refused, and the request stays open', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const approval = await asksToRefund(stack, agent)
  const stale = await command(page, stack, 'approvals.decide', {
    id: approval,
    version: 7,
    decision: 'approved',
  })
  expect(stale.status()).toBe(409)
  expect(await requestOf(stack, approval)).toMatchObject({ decision: null })
})

test('what nobody answered in time can be given more time, and then be answered', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const approval = await asksToRefund(stack, agent, '1 second')
  await page.goto(placeOf(stack, approval))
  await expect(page.getByText('Nobody decided in time', { exact: false })).toBeVisible()
  await expect(page.getByRole('button', { name: 'Approve' })).toHaveCount(0)
  await everyoneCanUse(page)
  await page.keyboard.press('t')
  await expect(page.getByRole('button', { name: '15 more minutes' })).toBeFocused()
  await page.getByRole('button', { name: '1 more hour' }).click()
  await page.getByRole('button', { name: 'Approve' }).click()
  await expect.poll(async () => requestOf(stack, approval)).toMatchObject({ decision: 'approved' })
})

test('a deadline that has not passed is moved by a key, from where it was', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const approval = await asksToRefund(stack, agent, '1 hour')
  const deadline = async () => {
    const { rows } = await stack.owner.query<{ at: Date }>(
      'select expires_at as at from approval_queue where approval_id = $1',
      [approval],
    )
    return rows[0]?.at.getTime() ?? 0
  }
  const before = await deadline()
  await page.goto(placeOf(stack, approval))
  await isLive(page)
  await pressAnswer(page, 't')
  const dialog = page.getByRole('dialog', { name: 'Give it more time' })
  await expect(dialog.getByRole('button', { name: '15 more minutes' })).toBeFocused()
  await everyoneCanUse(page)
  await page.keyboard.press('Enter')
  await expect(dialog).toHaveCount(0)
  expect(await deadline()).toBe(before + 15 * 60_000)
  expect(await requestOf(stack, approval)).toMatchObject({ decision: null })
})

test('what was typed and not sent is there again after a reload, and goes when the request changes', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const approval = await asksToRefund(stack, agent)
  await page.goto(placeOf(stack, approval))
  await isLive(page)
  await pressAnswer(page, 'e')
  await expect(editor(page)).toBeFocused()
  await replaceAll(page, '{"order": 991, "amount": 7}')
  await page.getByRole('textbox', { name: 'Reason' }).fill('half of it')
  await page.reload()
  await expect(editor(page)).toContainText('"amount": 7')
  await expect(page.getByRole('textbox', { name: 'Reason' })).toHaveValue('half of it')
  expect(page.url()).toBe(placeOf(stack, approval))

  const more = await command(page, stack, 'approvals.extend', {
    id: approval,
    version: 1,
    until: new Date(Date.now() + 7_200_000).toISOString(),
  })
  expect(more.ok()).toBe(true)
  await expect(page.getByText('your edits were dropped')).toBeVisible()
  await expect(editor(page)).toHaveCount(0)
  await page.getByRole('button', { name: 'Approve', exact: true }).click()
  await expect.poll(async () => requestOf(stack, approval)).toMatchObject({ decision: 'approved' })
  // The row is decided before the page has heard of it.
  const kept = async () => page.evaluate(() => Object.keys(sessionStorage).join())
  await expect.poll(kept).not.toContain(approval)
})
