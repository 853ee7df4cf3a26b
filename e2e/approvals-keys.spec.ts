import type { Page } from '@playwright/test'

import { everyoneCanUse } from './everyone.ts'
import { addPerson } from './people.ts'
import { asks, dueFirst, placeOf, requestOf } from './requests.ts'
import { isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, test } from './test.ts'

const tools = ['approve', 'reject', 'edit', 'further', 'delegate', 'escalate', 'last'] as const

/** Requests of one agent, a run each, due one after the other before all others. @returns their ids by tool */
async function requests(stack: Stack, agent: string): Promise<Map<string, string>> {
  const url = await stack.addAgent(agent)
  const found = new Map<string, string>()
  for (const tool of tools) {
    const columns = { tool: `${agent}.${tool}`, arguments: '{"eur": 9}' }
    found.set(tool, (await asks(url, agent, columns, { goal: `Try ${tool}` })).id)
  }
  await dueFirst(stack, [...found.values()])
  return found
}

const decision = (page: Page) => page.getByRole('article', { name: 'Decision' })

test('a row of requests is gone through by keys alone, and after each the next one is open', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const colleague = `colleague-${agent}`
  await addPerson(stack, colleague, ['reviewer'])
  const ids = await requests(stack, agent)
  const isOpen = async (tool: (typeof tools)[number]) => {
    await expect(decision(page).getByRole('heading', { level: 2 })).toContainText(
      `${agent}.${tool}`,
    )
    await expect(page).toHaveURL(new RegExp(ids.get(tool) ?? 'none'))
    await expect(page.getByRole('button', { name: /^Reject/ })).toBeEnabled()
  }
  const dialog = page.getByRole('dialog')
  await page.goto(placeOf(stack, ids.get('approve') ?? ''))
  await isLive(page)
  await isOpen('approve')
  await page.keyboard.press('a')

  await isOpen('reject')
  await page.keyboard.press('r')
  await expect(page.getByRole('textbox', { name: 'Reason' })).toBeFocused()
  await page.keyboard.type('not today')
  await page.keyboard.press('Control+Enter')

  await isOpen('edit')
  await page.keyboard.press('e')
  await expect(page.getByRole('textbox', { name: 'Arguments, as JSON' })).toBeFocused()
  await page.keyboard.press('ControlOrMeta+a')
  await page.keyboard.insertText('{"eur": 4}')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('button', { name: 'Approve edited' })).toBeEnabled()
  await page.keyboard.press('a')

  await isOpen('further')
  await page.keyboard.press('f')
  await expect(dialog.getByLabel('Calls of the same tool in this run')).toBeFocused()
  await page.keyboard.press('Enter')

  await isOpen('delegate')
  await page.keyboard.press('d')
  await expect(dialog.getByLabel('To whom')).toBeFocused()
  await page.keyboard.type(colleague)
  await page.keyboard.press('Enter')

  await isOpen('escalate')
  await page.keyboard.press('s')
  await expect(dialog.getByLabel('To whom')).toBeFocused()
  await page.keyboard.type(colleague)
  await page.keyboard.press('Enter')

  await isOpen('last')
  const became = async () => Promise.all(tools.map(async (tool) => requestOf(stack, ids.get(tool))))
  expect(await became()).toMatchObject([
    { decision: 'approved', edited_by: null, standing: 0 },
    { decision: 'rejected', decision_reason: 'not today' },
    { decision: 'approved', edited_by: 'operator:local', arguments: { eur: 4 } },
    { decision: 'approved', standing: 1 },
    {
      decision: null,
      handed_on: ['operator:local'],
      assignees: [`operator:${colleague}`],
    },
    { decision: null, handed_on: [], assignees: [`operator:${colleague}`] },
    { decision: null },
  ])

  // What was handed on is not this person's to answer, and says so.
  await page.goto(placeOf(stack, ids.get('delegate') ?? ''))
  await expect(
    page
      .getByRole('region', { name: 'Open approvals' })
      .getByRole('listitem')
      .filter({ hasText: `${agent}.delegate` }),
  ).toContainText('you handed it on')
  await expect(
    decision(page).getByRole('status').filter({ hasText: 'You have handed it on' }),
  ).toBeVisible()
  await expect(page.getByRole('region', { name: 'Who decides' })).toContainText(
    'Handed on by local, who does not answer it',
  )
  await expect(page.getByRole('button', { name: 'Approve', exact: true })).toHaveCount(0)
  for (const key of ['a', 'r', 'd', 's', 'f']) await page.keyboard.press(key)
  await expect(dialog).toHaveCount(0)
  expect(await requestOf(stack, ids.get('delegate'))).toMatchObject({ decision: null })
})

