import { randomUUID } from 'node:crypto'

import type { Locator, Page } from '@playwright/test'

import { drawnWords, keepWords } from './canvas-words.ts'
import { agents, moments, readOut, timeline } from './incident-screens.ts'
import { boxOf, isLive } from './screens.ts'
import type { Stack } from './stack.ts'
import { sql } from './stack/sql-agent.ts'
import { expect, test } from './test.ts'

const script = `<script>document.title="owned"</script><img src=x onerror="document.title='owned'">`
/** Read from the right it says "example": at its beginning, where there is always room for it. */
const turned = `\u202Eelpmaxe\u202C`
const overrideShown = '⟨U+202E⟩elpmaxe⟨U+202C⟩'
/** As long as the database takes them, without a place to break. */
const endless = { step: 'S'.repeat(500), tool: 'T'.repeat(200), target: 'X'.repeat(1000) }

/** A run that turns and scripts, and one of another agent without end. @returns where the lanes show both, whole */
async function staged(stack: Stack, agent: string): Promise<string> {
  const runs = [
    [agent, { step: `${turned} ${script}`, tool: `${turned} ${script}`, target: script }],
    [`${agent}-endless`, endless],
  ] as const
  for (const [name, { step, tool, target }] of runs) {
    const run = randomUUID()
    const quoted = [step, tool, target].map((words) => `'${words.replaceAll("'", "''")}'`)
    await sql(
      await stack.addAgent(name),
      `insert into workflow_checkpoints (workflow_id, agent_id, goal, current_step, current_tool, tool_target)
       values ('${run}', '${name}', 'Goal of ${name}', ${quoted.join(', ')})`,
    )
  }
  const { rows } = await stack.owner.query<{ from: string }>(
    `select to_json(max(created_at)) #>> '{}' as "from" from workflow_checkpoints where starts_with(agent_id, $1)`,
    [agent],
  )
  // Both are at it since before, and go on: what is drawn of them is as wide as the lanes.
  const from = encodeURIComponent(rows[0]?.from ?? '')
  return `${stack.url}/incidents?from=${from}&agent=${agent},${agent}-endless`
}

async function isHarmless(page: Page): Promise<void> {
  expect(await page.title()).not.toBe('owned')
  expect(await page.locator('img, script:not([src])').count()).toBe(0)
  expect(await page.content()).not.toContain('\u202E')
  expect(await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)).toBe(false)
}

test('names of steps and tools that turn, script or never end are harmless in lanes and under the pointer', async ({
  admitted: page,
  stack,
  agent,
}) => {
  await keepWords(page)
  await page.goto(await staged(stack, agent))
  await isLive(page)
  const laneOf = (name: string) =>
    agents(page)
      .getByRole('listitem')
      .filter({ has: page.getByTitle(`Only ${name}`, { exact: true }) })
  const field = page.getByTestId('lanes')
  const drawn = async () => (await drawnWords(field)).filter((words) => !/^\d/.test(words))
  // The step in the bar, the tool on the line below it: of each as much as there is room for.
  await expect
    .poll(async () => (await drawn()).toSorted())
    .toEqual([
      expect.stringMatching(/^S+…$/),
      expect.stringMatching(/^T+…$/),
      expect.stringContaining(`${overrideShown} <script>`),
      expect.stringContaining(`${overrideShown} <script>`),
    ])
  const { width } = await boxOf(field)
  for (const words of await drawn()) {
    expect(words).not.toContain('\u202E')
    // Of the narrowest letters, too.
    expect(words.length * 5).toBeLessThan(width)
  }

  const tip = field.locator('> div')
  const under = async (lane: Locator, down: number, says: string, more: string) => {
    const box = await boxOf(lane)
    const { x } = await boxOf(field)
    await page.mouse.move(x + width / 2, box.y + down)
    await expect(tip).toContainText(says)
    await expect(tip).toContainText(more)
    // Whole on the screen, and on that of its words none is beside it.
    await expect(tip).toBeInViewport({ ratio: 1 })
    expect(await tip.evaluate((each) => each.scrollWidth <= each.clientWidth)).toBe(true)
    await isHarmless(page)
  }
  await under(laneOf(agent), 29, `Step: ${overrideShown} <script>`, `Goal of ${agent}`)
  await under(laneOf(agent), 42, `Tool: ${overrideShown} <script>`, '<img src=x')
  await under(laneOf(`${agent}-endless`), 29, 'Step: SSS', `Goal of ${agent}-endless`)
  await under(laneOf(`${agent}-endless`), 42, 'Tool: TTT', 'XXX')

  // The same by keys, where it is read out: nobody has to hear all of it.
  await page.mouse.move(0, 0)
  for (const name of [agent, `${agent}-endless`]) {
    await page.keyboard.press('Escape')
    await pressUntil(page, 'ArrowDown', new RegExp(`^${name}(,|:)`))
    // From the first of the lane's on.
    for (let nth = 0; nth < 3; nth += 1) await page.keyboard.press('k')
    await pressUntil(page, 'j', /: Tool: /)
    expect((await readOut(page).textContent())?.length).toBeLessThan(1000)
    await isHarmless(page)
  }
})

async function pressUntil(page: Page, key: string, said: RegExp): Promise<void> {
  for (let nth = 0; nth < 5; nth += 1) {
    if (said.test((await readOut(page).textContent()) ?? '')) return
    await page.keyboard.press(key)
  }
  await expect(readOut(page)).toContainText(said)
}

test('the same in the table of the lanes @phone', async ({ admitted: page, stack, agent }) => {
  await page.goto(`${await staged(stack, agent)}&view=table`)
  await isLive(page)
  const rows = moments(page).getByRole('row')
  for (const of of ['Step', 'Tool']) {
    await expect(rows.filter({ hasText: `${of}: ${overrideShown} <script>` })).toBeVisible()
    await expect(rows.filter({ hasText: `${of}: ${of[0]?.repeat(100)}` })).toBeVisible()
  }
  // What has no end is cut, and no line is wider than the table's place.
  await expect(rows.filter({ hasText: endless.step })).toHaveCount(0)
  const place = timeline(page).getByRole('group', { name: 'Lanes as a table' })
  expect(await place.evaluate((each) => each.scrollWidth <= each.clientWidth)).toBe(true)
  await isHarmless(page)
})
