import { ask } from './people.ts'
import { after, ago, failing, open, press, runThat, type Screen } from './shots.ts'
import type { Stack } from './stack.ts'
import { Wire } from './stack/wire.ts'

const busiest = `engine = 'sdk' and status in ('running', 'paused', 'approved')`
const searcher = `agent_id = 'shelf-searcher'`
const run =
  (where: string, search: () => string = () => '') =>
  async (stack: Stack) =>
    `/runs/${await runThat(stack, where)}${search()}`

const decision = (where: string) => async (stack: Stack) => {
  const { rows } = await stack.owner.query<{ id: string }>(
    `select approval_id as id from approval_queue q where ${where}
     order by q.decision is null and q.closed_at is null desc, requested_at desc limit 1`,
  )
  return `/approvals/${rows[0]?.id ?? ''}`
}
/** What somebody else saves while the policy of refunds is typed over. */
const refundsSooner = {
  name: 'Refunds take two',
  tool: 'payments.refund',
  gate: true,
  quorum: [{ name: 'on-call', count: 2, members: ['operator:ana', 'operator:ben'] }],
  expiresAfterS: 600,
}
const refund = decision(`q.tool = 'payments.refund' and q.decision is null and q.closed_at is null`)

const fleet: readonly Screen[] = [
  open('/', 'fleet'),
  open('/?state=running&sort=spend', 'fleet-filtered'),
  open('/?q=nothing-is-called-so', 'fleet-no-match'),
  after('/', 'fleet-selected', async (page) => page.keyboard.press('j')),
  after('/', 'palette', async (page) => {
    await page.keyboard.press('Control+k')
    await page.getByRole('dialog').getByRole('combobox').fill('re')
  }),
  after('/', 'keys', async (page) => page.keyboard.press('?')),
  open(async () => `/?at=${ago(60)}`, 'past-fleet'),
  open(async () => `/?at=${ago(20)}&since=${ago(120)}`, 'past-changes'),
  open('/?at=2020-01-01T00:00:00Z', 'past-before'),
  open('/?at=banana', 'past-malformed'),
  failing('/?at=2020-01-01T00:00:00Z', 'past-failed'),
  open('/nowhere', 'not-found'),
  {
    name: 'disconnected',
    reach: async (page, stack) => {
      const wire = await Wire.to(stack.port)
      try {
        await page.goto(`http://127.0.0.1:${wire.port}`)
        await page
          .getByRole('status')
          .filter({ hasText: /^Live$/ })
          .waitFor({ state: 'attached' })
        wire.down()
        await page.getByText(/disconnected ([3-9]|\d\d)s ago/).waitFor()
      } finally {
        await wire.close()
      }
    },
  },
]

const runs: readonly Screen[] = [
  open(run(busiest), 'run-timeline'),
  open(
    run(busiest, () => '?tab=actions'),
    'run-actions',
  ),
  open(
    run('workflow_id in (select workflow_id from approval_queue)', () => '?tab=approvals'),
    'run-approvals',
  ),
  open(
    run(busiest, () => '?tab=audit'),
    'run-audit',
  ),
  open(
    run(busiest, () => '?tab=raw'),
    'run-raw',
  ),
  open(
    run(searcher, () => '?tab=drift'),
    'run-drift',
  ),
  open(run(`engine = 'sql'`), 'run-plain-sql'),
  open(run(`stop_reason = 'USER_PAUSED'`), 'run-paused'),
  open(run(`status = 'killed'`), 'run-killed'),
  open(run(`status = 'failed'`), 'run-failed'),
  open(
    run(searcher, () => `?at=${ago(20)}`),
    'past-run',
  ),
  open('/runs/00000000-0000-4000-8000-000000000000', 'run-unknown'),
]

