import { after, ago, open, type Screen } from './shots.ts'
import type { Stack } from './stack.ts'

const agents = 200
const rounds = 15

// As the owner and by sets: two hundred logins take a minute to make.
const runs = (round: number) => `
  insert into workflow_checkpoints (agent_id, goal, current_step, skill)
  select 'warehouse-' || lpad(n::text, 3, '0') || case when n % 7 = 0 then '-returns-and-supplier-claims' else '' end,
    'Count shelf ' || n || ' of hall ${round}', 'count', 'stock-count'
  from generate_series(1, ${agents}) n`

const ends = `
  update workflow_checkpoints w set status = case when random() < 0.06 then 'failed' else 'complete' end
  where status = 'running' and random() < 0.7`

// None expires while somebody looks: an agent whose request does changes its place among the lanes.
const asks = `
  insert into approval_queue (workflow_id, requested_by, tool, target, arguments, agent_reason, risk, expires_at)
  select workflow_id, agent_id, 'stock.write_off', goal, '{"boxes": 3}', 'They are not where they should be.',
    (array['low', 'medium', 'high'])[1 + floor(random() * 3)::int], clock_timestamp() + interval '20 minutes' + interval '40 minutes' * random()
  from workflow_checkpoints where status = 'running' and random() < 0.5`

/** Two hundred agents that do little each, and much together. */
export async function stageCrowd(stack: Stack): Promise<void> {
  for (let round = 1; round <= rounds; round += 1) {
    await stack.owner.query(runs(round))
    await stack.owner.query(ends)
  }
  await stack.owner.query(asks)
}

/** Of two hundred agents with thousands of runs. */
export const crowd: readonly Screen[] = [
  open('/', 'crowd-fleet'),
  open('/?state=running&sort=goal', 'crowd-fleet-running'),
  open('/incidents?from=-15m', 'crowd-incidents'),
  after('/incidents?from=-15m', 'crowd-incidents-lower', async (page) => {
    for (let n = 0; n < 60; n += 1) await page.keyboard.press('ArrowDown')
  }),
  open('/incidents?from=-15m&view=table', 'crowd-incidents-table'),
  open('/approvals', 'crowd-approvals'),
  open('/agents', 'crowd-agents'),
  open('/agents?view=drift', 'crowd-drift'),
  open('/agents?view=loops', 'crowd-loops'),
  open('/audit', 'crowd-audit'),
  open(async () => `/?at=${ago(30)}`, 'crowd-past-fleet'),
  open(async () => `/?at=${ago(1)}&since=${ago(600)}`, 'crowd-past-changes'),
]