test('a double click answers one request, and not the next one as well', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const ids: string[] = []
  for (const tool of ['first', 'second'])
    ids.push((await asks(url, agent, { tool: `${agent}.${tool}` })).id)
  await dueFirst(stack, ids)
  await page.goto(placeOf(stack, ids[0] ?? ''))
  await isLive(page)
  const heading = decision(page).getByRole('heading', { level: 2 })
  await expect(heading).toContainText('.first')
  // The second click comes the moment the next request stands there, which is sooner than any hand's.
  await page.evaluate(() => {
    const seen = new MutationObserver(() => {
      if (!document.querySelector('article h2')?.textContent.includes('.second')) return
      const press = [...document.querySelectorAll('footer button')].find((button) =>
        button.textContent.trim().startsWith('Approve'),
      )
      if (!(press instanceof HTMLElement)) return
      seen.disconnect()
      press.click()
      document.body.dataset['clicked'] = 'twice'
    })
    seen.observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  const approve = page.getByRole('button', { name: /^Approve/ })
  await approve.click()
  await expect(page.locator('body[data-clicked=twice]')).toBeVisible()
  await expect(heading).toContainText('.second')
  await expect(approve).toBeEnabled()
  const became = await Promise.all(ids.map(async (id) => requestOf(stack, id)))
  expect(became).toMatchObject([{ decision: 'approved' }, { decision: null }])
  // Nor does one on Reject send a rejection without its reason.
  const reject = page.getByRole('button', { name: /^Reject/ })
  await reject.evaluate((button) => {
    if (!(button instanceof HTMLElement)) return
    button.click()
    requestAnimationFrame(() => button.click())
  })
  await expect(page.getByRole('button', { name: /^Send rejection/ })).toBeEnabled()
  expect(await requestOf(stack, ids[1])).toMatchObject({ decision: null })
})

test('a change that is about to go live is told as one, from what to what', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const url = await stack.addAgent(agent)
  const change = {
    what: 'skill',
    name: `answer-${agent}`,
    from: { version: '3', tone: 'friendly', steps: ['read', 'answer'] },
    to: { version: '4', tone: 'brief', steps: ['read', 'check', 'answer'] },
  }
  const columns = { kind: 'change', tool: 'skill.publish', arguments: JSON.stringify(change) }
  const { run, id } = await asks(url, agent, columns, { goal: 'Answer better', due: '40 minutes' })
  await page.goto(placeOf(stack, id))
  await isLive(page)
  const words = `change the skill ${change.name} from 3 to 4`
  await expect(
    page
      .getByRole('region', { name: 'Open approvals' })
      .getByRole('listitem')
      .filter({ hasText: words }),
  ).toContainText(`asks to ${words}`)
  await expect(decision(page).getByRole('heading', { level: 2 })).toHaveText(
    `Change the skill “${change.name}”?`,
  )
  const changes = page.getByRole('region', { name: 'What changes' })
  await expect(changes).toContainText('3 → 4')
  const differs = changes.getByRole('region', { name: 'What differs' })
  await expect(differs).toContainText('friendly → brief')
  await expect(differs).toContainText('check')
  await expect(page.getByText('make exactly this change, once')).toBeVisible()
  await everyoneCanUse(page)

  await page.goto(`${stack.url}/runs/${run}`)
  await expect(page.getByRole('log', { name: 'Events' })).toContainText(words)
  await page.goto(`${stack.url}/runs/${run}?tab=approvals`)
  await expect(
    page.getByRole('main').getByRole('listitem').filter({ hasText: words }),
  ).toContainText(`asks to ${words}`)
})
