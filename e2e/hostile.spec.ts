import { Client } from 'pg'

import { events, openRun, row } from './screens.ts'
import { expect, test } from './test.ts'

const script =
  '<script>document.title = "owned"</script><img src=x onerror="document.title = \'owned\'">'
const turned = 'pay \u202Eelpmaxe\u202C \u2066now\u2069'
const noise = 'bell \u0007 escape \u001B[31m tab \t end'
const endless = 'x'.repeat(200_000)

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
      script,
      JSON.stringify({ [script]: turned, endless, nested: { noise, script } }),
      script,
      JSON.stringify({ [script]: script }),
      script.slice(0, 150),
    ],
  )
  const run = rows[0]?.id ?? ''
  await client.query(
    `insert into agent_audit_log (agent_id, workflow_id, action, target_table, target_row_id, data_after, credentials)
     values ($1, $2, $3, $3, $3, $4, $3)`,
    [agent, run, script, JSON.stringify({ script, endless })],
  )
  await client.query(
    `insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason)
     values ($1, $2, $3, $3, $4, $5)`,
    [
      run,
      script,
      script,
      JSON.stringify({ [script]: script, endless, turned }),
      `${script} ${turned} ${noise}`,
    ],
  )
  await client.end()

  await expect(row(page, agent)).toContainText('<script>')
  await openRun(page, agent)
  await expect(page.getByRole('main').getByRole('heading', { level: 1 })).toContainText('<script>')
  await events(page).getByRole('button').first().click()
  const places = [
    `/runs/${run}?tab=actions`,
    `/runs/${run}?tab=approvals`,
    `/runs/${run}?tab=audit`,
    `/runs/${run}?tab=raw`,
    `/approvals`,
    `/agents`,
    `/audit?agent=${agent}`,
  ]
  for (const place of places) {
    await page.goto(stack.url + place)
    // The agents' page shows nothing that an agent wrote but its name.
    const sign = place === '/agents' ? agent : '<script>'
    await expect(page.getByText(sign).first()).toBeAttached()
    expect(await page.title()).not.toBe('owned')
    expect(await page.locator('img, script:not([src])').count()).toBe(0)
    // A name that turns the reading direction must not turn the console's own words around it.
    const spill = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)
    expect(spill, `${place} scrolls sideways`).toBe(false)
  }
  await page.getByRole('row').filter({ hasText: 'script' }).first().click()
  await expect(page.getByRole('region', { name: 'After' })).toContainText('show all')
})
