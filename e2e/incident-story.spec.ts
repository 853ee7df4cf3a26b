import { everyoneCanUse } from './everyone.ts'
import { agents, story, timeline } from './incident-screens.ts'
import { night } from './look-back-night.ts'
import { addPerson } from './people.ts'
import { isLive } from './screens.ts'
import { expect, test } from './test.ts'

test('the story says whose words stand in it, and leads from an answer to what was asked', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const { mail, pay } = await night(stack, agent)
  await page.goto(`${stack.url}/incidents?from=-15m&agent=${agent}`)
  const lines = story(page).getByRole('listitem')
  const killed = lines.filter({ hasText: mail.slice(0, 8) })
  // A person said why; what the run is for is the agent's word alone.
  const words = killed.locator('p').filter({ has: page.locator('q') })
  await expect(words).toHaveText(['wrong customer', `Mail for ${agent}agent’s words`])

  const answer = lines.filter({ hasText: 'paid twice' })
  await expect(answer).not.toContainText('agent’s words')
  await answer.getByRole('link', { name: 'what was asked' }).click()
  await expect(page).toHaveURL(/\/approvals\/[0-9a-f-]{36}$/)
  await expect(page.getByRole('main')).toContainText(`Pay for ${agent}`)
  await page.goBack()
  await lines.getByText(pay.slice(0, 8)).first().click()
  await expect(page).toHaveURL(new RegExp(`/runs/${pay}\\?at=`))
})

test('what was done to people and settings is one line, which opens', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await addPerson(stack, `${agent}-ana`, ['reviewer'])
  await addPerson(stack, `${agent}-ben`, ['reviewer'])
  await page.goto(`${stack.url}/incidents?from=-15m`)
  const aside = story(page)
    .getByRole('listitem')
    .filter({ hasText: /acts on people, policies and settings/ })
    .filter({ hasText: `${agent}-ben` })
  const one = aside.getByText(`operators ${agent}-ben`).first()
  await expect(aside).toBeVisible()
  await expect(one).toBeHidden()
  await aside.getByText(/acts on people/).click()
  await expect(one).toBeVisible()
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

  test('the lanes and what happened are seen first; how the window is chosen is one press away', async ({
    admitted: page,
    stack,
    agent,
  }) => {
    await night(stack, agent)
    await page.goto(`${stack.url}/incidents?from=-15m&agent=${agent}`)
    await isLive(page)
    await expect(agents(page).getByText(agent)).toBeInViewport()
    await expect(story(page).getByRole('listitem').first()).toBeInViewport()
    await expect(page.getByRole('button', { name: '1 h', exact: true })).toBeHidden()

    await page.getByRole('button', { name: /^Window:/ }).click()
    const menu = page.getByRole('dialog', { name: 'Window' })
    await everyoneCanUse(page)
    await menu.getByRole('button', { name: '1 h', exact: true }).click()
    await expect(page).toHaveURL(/from=-1h/)
    await expect(timeline(page)).toContainText('1h 00m')
    await page.getByRole('button', { name: 'Export' }).click()
    await expect(page.getByRole('button', { name: 'Copy link' })).toBeVisible()
  })

  test('a run of then shows its state first; how much of the past is shown is one press away', async ({
    admitted: page,
    stack,
    agent,
  }) => {
    const { pay, late } = await night(stack, agent)
    const { rows } = await stack.owner.query<{ events: string }>(
      'select count(*) as events from run_events where workflow_id = $1',
      [pay],
    )
    await page.goto(`${stack.url}/runs/${pay}?at=${encodeURIComponent(late)}`)
    await expect(page.getByRole('heading', { name: `Pay for ${agent}` })).toBeInViewport()
    await expect(page.getByTestId('past-sentence')).toContainText('nothing can be commanded')
    const scrubber = page.getByTestId('scrubber')
    // Drawn as bars, and told in a number.
    await expect(scrubber.getByRole('status')).toContainText(
      `${rows[0]?.events} events of this run`,
    )
    const hour = scrubber.getByRole('button', { name: '1 h', exact: true })
    await expect(hour).toBeHidden()
    await scrubber.getByRole('button', { name: /How much is shown/ }).click()
    await expect(hour).toBeVisible()
  })
})