const incidents: readonly Screen[] = [
  open('/incidents?from=-24h', 'incidents-day'),
  open('/incidents?from=-1h', 'incidents-hour'),
  open('/incidents?from=-5m', 'incidents-minutes'),
  after('/incidents?from=-15m', 'incidents-second', async (page) => {
    for (let n = 0; n < 10; n += 1) await page.keyboard.press('+')
  }),
  open('/incidents?from=-15m&view=table', 'incidents-table'),
  open('/incidents?from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00Z', 'incidents-before'),
  open('/incidents?from=-1h&agent=nobody-is-called-so', 'incidents-no-match'),
  failing('/incidents?from=-15m', 'incidents-failed'),
]

const approvals: readonly Screen[] = [
  open('/approvals', 'approvals'),
  open(refund, 'approval-quorum'),
  press(decision(`q.kind = 'change'`), /^Edit/, 'approval-edit'),
  press(refund, 'More answers', 'approval-more'),
  after(decision(`q.kind = 'change'`), 'approval-delegate', async (page) =>
    page.keyboard.press('d'),
  ),
  after(decision(`q.kind = 'change'`), 'approval-escalate', async (page) =>
    page.keyboard.press('s'),
  ),
  open(decision(`q.kind = 'output'`), 'approval-output'),
  open(decision(`q.kind = 'change'`), 'approval-change'),
  open(decision(`q.tool like '<%'`), 'approval-hostile'),
  open(decision(`q.decision is not null`), 'approval-decided'),
  press(refund, /^Reject/, 'approval-reject'),
  open(decision(`q.tool = 'payments.refund' and q.expires_at < now()`), 'approval-expired'),
  open(decision(`q.tool is null`), 'approval-plain-sql'),
  open(decision(`q.tool = 'stock.write_off'`), 'approval-lacks-people'),
  after(decision(`q.tool like '<%'`), 'approval-handed-on', async (page) => {
    await page.keyboard.press('d')
    const dialog = page.getByRole('dialog')
    // Once handed on it stays so.
    await dialog.waitFor({ timeout: 3000 }).catch(() => undefined)
    if (!(await dialog.isVisible())) return
    await dialog.getByLabel('To whom').fill('ana')
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await page.goBack()
  }),
  after('/approvals', 'approvals-many', async (page) => {
    for (const box of (await page.getByRole('checkbox').all()).slice(1, 5)) await box.check()
    await page.getByRole('button', { name: 'Approve…' }).first().click({ timeout: 5000 })
  }),
  failing('/approvals', 'approvals-failed'),
]

const agents: readonly Screen[] = [
  open('/agents', 'agents'),
  press('/agents', 'Isolate…', 'agents-isolate'),
  open('/agents?view=loops', 'agents-loops'),
  open('/agents?view=policies', 'agents-policies'),
  press('/agents?view=policies', 'New policy', 'agents-policy-new'),
  press('/agents?view=policies', /^Edit/, 'agents-policy-edit'),
  after('/agents?view=policies', 'agents-policy-preview', async (page) => {
    await page.getByRole('button', { name: 'New policy' }).click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Name', { exact: true }).fill('Refunds over twenty')
    await form.getByLabel('Tool').fill('payments.*')
    await form.getByLabel('Nobody is asked where').fill('$.eur <= 20')
    await form.getByLabel('Who must agree').fill('2 on-call')
    await form.getByLabel('Check-in after steps').fill('20')
    await form.getByRole('button', { name: 'Look', exact: true }).click()
    await form.getByRole('list', { name: 'Calls' }).scrollIntoViewIfNeeded()
  }),
  after('/agents?view=policies', 'agents-policy-overtaken', async (page, stack) => {
    await page.getByRole('button', { name: /^Edit/ }).first().click()
    const form = page.getByRole('dialog')
    await form.getByLabel('Deadline, in minutes').fill('45')
    await form.getByLabel('Who must agree').fill('1 on-call: ana')
    const { rows } = await stack.owner.query<{ of: unknown; spec: { name: string } }>(
      `select jsonb_build_object('id', policy_id, 'version', version) as of, name from approval_policies
       where name = 'Refunds take two' order by version desc limit 1`,
    )
    await ask(stack, 'policies.save', { of: rows[0]?.of, spec: refundsSooner, reason: 'sooner' })
    await form.getByText('meanwhile').first().waitFor()
  }),
  open('/agents?view=drift', 'agents-drift'),
  open('/agents?view=drift&agent=shelf-searcher', 'agents-drift-policy'),
  after(
    '/agents?view=drift&agent=shelf-searcher',
    'agents-drift-overtaken',
    async (page, stack) => {
      await page.getByLabel('Loop at').fill('0.9')
      const { rows } = await stack.owner.query<{ expected: number }>(
        `select max(version) as expected from holdpoint.drift_policies where agent_id = 'shelf-searcher'`,
      )
      const settings = { loopAt: 0.7, driftAt: 0.8, repeats: 8 }
      await ask(stack, 'detections.savePolicy', {
        agentId: 'shelf-searcher',
        settings,
        holds: false,
        reason: 'sooner',
        expected: rows[0]?.expected ?? 0,
      })
      await page.reload()
      await page.getByText('meanwhile').first().waitFor()
    },
  ),
  failing('/agents?view=policies', 'agents-policies-failed'),
  failing('/agents?view=drift', 'agents-drift-failed'),
  open('/audit', 'audit'),
  after('/audit?action=action.begin*', 'audit-row', async (page) => page.keyboard.press('j')),
  open('/audit?agent=odd-writer', 'audit-hostile'),
  failing('/audit', 'audit-failed'),
]

