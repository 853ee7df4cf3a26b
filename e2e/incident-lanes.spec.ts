import type { Locator, Page } from '@playwright/test'

import { agents, nightOf, readOut, shown, story, timeline } from './incident-screens.ts'
import { boxOf } from './screens.ts'
import { expect, signIn, test } from './test.ts'

// One after another, with one night for all of them: it takes its time.
test.describe.configure({ mode: 'default' })

const theNight = nightOf('dusk')

/** From moment to moment of a lane. @returns what was read out on the way */
async function stepTo(page: Page, wanted: RegExp): Promise<string[]> {
  const heard: string[] = []
  for (let nth = 0; nth < 20; nth += 1) {
    const said = (await readOut(page).textContent()) ?? ''
    heard.push(said)
    if (wanted.test(said)) break
    await page.keyboard.press('j')
    await expect(readOut(page)).not.toHaveText(said)
  }
  return heard
}

test('lanes are read by keys, and Enter opens the run at that moment', async ({
  admitted: page,
  stack,
}) => {
  const night = await theNight.staged(stack)
  await theNight.open(page, stack)
  await expect(agents(page).getByRole('listitem')).toHaveCount(4)
  await expect(agents(page).getByRole('listitem').filter({ hasText: night.books })).toContainText(
    '7 runs',
  )

  // From lane to lane, until that of the refunds.
  await expect(async () => {
    await page.keyboard.press('ArrowDown')
    await expect(readOut(page)).toContainText(night.refunds, { timeout: 250 })
  }).toPass()
  const heard = await stepTo(page, /: Killed, /)
  const all = heard.join('\n')
  expect(all).toContain('Approval requested')
  expect(all).toMatch(/Approval decided.*by ana.*approved \(looks right\)/)
  await expect(readOut(page)).toContainText(/Killed.*by bo.*it refunds every order/)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(new RegExp(`/runs/${night.harm}\\?.*sel=event\\.\\d+`))
  await expect(page).toHaveURL(/at=\d{4}-/)
  await expect(page.getByRole('main')).toContainText('Killed')
})

