import { randomUUID } from 'node:crypto'

import { drawnWords, keepWords } from './canvas-words.ts'
import { agents, shown, timeline } from './incident-screens.ts'
import { clock } from './look-back-night.ts'
import { ask } from './people.ts'
import { boxOf, freshness, isLive } from './screens.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, lostConnection, signIn, test } from './test.ts'

test('the lane that was scrolled to stays where it is while the window goes on and is read again', async ({
  admitted: page,
  stack,
  agent,
}) => {
  const names = Array.from({ length: 12 }, (_, nth) => `${agent}-${String.fromCharCode(97 + nth)}`)
  // As the owner: a login for each would take long.
  await stack.owner.query(
    `insert into workflow_checkpoints (agent_id, goal, current_step)
     select name, 'Count shelf ' || n, 'count' from unnest($1::text[]) name, generate_series(1, 3) n`,
    [names],
  )
  await page.goto(`${stack.url}/incidents?from=-5m&agent=${names.join(',')}`)
  await isLive(page)
  const lanes = agents(page).getByRole('listitem')
  await expect(lanes).toHaveCount(names.length)
  const scroller = page.locator('[data-scroller]')
  const first = lanes.first()
  const name = (await first.getByRole('button').getAttribute('title'))?.replace('Only ', '') ?? ''
  expect(names).toContain(name)
  const grown = (await boxOf(first)).height
  await scroller.evaluate((element) => element.scrollTo(0, element.scrollHeight / 3))
  const scrolled = await scroller.evaluate((element) => element.scrollTop)
  expect(scrolled).toBeGreaterThan(grown)
  const looked = lanes.nth(7)
  const { y } = await boxOf(looked)

  // Beside the others it needs a row more, and all lanes below it come to lie further down.
  await stack.owner.query(
    `insert into workflow_checkpoints (agent_id, goal, current_step) values ($1, 'Count all again', 'count')`,
    [name],
  )
  await expect(first).toContainText('4 runs')
  expect((await boxOf(first)).height).toBeGreaterThan(grown)
  expect((await boxOf(looked)).y).toBeCloseTo(y, 0)
  expect(await scroller.evaluate((element) => element.scrollTop)).toBeGreaterThan(scrolled)
})

test('a window without an end ends at now and goes on with it; where nothing is live it says of when it is', async ({
  page,
  fragile: stack,
  provokes,
}) => {
  provokes.push(lostConnection, /status of 50\d/)
  const agent = 'goes-on'
  const url = await stack.addAgent(agent)
  const run = randomUUID()
  await sql(
    url,
    `insert into workflow_checkpoints (workflow_id, agent_id, current_step) values ('${run}', '${agent}', 'wait')`,
  )
  const before = await clock(stack)
  await keepWords(page)
  await signIn(page, stack)
  const lane = agents(page).getByRole('listitem')
  const edge = async () =>
    (await drawnWords(timeline(page))).filter((words) => /^(now|as of .*)$/.test(words))
  await page.goto(`${stack.url}/incidents?from=-5m&agent=${agent}`)
  await isLive(page)
  await expect(lane).toHaveText(/1 run$/)
  await expect.poll(edge).toEqual(['now'])

  // What comes after the page was opened comes into the window, and into a zoom that follows its end.
  await ask(stack, 'runs.kill', { id: run, reason: 'it waits for nothing' })
  await expect(lane).toContainText('1 stop')
  await page.keyboard.press('+')
  await expect(shown(page)).toContainText(/^2m 30s from .*, following$/)
  await expect.poll(edge).toEqual(['now'])
  await sql(
    url,
    `insert into workflow_checkpoints (agent_id, current_step) values ('${agent}', 'again')`,
  )
  await expect(lane).toContainText('2 runs')

  stack.freeze()
  await expect(freshness(page, 'Disconnected; what is shown is old')).toBeAttached()
  await expect.poll(edge).toEqual([expect.stringMatching(/^as of \d\d:\d\d:\d\d$/)])
  stack.thaw()
  await isLive(page)
  await expect.poll(edge).toEqual(['now'])

  // One that has an end stays: what came later is not in it, and nothing says now.
  await page.goto(`${stack.url}/incidents?from=-5m&to=${encodeURIComponent(before)}&agent=${agent}`)
  await isLive(page)
  await expect(lane).toHaveText(/1 run$/)
  expect(await edge()).toEqual([])
})
