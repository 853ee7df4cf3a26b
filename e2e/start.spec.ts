import { isLive, row } from './screens.ts'
import { Stack } from './stack.ts'
import { expect, signIn, test } from './test.ts'

test('one command starts everything and prints one link; within moments agents are seen working', async ({
  page,
}) => {
  const stack = await Stack.start({ fleet: true })
  try {
    await expect.poll(() => stack.printed.out).toContain('Ctrl-C')
    const links = stack.printed.out.match(/https?:\S+/g)
    expect(links).toHaveLength(1)
    await page.goto(links?.[0] ?? '')
    await expect(page).toHaveURL(`${stack.url}/`)
    await isLive(page)

    const working = page.getByRole('grid', { name: 'Runs' }).getByRole('row', { name: /Running/ })
    await expect.poll(async () => working.count()).toBeGreaterThan(2)
    // Without a refresh: what each of them does changes under the eyes.
    const whatTheyDo = async () => (await working.allInnerTexts()).join('\n')
    const before = await whatTheyDo()
    await expect.poll(whatTheyDo).not.toBe(before)
    await expect(row(page, 'refund-agent').first()).toContainText('Needs approval')
    await expect(page.getByRole('region', { name: 'Needs you' })).toContainText('payments.refund')
    // Else it asks for a server that is being stopped.
    await page.goto('about:blank')
  } finally {
    await stack.end()
  }
})

test('the link works once for one person, and the next one is asked for in the terminal', async ({
  page,
  fragile: stack,
  browser,
  provokes,
}) => {
  provokes.push(/status of 401/)
  const link = stack.signInUrl
  await signIn(page, stack)
  await expect.poll(() => stack.signInUrl).not.toBe(link)
  const stranger = await browser.newPage()
  await stranger.goto(`${stack.url}/sign-in?token=guessed`)
  await expect(stranger.getByText('npx holdpoint sign-in')).toBeVisible()
  await stranger.goto(`${stack.url}/`)
  await expect(stranger.getByText('You are signed out')).toBeVisible()

  const { out } = await stack.holdpoint('sign-in')
  await stranger.goto(out)
  await expect(stranger.getByText('No agent has written here yet')).toBeVisible()
  await stranger.close()
})

test('without agents the first page says what to do, and the first run appears by itself @phone', async ({
  page,
  fragile: stack,
}) => {
  await signIn(page, stack)
  await expect(page.getByRole('heading', { name: 'No agent has written here yet' })).toBeVisible()
  await expect(page.getByText('npx holdpoint agent add NAME')).toBeVisible()
  const pages = page.getByRole('navigation', { name: 'Pages' }).filter({ visible: true })
  await pages.getByRole('link', { name: 'Approvals' }).click()
  await expect(
    page.getByText('Nothing waits for a decision').filter({ visible: true }),
  ).toBeVisible()
  await pages.getByRole('link', { name: 'Agents' }).click()
  await expect(page.getByText('No agent has a login yet')).toBeVisible()
  await pages.getByRole('link', { name: 'Audit' }).click()
  // That someone signed in is the first thing that happened here.
  await expect(page.getByText('signed in').first()).toBeVisible()
  await pages.getByRole('link', { name: 'Fleet' }).click()

  const url = await stack.addAgent('first-agent')
  stack.sdkAgent(
    'five-lines.ts',
    url,
    JSON.stringify({ agent: 'first-agent', goal: 'Be the first' }),
  )
  await expect(row(page, 'Be the first')).toContainText('Running')
})
