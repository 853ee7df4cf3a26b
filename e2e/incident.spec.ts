import { readFile } from 'node:fs/promises'

import { everyoneCanUse } from './everyone.ts'
import { agents, moments, nightOf, readOut, shown, story, timeline } from './incident-screens.ts'
import { openRun, tryAgain } from './screens.ts'
import { expect, lostConnection, test } from './test.ts'

// From the screens alone: what happened, in which order, and who let it.

// One after another, with one night for all of them: it takes its time.
test.describe.configure({ mode: 'default' })

const theNight = nightOf('night')

test('a night of ten runs is understood: what stopped, why, in which order, and who let it', async ({
  signedIn: page,
  stack,
}) => {
  const night = await theNight.staged(stack)
  await theNight.find(page, stack)
  await expect(page.getByRole('heading', { name: 'Incidents', level: 1 })).toBeVisible()
  // Four agents, of which three are in trouble, those first.
  await expect(agents(page).getByRole('listitem')).toHaveCount(4)
  const lanes = await agents(page).getByRole('button').allInnerTexts()
  expect(lanes.map((lane) => /[1-9] stop/.test(lane))).toEqual([true, true, true, false])
  expect(new Set(lanes.map((lane) => lane.split('\n')[0]))).toEqual(
    new Set([night.books, night.scout, night.courier, night.refunds]),
  )
  const summary = page.getByRole('complementary', { name: 'Summary' })
  await expect(summary).toContainText('3 runs stopped.')
  await expect(summary).toContainText('7 complete, 0 failed, 1 killed')
  const reasons = summary.getByRole('list', { name: 'Why runs stopped' })
  await expect(reasons).toContainText('Budget exceeded 1')
  await expect(reasons).toContainText('Worker lost 1')
  await expect(reasons).toContainText('Killed by a person 1')

  const lines = story(page).getByRole('listitem')
  const about = async (agent: string): Promise<string[]> =>
    lines.filter({ hasText: agent }).locator('p:first-child > span:first-child').allInnerTexts()
  expect(await about(night.scout)).toEqual(['Paused: Budget exceeded'])
  expect((await about(night.courier))[0]).toBe('Lost: Worker lost')
  expect(await about(night.refunds)).toEqual([
    'Asked for approval',
    'Approved by ana',
    'Killed by bo',
  ])
  await expect(lines.filter({ hasText: 'Approved by ana' })).toContainText('looks right')
  await expect(lines.filter({ hasText: 'Approved by ana' })).toContainText(
    'payments.refund on order 1042',
  )
  await expect(lines.filter({ hasText: 'Killed by bo' })).toContainText('it refunds every order')
  // In the order of time.
  const times = await lines
    .locator('time')
    .evaluateAll((all) => all.map((each) => Date.parse((each as HTMLTimeElement).dateTime)))
  expect(times).toEqual(times.toSorted((a, b) => a - b))
})

test('the lanes are a table as well, and each line of it leads to its moment', async ({
  admitted: page,
  stack,
}) => {
  const night = await theNight.staged(stack)
  await theNight.open(page, stack)
  await page.getByRole('button', { name: 'Table', exact: true }).click()
  await expect(page).toHaveURL(/view=table/)
  const rows = moments(page).getByRole('row')
  const ofHarm = rows.filter({ hasText: night.refunds })
  await expect(ofHarm.filter({ hasText: 'Approval decided' })).toContainText('by ana')
  await expect(ofHarm.filter({ hasText: /^.*Killed/ }).last()).toContainText('by bo')
  await expect(ofHarm.filter({ hasText: 'Held' })).toContainText('waits for a decision')
  await expect(
    rows.filter({ hasText: night.scout }).filter({ hasText: 'Run: paused' }),
  ).toContainText('Budget exceeded')
  await expect(
    rows.filter({ hasText: night.courier }).filter({ hasText: 'Tool: parcel.send' }),
  ).toBeVisible()
  // One that writes nothing but its step, too.
  await expect(ofHarm.filter({ hasText: 'Step: refund' })).toContainText('killed')
  await expect(
    rows.filter({ hasText: night.books }).filter({ hasText: 'Run: complete' }),
  ).toHaveCount(7)
  await ofHarm.filter({ hasText: 'Approval decided' }).getByRole('link').click()
  await expect(page).toHaveURL(new RegExp(`/runs/${night.harm}\\?.*sel=event`))
})

