import type { CDPSession, Page } from '@playwright/test'

import { aRun } from './fleet-runs.ts'
import { agents, shown, timeline } from './incident-screens.ts'
import { type Box, boxOf, isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { expect, test } from './test.ts'

// What a hand selects, by mouse or by fingers, is what the address says afterwards.

const hourMs = 3_600_000
/** A sample is 15 s from the next, and the window moves while the hand does. */
const nearMs = 60_000

const span = (page: Page, ...names: readonly string[]): readonly number[] => {
  const { searchParams } = new URL(page.url())
  return names.map((name) => Date.parse(searchParams.get(name) ?? ''))
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: hourMs }

/** What the address says is zoomed to (ms): an instant and how long. */
function zoomed(page: Page): readonly number[] {
  const [at = '', length = ''] = (new URL(page.url()).searchParams.get('zoom') ?? '').split('~')
  const from = Date.parse(at)
  const ms = Number.parseFloat(length) * (unitMs[length.at(-1) ?? ''] ?? Number.NaN)
  return Number.isNaN(from + ms) ? [] : [from, from + ms]
}

/** Fingers on the glass, by their places (px); none: all are lifted. */
async function touch(
  cdp: CDPSession,
  type: 'touchStart' | 'touchMove' | 'touchEnd',
  ...xs: readonly { readonly x: number; readonly y: number }[]
): Promise<void> {
  const touchPoints = xs.map((place, id) => ({ ...place, id }))
  await cdp.send('Input.dispatchTouchEvent', { type, touchPoints })
}

/** The chart of the last hour, with something in it; with a gap, as other tests want it. */
async function openChart(page: Page, stack: Stack, agent: string): Promise<Box> {
  await aRun(await stack.addAgent(agent), agent, 'Run')
  await stack.owner.query(
    `insert into fleet_samples (at, counts, ended)
     select clock_timestamp() - n * interval '15 seconds', '{"running": 7, "lost": 2}', '{"complete": 0, "failed": 0, "killed": 0}'
     from generate_series(1, 200) n where n not between 60 and 120 on conflict do nothing`,
  )
  await page.reload()
  await isLive(page)
  const history = page.getByRole('region', { name: 'History' })
  await history.getByRole('button', { name: 'History' }).click()
  const drawn = history.locator('svg.recharts-surface').first()
  await expect(drawn).toBeVisible()
  await drawn.scrollIntoViewIfNeeded()
  const { x, y, width, height } = await boxOf(drawn)
  // Right of the numbers at its left, as far as the margin.
  return { x: x + 32, y, width: width - 36, height }
}

/** A window of incidents from one part of the last hour to another. */
async function isWindow(page: Page, from: number, to: number): Promise<void> {
  await expect(page).toHaveURL(/\/incidents\?from=.*&to=/)
  const begin = Date.now() - hourMs
  const [low = 0, high = 0] = span(page, 'from', 'to')
  expect(Math.abs(low - (begin + from * hourMs))).toBeLessThan(nearMs)
  expect(Math.abs(high - (begin + to * hourMs))).toBeLessThan(nearMs)
}

test('a stretch of the fleet chart that the mouse drags over is the window of incidents', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { x, y, width } = await openChart(page, stack, agent)
  await page.mouse.move(x + width * 0.75, y + 60)
  await page.mouse.down()
  await page.mouse.move(x + width * 0.4, y + 60, { steps: 8 })
  await page.mouse.move(x + width * 0.25, y + 60, { steps: 8 })
  await page.mouse.up()
  await isWindow(page, 0.25, 0.75)
})

test('a press on the fleet chart looks at the instant that is pressed, also where nobody looked', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const { x, y, width } = await openChart(page, stack, agent)
  // In the gap, where the nearest sample is minutes away.
  await page.mouse.click(x + width * 0.57, y + 60)
  await expect(page).toHaveURL(/\?at=/)
  const [at = 0] = span(page, 'at')
  expect(Math.abs(at - (Date.now() - hourMs * 0.43))).toBeLessThan(nearMs)
})

test.describe('with fingers', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })

  test('a stretch of the fleet chart that a finger drags over is the window of incidents', async ({
    signedIn: page,
    stack,
    agent,
  }) => {
    const { x, y, width } = await openChart(page, stack, agent)
    const cdp = await page.context().newCDPSession(page)
    const at = (part: number) => ({ x: x + width * part, y: y + 60 })
    await touch(cdp, 'touchStart', at(0.25))
    for (let part = 0.25; part <= 0.7501; part += 0.005) await touch(cdp, 'touchMove', at(part))
    await touch(cdp, 'touchEnd')
    await isWindow(page, 0.25, 0.75)
  })

  test('two fingers on the lanes zoom about what is between them, one moves along', async ({
    admitted: page,
    stack,
    agent,
  }) => {
    await aRun(await stack.addAgent(agent), agent, 'Run')
    const now = Date.now()
    const window = [now - hourMs, now].map((ms) => new Date(ms).toISOString())
    await page.goto(`${stack.url}/incidents?from=${window[0]}&to=${window[1]}&agent=${agent}`)
    await expect(agents(page).getByRole('listitem')).toHaveCount(1)
    const lanes = page.getByTestId('lanes')
    const { x, y, width } = await boxOf(lanes)
    const cdp = await page.context().newCDPSession(page)
    const at = (part: number) => ({ x: x + width * part, y: y + 20 })

    await touch(cdp, 'touchStart', at(0.4))
    await touch(cdp, 'touchStart', at(0.4), at(0.6))
    for (let part = 0; part <= 0.2001; part += 0.04)
      await touch(cdp, 'touchMove', at(0.4 - part), at(0.6 + part))
    await touch(cdp, 'touchEnd')
    await expect(shown(page)).toContainText(/^(19m 5\d|20m 0\d)s from/)
    await expect.poll(() => zoomed(page).length).toBe(2)
    const [low = 0, high = 0] = zoomed(page)
    expect(Math.abs((low + high) / 2 - (now - hourMs / 2))).toBeLessThan(nearMs)
    expect(Math.abs(high - low - hourMs / 3)).toBeLessThan(nearMs)

    await touch(cdp, 'touchStart', at(0.3))
    for (let part = 0.3; part <= 0.8001; part += 0.1) await touch(cdp, 'touchMove', at(part))
    await touch(cdp, 'touchEnd')
    await expect
      .poll(() => Math.abs((zoomed(page)[0] ?? 0) - (low - (high - low) / 2)))
      .toBeLessThan(nearMs)
    // It is moved, not made longer.
    const [from = 0, to = 0] = zoomed(page)
    expect(Math.abs(to - from - (high - low))).toBeLessThan(2000)
    await page.reload()
    await expect(shown(page)).toContainText(/^(19m 5\d|20m 0\d)s from/)
    await expect(timeline(page)).toBeVisible()
  })
})
