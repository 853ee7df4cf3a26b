import { failing, open, press, runThat, type Screen, settled } from './shots.ts'
import type { Stack } from './stack.ts'

const iso = (ms: number): string => encodeURIComponent(new Date(ms).toISOString())
const ago = (seconds: number): string => iso(Date.now() - seconds * 1000)

const ofSearcher = `agent_id = 'shelf-searcher'`
const ofRun = (where: string, search: () => string) => async (stack: Stack) =>
  `/runs/${await runThat(stack, where)}${search()}`

async function requestThat(stack: Stack, where: string): Promise<string> {
  const { rows } = await stack.owner.query<{ id: string }>(
    `select approval_id as id from approval_queue q where ${where} order by requested_at desc limit 1`,
  )
  return `/approvals/${rows[0]?.id ?? ''}`
}
const open24 = `q.tool = 'payments.refund' and q.decision is null and q.closed_at is null`

/** Incidents: a window, its seconds, as a table, and with nothing in it. */
export const incidents: readonly Screen[] = [
  open('/incidents?from=-15m', 'incidents'),
  async (page, shoot, stack) => {
    await page.goto(`${stack.url}/incidents?from=-15m`)
    await settled(page)
    for (let n = 0; n < 6; n += 1) await page.keyboard.press('+')
    await shoot('incidents-seconds')
  },
  open('/incidents?from=-15m&view=table', 'incidents-table'),
  open('/incidents?from=2020-01-01T00:00:00Z&to=2020-01-01T01:00:00Z', 'incidents-before'),
  open('/incidents?from=-1h&agent=nobody-is-called-so', 'incidents-empty'),
  failing('/incidents?from=-15m', 'incidents-failed'),
]

export const past: readonly Screen[] = [
  open(async () => `/?at=${ago(60)}`, 'past-fleet'),
  open(async () => `/?at=${ago(20)}&since=${ago(120)}`, 'past-changes'),
  open(
    ofRun(ofSearcher, () => `?at=${ago(20)}`),
    'past-run',
  ),
  open('/?at=2020-01-01T00:00:00Z', 'past-before'),
  open('/?at=banana', 'past-malformed'),
]

export const approvals: readonly Screen[] = [
  open(async (stack) => requestThat(stack, open24), 'approval-quorum'),
  async (page, shoot, stack) => {
    await page.goto(stack.url + (await requestThat(stack, open24)))
    await settled(page)
    await page.getByRole('button', { name: /^Edit/ }).first().click({ timeout: 5000 })
    await shoot('approval-edit')
  },
  open(
    async (stack) => requestThat(stack, `q.tool = 'payments.refund' and q.expires_at < now()`),
    'approval-expired',
  ),
  async (page, shoot, stack) => {
    await page.goto(`${stack.url}/approvals`)
    await settled(page)
    const boxes = page.getByRole('checkbox')
    for (const box of (await boxes.all()).slice(1, 5)) await box.check()
    await shoot('approvals-chosen')
    await page.getByRole('button', { name: 'Approve…' }).first().click({ timeout: 5000 })
    await shoot('approvals-many')
  },
  async (page, shoot, stack) => {
    await page.goto(stack.url + (await requestThat(stack, open24)))
    await page.getByRole('button', { name: 'More answers' }).click({ timeout: 5000 })
    await shoot('approval-more')
  },
  failing('/approvals', 'approvals-failed'),
]

export const agents: readonly Screen[] = [
  open('/agents?view=loops', 'agents-loops'),
  open('/agents?view=policies', 'agents-policies'),
  press('/agents?view=policies', 'New policy', 'agents-policy-new'),
  open('/agents?view=drift', 'agents-drift'),
  open('/agents?view=drift&agent=shelf-searcher', 'agents-drift-policy'),
  failing('/agents?view=policies', 'agents-policies-failed'),
  failing('/agents?view=drift', 'agents-drift-failed'),
  open(
    ofRun(ofSearcher, () => '?tab=drift'),
    'run-drift',
  ),
]

export const settings: readonly Screen[] = [
  open('/settings?view=account', 'settings-account'),
  open('/settings?view=people', 'settings-people'),
  press('/settings?view=people', 'Add a person', 'settings-person-new'),
  open('/settings?view=sessions', 'settings-sessions'),
  open('/settings?view=tokens', 'settings-tokens'),
  press('/settings?view=tokens', 'Make a token', 'settings-token-new'),
  open('/settings?view=notifications', 'settings-notifications'),
  press('/settings?view=notifications', 'Add a channel', 'settings-channel-new'),
  open('/settings?view=health', 'settings-health'),
  failing('/settings?view=people', 'settings-failed'),
]
