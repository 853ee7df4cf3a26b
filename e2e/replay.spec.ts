import { existsSync } from 'node:fs'
import { join } from 'node:path'

import type { Page } from '@playwright/test'

import { controls, headState, isLive, openRun, row, showsWholeHistory } from './screens.ts'
import type { Stack } from './stack.ts'
import { corpus } from './stack/corpus.ts'
import { root } from './stack/program.ts'
import { expect, signIn, test } from './test.ts'

const recordings = join(root, 'packages/recordings/fixtures/shop-repairs.json')

test('recorded runs are played as live ones, and can be paused like any other', async ({
  signedIn: page,
  stack,
}) => {
  // So slowly that none is over before it is paused, however busy this machine is.
  const slow = stack.begins('replay', recordings, '--speed', '0.05', '--runs', '2')
  const playing = row(page, 'replay-').filter({ hasText: 'Running' }).first()
  await playing.getByRole('link').click()
  await expect(controls(page)).toBeVisible()
  await page.keyboard.press('p')
  await expect(headState(page, 'Paused')).toBeVisible()
  await page.keyboard.press('r')
  await expect(headState(page, 'Running')).toBeVisible()
  await slow.stop()

  const quick = stack.begins('replay', recordings, '--speed', '20', '--runs', '4')
  expect(await quick.ended).toBe(0)
  expect(quick.err).toContain('0 failed')
  await page.goto(`${stack.url}/?agent=replay-*&state=complete`)
  await row(page, 'replay-').first().getByRole('link').click()
  await expect(headState(page, 'Complete')).toBeVisible()
  await showsWholeHistory(page, stack, new URL(page.url()).pathname.split('/').at(-1) ?? '')
})

async function runsOf(stack: Stack): Promise<number> {
  const { rows } = await stack.owner.query<{ n: number }>(
    'select count(*)::integer as n from workflow_checkpoints',
  )
  return rows[0]?.n ?? 0
}

/** Scrolls the virtual table from end to end, as a person does, and counts the runs it showed. */
const scrolledThrough = async (page: Page): Promise<number> =>
  page.getByRole('grid', { name: 'Runs' }).evaluate(async ({ parentElement: grid }) => {
    if (grid === null) return 0
    const seen = new Set<string>()
    for (let at = 0; at < grid.scrollHeight; at += grid.clientHeight / 2) {
      grid.scrollTop = at
      for (let n = 0; n < 4; n += 1) await new Promise(requestAnimationFrame)
      for (const each of grid.querySelectorAll<HTMLElement>('[data-run]'))
        seen.add(each.dataset['run'] ?? '')
    }
    return seen.size
  })

test('two hundred runs at once: the fleet scrolls, filters and opens one while all of them move', async ({
  page,
  fragile: stack,
}) => {
  test.skip(!existsSync(corpus), `the recorded corpus is absent: ${corpus}`)
  test.setTimeout(240_000)
  await signIn(page, stack)
  const replay = stack.begins('replay', corpus, '--speed', '3', '--runs', '200')
  await expect.poll(async () => runsOf(stack), { timeout: 120_000 }).toBeGreaterThan(60)
  // Each of them is over before long: another one is taken where one was.
  await expect(async () => {
    await page.goto(stack.url)
    await row(page, 'Running').first().getByRole('link').click({ timeout: 10_000 })
    await controls(page).getByRole('button', { name: 'Pause' }).click({ timeout: 10_000 })
    await expect(headState(page, 'Paused')).toBeVisible()
  }).toPass()
  const run = new URL(page.url()).pathname.split('/').at(-1) ?? ''
  await showsWholeHistory(page, stack, run)

  await page.goBack()
  const shown = page
    .getByRole('main')
    .getByRole('status')
    .filter({ hasText: /^\d+ runs?$/ })
  await expect(shown).toHaveText('200 runs', { timeout: 120_000 })
  expect(await runsOf(stack)).toBe(200)
  await isLive(page)
  await expect.poll(async () => scrolledThrough(page)).toBe(200)
  const search = page.getByRole('searchbox', { name: 'Search runs' })
  await search.fill(run)
  await expect(shown).toHaveText('1 run')
  await expect(row(page, 'Paused by a person')).toBeVisible()
  await search.fill('')
  await expect(shown).toHaveText('200 runs')
  await isLive(page)
  await replay.stop()
})

test('the whole corpus to its end, watched all the while @nightly', async ({
  page,
  fragile: stack,
}) => {
  test.skip(!existsSync(corpus), `the recorded corpus is absent: ${corpus}`)
  test.setTimeout(1_200_000)
  await signIn(page, stack)
  const replay = stack.begins('replay', corpus, '--speed', '10', '--runs', '200')
  expect(await replay.ended).toBe(0)
  await isLive(page)
  const counts = page.getByRole('list', { name: 'Runs by state' }).filter({ visible: true })
  await expect(counts.getByRole('link', { name: /Complete/ })).toContainText('200')
  await openRun(page, 'Complete')
})