test('it is copied into a post-mortem, and taken along as Markdown and JSON', async ({
  admitted: page,
  stack,
  context,
}) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  const night = await theNight.staged(stack)
  await theNight.open(page, stack)
  await page.getByRole('button', { name: 'Copy as Markdown' }).click()
  await expect(page.getByRole('button', { name: 'Copied' })).toBeVisible()
  const copied = await page.evaluate(async () => navigator.clipboard.readText())
  expect(copied).toContain('## In order')
  expect(copied).toContain('it refunds every order')

  await page.getByRole('button', { name: 'Export' }).click()
  const download = async (format: 'Markdown' | 'JSON') => {
    const coming = page.waitForEvent('download')
    await page.getByRole('button', { name: format, exact: true }).click()
    const file = await coming
    expect(file.suggestedFilename()).toMatch(/^holdpoint-incident-.*\.(md|json)$/)
    return readFile(await file.path(), 'utf8')
  }
  const markdown = await download('Markdown')
  const order = markdown.split('\n').filter((line) => line.includes(night.harm))
  expect(order.slice(0, 3).map((line) => line.split(' | ')[1])).toEqual([
    'asked for approval',
    'approved',
    'killed: Killed by a person',
  ])
  expect(order[1]).toContain('`operator:ana`')
  expect(markdown).toMatch(/<!-- complete -->\n$/)
  const json = JSON.parse(await download('JSON')) as {
    stopped: { run: { id: string } }[]
    approvals: { by: string }[]
    complete: boolean
  }
  expect(json.complete).toBe(true)
  expect(json.approvals.map(({ by }) => by)).toEqual(['operator:ana'])
  expect(new Set(json.stopped.map(({ run }) => run.id))).toEqual(
    new Set([night.budget, night.lost, night.harm]),
  )

  await page.route('**/api/history/export**', async (route) =>
    route.fulfill({ status: 200, contentType: 'text/markdown', body: '# What happened' }),
  )
  await page.getByRole('button', { name: 'Markdown', exact: true }).click()
  await expect(page.getByRole('alert').filter({ hasText: 'some of it is missing' })).toBeVisible()
})

test('a window is chosen from a run, typed, and by a preset; what it cannot show it says', async ({
  admitted: page,
  stack,
}) => {
  const night = await theNight.staged(stack)
  await page.goto(stack.url)
  await openRun(page, night.refunds)
  await page.getByRole('link', { name: 'Incident timeline' }).click()
  await expect(page).toHaveURL(/\/incidents\?from=.*to=.*run=/)
  await expect(readOut(page)).toContainText(night.refunds)

  await page.getByRole('button', { name: /^Window:/ }).click()
  const form = page.getByRole('dialog', { name: 'Window' })
  await form.getByRole('textbox', { name: 'From' }).fill('soon')
  await expect(form.getByRole('alert')).toContainText('not a time')
  await form.getByRole('textbox', { name: 'From' }).fill('-2h')
  await form.getByRole('textbox', { name: 'To' }).fill('now')
  await form.getByRole('button', { name: 'Show this window' }).click()
  await expect(page).toHaveURL(/from=-2h/)
  await expect(shown(page)).toContainText('2h 00m')
  await page.getByRole('button', { name: '15 min', exact: true }).click()
  await expect(shown(page)).toContainText('15m 00s')
  await page.goBack()
  await expect(shown(page)).toContainText('2h 00m')

  await page.goto(`${stack.url}/incidents?from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z`)
  await expect(
    page.getByRole('heading', { name: 'This window lies before the history' }),
  ).toBeVisible()
  await page.goto(`${stack.url}/incidents?from=-1h&agent=nobody-is-called-so`)
  await expect(page.getByRole('heading', { name: 'These agents did nothing' })).toBeVisible()
  await page.getByRole('link', { name: 'All agents' }).click()
  await expect(agents(page)).toContainText(night.refunds)
})

test('what could not be read is said, and what was read stays', async ({
  admitted: page,
  stack,
  provokes,
}) => {
  provokes.push(lostConnection, /ERR_FAILED|status of 503/)
  await theNight.staged(stack)
  await theNight.open(page, stack)
  await expect(agents(page).getByRole('listitem')).toHaveCount(4)
  await page.route('**/trpc/**', async (route) => route.abort())
  for (let nth = 0; nth < 6; nth += 1) await page.keyboard.press('+')
  await expect(timeline(page).getByRole('alert')).toContainText('What is drawn was read before')
  await expect(agents(page).getByRole('listitem')).toHaveCount(4)
  await page.unroute('**/trpc/**')
  await tryAgain(timeline(page), async () =>
    expect(timeline(page).getByRole('alert')).toHaveCount(0, { timeout: 1000 }),
  )
})

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test.use({ colorScheme })
    test(`everyone can use it (axe)${colorScheme === 'dark' ? ' @phone' : ' @nightly'}`, async ({
      admitted: page,
      stack,
    }) => {
      await theNight.staged(stack)
      await theNight.open(page, stack)
      await expect(agents(page).getByRole('listitem')).toHaveCount(4)
      await everyoneCanUse(page, 'lanes')
      // Past the line of the whole fleet.
      await page.keyboard.press('ArrowDown')
      await page.keyboard.press('ArrowDown')
      await expect(timeline(page).getByRole('link', { name: 'Open the moment' })).toBeVisible()
      await everyoneCanUse(page, 'lanes with a cursor')
      await theNight.open(page, stack, '&view=table')
      await expect(moments(page)).toBeVisible()
      await everyoneCanUse(page, 'table')
    })
  })
}