const settings: readonly Screen[] = [
  open('/settings?view=account', 'settings-account'),
  open('/settings?view=people', 'settings-people'),
  press('/settings?view=people', 'Add a person', 'settings-person-new'),
  open('/settings?view=sign-in', 'settings-sign-in'),
  open('/settings?view=tokens', 'settings-tokens'),
  press('/settings?view=tokens', 'Make a token', 'settings-token-new'),
  open('/settings?view=notifications', 'settings-notifications'),
  press('/settings?view=notifications', 'Add a channel', 'settings-channel-new'),
  open('/settings?view=health', 'settings-health'),
  failing('/settings?view=people', 'settings-failed'),
  failing('/settings?view=health', 'settings-health-failed'),
  {
    name: 'signed-out',
    reach: async (page, stack) => {
      const cookies = await page.context().cookies()
      await page.context().clearCookies()
      await page.goto(stack.url)
      await page.getByRole('heading', { name: 'You are signed out' }).waitFor()
      await page.context().addCookies(cookies)
    },
  },
  {
    name: 'signed-out-refused',
    reach: async (page, stack) => {
      const cookies = await page.context().cookies()
      await page.context().clearCookies()
      await page.goto(stack.url)
      await page.getByLabel('Name').fill('ana')
      await page.getByLabel('Password').fill('not-her-password')
      await page.keyboard.press('Enter')
      await page.getByRole('alert').waitFor()
      await page.context().addCookies(cookies)
    },
  },
]

/** How a person left the charts is how every later page of theirs finds them: so these come last. */
const history: readonly Screen[] = [
  press('/', /^History$/, 'history-charts'),
  press('/', /^Numbers$/, 'history-numbers'),
]

/** Of a fleet at work, on which all was staged. */
export const busy = [
  ...fleet,
  ...runs,
  ...incidents,
  ...approvals,
  ...agents,
  ...settings,
  ...history,
]

/** Of an installation that has seen nothing yet. */
export const empty: readonly Screen[] = [
  open('/', 'empty-fleet'),
  open('/approvals', 'empty-approvals'),
  open('/agents', 'empty-agents'),
  open('/audit', 'empty-audit'),
  open('/incidents', 'empty-incidents'),
  open('/agents?view=policies', 'empty-policies'),
  open('/agents?view=drift', 'empty-drift'),
  open('/agents?view=loops', 'empty-loops'),
  open('/settings?view=notifications', 'empty-notifications'),
]

/** Of the night of ten runs that the incident tests stage. */
export const night: readonly Screen[] = [
  open('/', 'night-fleet'),
  open('/incidents?from=-5m', 'night-incidents'),
  open('/incidents?from=-5m&view=table', 'night-table'),
]
