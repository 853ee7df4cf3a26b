import type { Browser, Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { addPerson, ask } from './people.ts'
import { asks, command, placeOf, requestOf } from './requests.ts'
import { isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, test } from './test.ts'

/** A request for a tool. @returns its id */
async function pays(stack: Stack, agent: string, by = agent): Promise<string> {
  const columns = { requested_by: by, tool: `${agent}.pay`, arguments: '{"eur": 900}' }
  return (await asks(await stack.addAgent(agent), agent, columns)).id
}

async function policyFor(stack: Stack, agent: string, member: string): Promise<void> {
  const quorum = [{ name: 'finance', count: 1, members: [`operator:${member}`] }]
  await ask(stack, 'policies.save', { spec: { name: agent, tool: `${agent}.pay`, quorum } })
}

/** A browser of someone who was added just now. */
async function inBrowserOf(browser: Browser, link: string, place: string): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  await page.goto(link)
  await isLive(page)
  await page.goto(place)
  return page
}

const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true })

const decisionOn = async (stack: Stack, id: string) => (await requestOf(stack, id))['decision']

test('someone outside the quorum is told so: no yes, no edit, no yes for calls to come; but a no', async ({
  browser,
  stack,
  agent,
}) => {
  await policyFor(stack, agent, `fin-${agent}`)
  const id = await pays(stack, agent)
  const page = await inBrowserOf(
    browser,
    await addPerson(stack, `out-${agent}`, ['reviewer']),
    placeOf(stack, id),
  )
  await expect(
    page.getByText('You are not among those who are asked. A no from you ends it'),
  ).toBeVisible()
  await expect(button(page, 'Approve')).toBeDisabled()
  await expect(button(page, 'Edit')).toBeDisabled()
  await page.keyboard.press('e')
  await page.keyboard.press('a')
  await expect(page.getByRole('textbox', { name: 'Arguments, as JSON' })).toHaveCount(0)
  // Neither handing on nor a yes for calls to come is theirs.
  await expect(button(page, 'More answers')).toHaveCount(0)
  await everyoneCanUse(page)
  expect(await decisionOn(stack, id)).toBeNull()
  await button(page, 'Reject').click()
  await page.getByRole('textbox', { name: 'Reason' }).fill('the wrong account')
  await button(page, 'Send rejection').click()
  await expect.poll(async () => decisionOn(stack, id)).toBe('rejected')
  await page.context().close()
})

test('whoever is in the quorum may answer, also after someone who is not has looked', async ({
  browser,
  stack,
  agent,
}) => {
  await policyFor(stack, agent, `fin-${agent}`)
  const id = await pays(stack, agent)
  const page = await inBrowserOf(
    browser,
    await addPerson(stack, `fin-${agent}`, ['reviewer']),
    placeOf(stack, id),
  )
  await expect(button(page, 'Edit')).toBeEnabled()
  await button(page, 'Approve').click()
  await expect.poll(async () => decisionOn(stack, id)).toBe('approved')
  await page.context().close()
})

const barred = [
  { who: 'who asked for it', words: 'You are behind this request', by: true },
  { who: 'limited to other agents', words: 'you may act on others only', agents: ['others'] },
  { who: 'whose role is too low', words: 'to decide takes a reviewer', role: 'operator' },
] as const

for (const { who, words, ...is } of barred) {
  test(`someone ${who} is told so, has nothing to press, and no key answers`, async ({
    browser,
    stack,
    agent,
  }) => {
    const name = `who-${agent}`
    const link = await addPerson(
      stack,
      name,
      ['role' in is ? is.role : 'reviewer'],
      'agents' in is ? is.agents : null,
    )
    const id = await pays(stack, agent, 'by' in is ? `operator:${name}` : agent)
    const page = await inBrowserOf(browser, link, placeOf(stack, id))
    await expect(
      page
        .getByRole('article', { name: 'Decision' })
        .getByRole('status')
        .filter({ hasText: words }),
    ).toBeVisible()
    for (const each of ['Approve', 'Edit', 'Reject'])
      await expect(button(page, each)).toHaveCount(0)
    for (const key of ['a', 'e', 'r', 'a']) await page.keyboard.press(key)
    for (const name of ['Reason', 'Arguments, as JSON'])
      await expect(page.getByRole('textbox', { name })).toHaveCount(0)
    await everyoneCanUse(page)
    const answer = await command(page, stack, 'approvals.decide', {
      id,
      version: 1,
      decision: 'rejected',
    })
    expect(answer.status()).toBe(403)
    expect(await decisionOn(stack, id)).toBeNull()
    await page.context().close()
  })
}

const votesOn = async (stack: Stack, id: string) => (await requestOf(stack, id))['votes']

test('a yes of someone who was disabled is shown to count no more, and does not fill the quorum', async ({
  browser,
  stack,
  agent,
}) => {
  const [first, second, third] = [`gone-${agent}`, `two-${agent}`, `three-${agent}`]
  const members = [first, second, third].map((name) => `operator:${name}`)
  const quorum = [{ name: 'on-call', count: 2, members }]
  await ask(stack, 'policies.save', { spec: { name: agent, tool: `${agent}.pay`, quorum } })
  const id = await pays(stack, agent)
  const gone = await inBrowserOf(
    browser,
    await addPerson(stack, first, ['reviewer']),
    placeOf(stack, id),
  )
  await button(gone, 'Approve').click()
  await expect.poll(async () => votesOn(stack, id)).toBe(1)
  await gone.context().close()

  // Whoever looks at it already is told too.
  const page = await inBrowserOf(
    browser,
    await addPerson(stack, second, ['reviewer']),
    placeOf(stack, id),
  )
  const votes = page.getByRole('list', { name: 'Votes' })
  await expect(votes).toContainText(`${first} approved`)
  const tooFew = page.getByText('Too few are left who could say yes. An administrator')
  await expect(tooFew).toHaveCount(0)
  await ask(stack, 'operators.disable', { name: first, reason: 'left' })
  await expect(votes).toContainText(
    new RegExp(`${first}’s yes no longer counts: not theirs to give since \\d`),
  )
  // The third was never let in.
  await expect(tooFew).toBeVisible()
  await everyoneCanUse(page)
  await button(page, 'Approve').click()
  await expect.poll(async () => votesOn(stack, id)).toBe(2)
  await page.goto(placeOf(stack, id))
  await expect(votes).toContainText(`${second} approved`)
  expect(await decisionOn(stack, id)).toBeNull()
  await page.context().close()
})

test('what was found of the run and could not be read is not told as nothing', async ({
  signedIn: page,
  stack,
  agent,
  provokes,
}) => {
  const id = await pays(stack, agent)
  provokes.push(/ERR_FAILED/)
  await page.route(/detections\.ofRun/, async (route) => route.abort())
  await page.goto(placeOf(stack, id))
  const found = page.getByRole('region', { name: 'What was found' })
  await expect(found).toContainText('could not be read')
  await expect(found).not.toContainText('Nothing found')
  await page.unroute(/detections\.ofRun/)
  await expect(found).toContainText('Nothing found')
  await expect(found).not.toContainText('could not be read')
})
