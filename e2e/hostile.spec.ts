import { Client } from 'pg'

import { events, openRun, row } from './screens.ts'
import { expect, test } from './test.ts'

const script =
  '<script>document.title = "owned"</script><img src=x onerror="document.title = \'owned\'">'
const turned = 'pay \u202Eelpmaxe\u202C \u2066now\u2069'
const noise = 'bell \u0007 escape \u001B[31m tab \t end'
const endless = 'x'.repeat(200_000)
/** Turned, with a character that cannot be seen, and a script: also where an agent gives but a name. */
const name = `${turned} \u0007 ${script}`
/** An override as it was written, and what stands before it. */
const turning = /.{0,80}\u202E/u
const overrideShown = '⟨U+202E⟩'

test('whatever an agent writes is shown as text, harmlessly, on every screen', async ({
  signedIn: page,
  stack,
  agent,
}) => {
  const client = new Client({ connectionString: await stack.addAgent(agent) })
  await client.connect()
  const { rows } = await client.query<{ id: string }>(
    `insert into workflow_checkpoints (agent_id, goal, current_step, step_input, skill, labels, current_tool)
     values ($1, $2, $3, $4, $5, $6, $7) returning workflow_id as id`,
    [
      agent,
      `${script} ${turned} ${noise}`,
      name,
      JSON.stringify({ [script]: turned, endless, nested: { noise, script } }),
      name,
      JSON.stringify({ [script]: script }),
      name.slice(0, 150),
    ],
  )
  const run = rows[0]?.id ?? ''
  await client.query(
    `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, credentials)
     values ($1, $2, $3, $3, $3, $4, $3)`,
    [agent, run, name, JSON.stringify({ script, endless, turned })],
  )
  const asked = await client.query<{ id: string }>(
    `insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason)
     values ($1, $2, $3, $3, $4, $5) returning approval_id as id`,
    [
      run,
      name,
      name,
      JSON.stringify({ [script]: script, endless, turned }),
      `${script} ${turned} ${noise}`,
    ],
  )
  await client.end()
  const request = `/approvals/${asked.rows[0]?.id}`

  await expect(row(page, agent)).toContainText('<script>')
  await openRun(page, agent)
  await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toContainText('<script>')
  await events(page).getByRole('button').first().click()
  const places = [
    `/?q=${agent}`,
    request,
    `/runs/${run}`,
    `/runs/${run}?tab=actions`,
    `/runs/${run}?tab=drift`,
    `/runs/${run}?tab=approvals`,
    `/runs/${run}?tab=audit`,
    `/runs/${run}?tab=raw`,
    `/approvals`,
    `/agents`,
    `/incidents?from=-15m&agent=${agent}`,
    `/audit?agent=${agent}`,
  ]
  for (const place of places) {
    await page.goto(stack.url + place)
    // These show nothing that an agent wrote but its name, before something on them is chosen.
    const sign = /^.(agents|incidents)/.test(place) ? agent : '<script>'
    await expect(page.getByText(sign).first()).toBeAttached()
    expect(await page.title()).not.toBe('owned')
    expect(await page.locator('img, script:not([src])').count()).toBe(0)
    // A name that turns the reading direction must not turn the console's own words around it.
    expect((await page.content()).match(turning), `${place} turns its text`).toBeNull()
    const spill = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    expect(spill, `${place} scrolls sideways`).toBe(false)
  }
  // The row that the agent wrote itself came before that of its request.
  await page.getByRole('row').filter({ hasText: 'script' }).nth(1).click()
  await expect(page.getByRole('region', { name: 'After' })).toContainText('show all')
  expect((await page.content()).match(turning)).toBeNull()

  // On the request each thing that was turned is seen to be.
  await page.goto(stack.url + request)
  const decision = page.getByRole('article', { name: 'Decision' })
  await expect(decision.getByRole('heading', { level: 2 })).toContainText(overrideShown)
  await expect(decision.getByText('Asked by').locator('..')).toContainText(overrideShown)
  await expect(decision.getByText('Skill', { exact: true }).locator('..')).toContainText('␇')
  await expect(decision.getByRole('region', { name: 'What was found' })).toContainText(
    'Nothing found',
  )
})
