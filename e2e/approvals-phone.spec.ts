import type { Page } from '@playwright/test'

import { everyoneCanUse, fits } from './everyone.ts'
import { addPerson, ask } from './people.ts'
import { asks, placeOf, requestOf } from './requests.ts'
import { isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, test } from './test.ts'

// What a reviewer does is done with a thumb, too.
test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

/** @returns the id of the request */
async function pays(
  stack: Stack,
  agent: string,
  columns: Readonly<Record<string, string>> = {},
): Promise<string> {
  const pay = { tool: `${agent}.pay`, target: 'invoice 7', arguments: '{"eur": 900}', ...columns }
  return (await asks(await stack.addAgent(agent), agent, pay)).id
}

/** Nothing is wider than the screen, and everyone can use it. */
async function wellMade(page: Page): Promise<void> {
  await fits(page)
  await everyoneCanUse(page)
}

async function show(page: Page, stack: Stack, id: string): Promise<void> {
  await page.goto(placeOf(stack, id))
  await isLive(page)
  await expect(page.getByRole('article', { name: 'Decision' })).toBeVisible()
}

const button = (page: Page, name: RegExp | string) => page.getByRole('button', { name })

test('on a phone arguments are edited and approved as they then stand', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const id = await pays(stack, agent)
  await show(page, stack, id)
  await wellMade(page)
  await button(page, 'Edit').tap()
  const editor = page.getByRole('textbox', { name: 'Arguments, as JSON' })
  await editor.press('ControlOrMeta+a')
  await page.keyboard.insertText('{"eur": 90}')
  await expect(page.getByRole('region', { name: /Changed from what was asked/ })).toContainText(
    '90',
  )
  await wellMade(page)
  await button(page, 'Approve edited').tap()
  await expect
    .poll(async () => requestOf(stack, id))
    .toMatchObject({ decision: 'approved', arguments: { eur: 90 } })
})

test('on a phone a no takes its reason along', async ({ signedIn: page, stack, agent }) => {
  const id = await pays(stack, agent)
  await show(page, stack, id)
  await button(page, 'Reject').tap()
  await page.getByRole('textbox', { name: 'Reason' }).fill('the wrong account')
  await expect(button(page, 'Send rejection')).toBeInViewport()
  await wellMade(page)
  await button(page, 'Send rejection').tap()
  await expect
    .poll(async () => requestOf(stack, id))
    .toMatchObject({ decision: 'rejected', decision_reason: 'the wrong account' })
})

test('on a phone one of two says yes and is told that another is needed', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const quorum = [{ name: 'on-call', count: 2 }]
  await ask(stack, 'policies.save', { spec: { name: agent, tool: `${agent}.pay`, quorum } })
  const id = await pays(stack, agent)
  await show(page, stack, id)
  await expect(page.getByRole('region', { name: 'Who decides' })).toContainText('2 of on-call')
  await button(page, /^Approve/).tap()
  await expect.poll(async () => requestOf(stack, id)).toMatchObject({ decision: null, votes: 1 })
  await show(page, stack, id)
  await expect(page.getByText('You have answered it, and it waits for others')).toBeVisible()
  await expect(page.getByRole('list', { name: 'Votes' })).toContainText('local approved')
  await wellMade(page)
})

test('on a phone an output is graded', async ({ signedIn: page, stack, agent }) => {
  const id = await pays(stack, agent, { kind: 'output', arguments: '{"text": "All is well."}' })
  await show(page, stack, id)
  await expect(button(page, /^Approve/)).toBeDisabled()
  await page.getByText('0.75 good').tap()
  await wellMade(page)
  await button(page, /^Approve/).tap()
  await expect
    .poll(async () => requestOf(stack, id))
    .toMatchObject({ decision: 'approved', grade: { score: 0.75 } })
})

test('on a phone a request is handed on and escalated, and what a loop does and who owns an agent is seen', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const colleague = `colleague-${agent}`
  await addPerson(stack, colleague, ['reviewer'])
  const id = await pays(stack, agent)
  await show(page, stack, id)
  const dialog = page.getByRole('dialog')
  const choose = async (entry: string) => {
    await button(page, 'More answers').tap()
    await page.getByRole('menuitem', { name: entry }).tap()
    await expect(dialog.getByLabel(/^To whom/)).toBeVisible()
    await wellMade(page)
    await dialog.getByLabel(/^To whom/).fill(colleague)
  }
  await choose('Escalate')
  await dialog.getByRole('button', { name: 'Escalate' }).tap()
  await expect(dialog).toHaveCount(0)
  await show(page, stack, id)
  await choose('Delegate')
  await expect(dialog).toContainText('you do not answer it any more')
  await dialog.getByRole('button', { name: 'Delegate' }).tap()
  await expect(dialog).toHaveCount(0)
  expect(await requestOf(stack, id)).toMatchObject({
    decision: null,
    handed_on: ['operator:local'],
  })
  await show(page, stack, id)
  await expect(page.getByText('You have handed it on')).toBeVisible()
  await wellMade(page)

  await page.goto(`${stack.url}/agents?view=loops`)
  await isLive(page)
  await wellMade(page)
  await ask(stack, 'agents.own', { agentId: agent, owner: `operator:${colleague}` })
  await page.goto(`${stack.url}/agents`)
  await expect(page.getByRole('row').filter({ hasText: agent })).toContainText(colleague)
  await page.getByRole('button', { name: `owner of ${agent}` }).tap()
  await expect(page.getByText(`Whoever stands behind ${agent}`)).toBeVisible()
  await wellMade(page)
})
