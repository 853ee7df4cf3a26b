import { agents, readOut, timeline } from './incident-screens.ts'
import { isLive } from './screens.ts'
import { stageCrowd } from './shots-crowd.ts'
import { expect, test } from './test.ts'

test('of two hundred agents those in trouble have lanes, down to the last of them', async ({
  page,
  fragile: stack,
}) => {
  await stageCrowd(stack)
  await page.goto(stack.signInUrl)
  await isLive(page)
  await page.goto(`${stack.url}/incidents?from=-15m`)
  // As many as can be told apart; how many more there are is said.
  const lanes = agents(page).getByRole('listitem')
  await expect(lanes).toHaveCount(40)
  await expect(timeline(page)).toContainText('160 more agents')
  const last = lanes.last()
  const name = (await last.locator('span').first().textContent()) ?? ''
  await page.keyboard.press('ArrowUp')
  await expect(readOut(page)).toContainText(name)
  await last.scrollIntoViewIfNeeded()
  await expect(last).toBeInViewport()
  await last.getByRole('button').click()
  await expect(lanes).toHaveCount(1)
  await expect(lanes).toContainText('15 runs')
})