test('down to a second of it: the picture wears the theme, and a click in it opens the moment', async ({
  signedIn: page,
  stack,
}) => {
  const night = await theNight.staged(stack)
  await theNight.open(page, stack)
  const approved = story(page).getByRole('listitem').filter({ hasText: 'Approved by ana' })
  const at = Date.parse((await approved.locator('time').getAttribute('datetime')) ?? '')
  await page.goto(`${stack.url}/incidents?from=-24h&agent=${night.refunds}`)
  await expect(agents(page).getByRole('listitem')).toHaveCount(1)
  await expect(async () => {
    await page.keyboard.press('ArrowDown')
    await expect(readOut(page)).toContainText(night.refunds, { timeout: 250 })
  }).toPass()
  await stepTo(page, /Approval decided/)
  // From a day to less than a second, about the cursor.
  for (let nth = 0; nth < 17; nth += 1) await page.keyboard.press('+')
  await expect(shown(page)).toContainText(/^0\.\d\ds/)
  await expect(timeline(page)).toContainText(/steps/)
  // It was near now, so it is near the right edge.
  for (let nth = 0; nth < 2; nth += 1) await page.keyboard.press('ArrowRight')
  await page.waitForURL((url) => {
    const [from = '', length = ''] = (url.searchParams.get('zoom') ?? '').split('~')
    return length.startsWith('0.') && Date.parse(from) + Number.parseFloat(length) * 700 > at
  })

  const picture = page.getByTestId('lanes')
  const grounds: number[] = []
  for (const colorScheme of ['light', 'dark', 'light'] as const) {
    await page.emulateMedia({ colorScheme })
    const [ground = 0] = await coloursOf(page.locator('body'))
    // Each mark lies on the ground of the page; that of the other theme is nowhere.
    await expect
      .poll(async () => {
        const drawn = await coloursOf(picture.locator('canvas'))
        return [drawn.has(ground), grounds.some((old) => old !== ground && drawn.has(old))]
      })
      .toEqual([true, false])
    grounds.push(ground)
  }
  expect(grounds[0]).not.toBe(grounds[1])

  const [from = '', length = ''] = (new URL(page.url()).searchParams.get('zoom') ?? '').split('~')
  const lane = await boxOf(agents(page).getByRole('listitem'))
  const box = await boxOf(picture)
  const part = (at - Date.parse(from)) / (Number.parseFloat(length) * 1000)
  await page.mouse.click(box.x + part * box.width, lane.y + 29)
  await expect(page).toHaveURL(new RegExp(`/runs/${night.harm}\\?.*sel=event\\.\\d+`))
  await expect(page.getByRole('complementary', { name: 'Event detail' })).toContainText(
    'Approval decided',
  )

  // Elsewhere on its bar it is the instant under the pointer that is opened, not the beginning of the run.
  const { rows } = await stack.owner.query<{ ended: Date }>(
    'select max(at) as ended from run_events where workflow_id = $1',
    [night.harm],
  )
  const seconds = Number.parseFloat(length)
  const perPx = (seconds * 1000) / box.width
  const ended = Math.min(rows[0]?.ended.getTime() ?? 0, Date.parse(from) + seconds * 1000)
  const meant = (at + ended) / 2
  await page.goBack()
  await boxOf(agents(page).getByRole('listitem'))
  await page.mouse.click(box.x + (meant - Date.parse(from)) / perPx, lane.y + 29)
  await page.waitForURL(/\/runs\//)
  const opened = Date.parse(new URL(page.url()).searchParams.get('at') ?? '')
  // A mark is taken from a little beside it.
  expect(Math.abs(opened - meant)).toBeLessThan(10 * perPx)
})

/** The colours of a canvas, pixel by pixel; of no canvas that of the page's ground. */
const coloursOf = async (canvas: Locator): Promise<ReadonlySet<number>> =>
  new Set(
    await canvas.evaluate((element) => {
      const own = element instanceof HTMLCanvasElement
      const sheet = own ? element : document.createElement('canvas')
      const ink = sheet.getContext('2d')
      if (ink === null) return []
      if (!own) {
        ink.fillStyle = getComputedStyle(element).backgroundColor
        ink.fillRect(0, 0, sheet.width, sheet.height)
      }
      const { data } = ink.getImageData(0, 0, sheet.width, sheet.height)
      return [...new Set(new Uint32Array(data.buffer))]
    }),
  )

test('zoomed by wheel, buttons, keys and drag; the link shows the same to someone else', async ({
  admitted: page,
  stack,
  browser,
}) => {
  await theNight.staged(stack)
  await theNight.open(page, stack)
  await expect(shown(page)).toContainText('1h 00m')
  const box = await boxOf(page.getByTestId('lanes'))
  await page.mouse.move(box.x + box.width * 0.8, box.y + 30)
  await page.keyboard.down('Control')
  for (let nth = 0; nth < 6; nth += 1) await page.mouse.wheel(0, -60)
  await page.keyboard.up('Control')
  await expect(page).toHaveURL(/zoom=\d{4}.*~/)
  await expect(shown(page)).toContainText(/^5m/)
  const zoomed = await shown(page).innerText()

  await page.mouse.down()
  await page.mouse.move(box.x + box.width * 0.4, box.y + 30, { steps: 5 })
  await page.mouse.up()
  await expect(shown(page)).not.toHaveText(zoomed)
  await page.keyboard.press('+')
  await expect(shown(page)).toContainText(/^2m/)
  await page.getByRole('button', { name: 'Zoom out' }).click()
  await expect(shown(page)).toContainText(/^5m/)
  const here = await shown(page).innerText()
  await expect(page).toHaveURL(/zoom=/)

  const elsewhere = await (await browser.newContext()).newPage()
  await signIn(elsewhere, stack)
  await expect.poll(() => new URL(page.url()).searchParams.get('zoom')).toContain('~')
  await page.waitForURL((url) => url.searchParams.get('zoom')?.includes('~') === true)
  await elsewhere.goto(page.url())
  await expect(shown(elsewhere)).toHaveText(here)
  await expect(agents(elsewhere).getByRole('listitem')).toHaveCount(4)
  await elsewhere.context().close()

  await page.keyboard.press('0')
  await expect(shown(page)).toContainText('1h 00m')
  const strip = await boxOf(page.getByTestId('strip'))
  await page.mouse.move(strip.x + strip.width * 0.9, strip.y + 10)
  await page.mouse.down()
  await page.mouse.move(strip.x + strip.width - 1, strip.y + 10, { steps: 5 })
  await page.mouse.up()
  await expect(shown(page)).toContainText(/^(5m 5\d|6m 0\d)s|following/)
  await page.getByRole('button', { name: 'Make this the window' }).click()
  await expect(page).toHaveURL(/from=\d{4}-.*to=\d{4}-/)
  await expect(page).not.toHaveURL(/zoom=/)
})
