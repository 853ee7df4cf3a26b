import { repeat } from '../../../test/drifting.ts'
import { agents, type Command, idFrom, pick, runOf, word, type World } from './world.fixture.ts'

const digest = 'a'.repeat(64)
const epochOf = '(select epoch from workflow_checkpoints where workflow_id = $1)'
const lease = { worker: 'w', leaseMs: 3_600_000, step: 'plan' }

const asAgent =
  (sql: string, ...params: (() => unknown)[]): Command['run'] =>
  async (world, nth) =>
    world.agent.query(sql, [runOf(world, nth), ...params.map((param) => param())])

const set = (assignments: string, ...params: (() => unknown)[]) =>
  asAgent(`update workflow_checkpoints set ${assignments} where workflow_id = $1`, ...params)

const start =
  (sql: string, params: (world: World, nth: number) => unknown[]): Command['run'] =>
  async (world, nth) =>
    world.runs.push(await idFrom(world.agent, sql, ...params(world, nth)))

const plain = `insert into workflow_checkpoints (agent_id, current_step, goal, status, limit_tokens)
  values ($1, 'step_1', $2, $3, $4) returning workflow_id as id`

export const starting: Command[] = [
  {
    name: 'start in plain SQL',
    run: start(plain, (_, nth) => [
      agents[nth % 3],
      word(),
      ['running', 'queued', 'paused', 'complete', 'running'][nth % 5],
      null,
    ]),
  },
  {
    name: 'start with little to spend',
    run: start(plain, (_, nth) => [agents[nth % 3], word(), 'running', 6]),
  },
  {
    name: 'start under a lease',
    run: start(`select start_run($1) ->> 'id' as id`, (_, nth) => [
      { ...lease, agentId: agents[nth % 3] },
    ]),
  },
  {
    name: 'leave a run for any worker',
    run: start(`select enqueue_run($1) ->> 'id' as id`, (_, nth) => [
      { agentId: agents[nth % 3], step: 'plan' },
    ]),
  },
  {
    name: 'start below another',
    run: start(
      `insert into workflow_checkpoints (agent_id, parent_id)
       select agent_id, workflow_id from workflow_checkpoints where workflow_id = $1 returning workflow_id as id`,
      (world, nth) => [runOf(world, nth)],
    ),
  },
  {
    name: 'start under a login of its own',
    run: async (world) => {
      world.runs.push(
        await idFrom(
          world.delta,
          `insert into workflow_checkpoints (agent_id, current_step) values ('delta', 'step_1') returning workflow_id as id`,
        ),
      )
    },
  },
]

const asking = (columns: string, values: string): Command['run'] => {
  const sql = `insert into approval_queue (workflow_id, requested_by, ${columns}) values ($1, 'a', ${values}) returning approval_id as id`
  return async (world, nth) => {
    const run = runOf(world, nth)
    world.approvals.push({ id: await idFrom(world.agent, sql, run, word()), run })
  }
}

export const working: Command[] = [
  { name: 'step', run: set('current_step = $2', word) },
  { name: 'use a tool', run: set('current_tool = $2', word) },
  { name: 'spend', run: set('tokens_in = tokens_in + 7, cost_usd = cost_usd + 0.01') },
  { name: 'wait', run: set(`waiting_on = '{"kind": "timer"}'`) },
  { name: 'pause itself', run: set(`status = 'paused', paused_at = now()`) },
  { name: 'go on', run: set(`status = 'running'`) },
  { name: 'ask', run: asking('tool', '$2') },
  {
    name: 'ask for a call',
    run: asking('tool, arguments', `$2, '{"eur": 12.5, "order": 7}'`),
  },
  {
    name: 'begin an action',
    run: async (world, nth) => {
      const run = runOf(world, nth)
      const call = { tool: 'mail', target: 'a', digest, key: word() }
      const sql = `select begin_action($1, ${epochOf}, $2) ->> 'actionId' as id`
      world.actions.push({ id: await idFrom(world.agent, sql, run, call), run })
    },
  },
  ...(['confirmed', 'failed', 'unknown'] as const).map((state) => ({
    name: `end an action: ${state}`,
    run: async (world: World, nth: number) => {
      const action = pick(world.actions, nth)
      return world.agent.query(`select end_action($1, ${epochOf}, $2, $3)`, [
        action?.run,
        action?.id,
        { state },
      ])
    },
  })),
  {
    name: 'find that the world has moved',
    run: asAgent(`select refuse_drift($1, ${epochOf}, '{"tool": "mail"}', 'the box is gone')`),
  },
  {
    name: 'write a task',
    run: asAgent(`insert into tasks (agent_id, workflow_id, status)
      select agent_id, workflow_id, 'running' from workflow_checkpoints where workflow_id = $1`),
  },
  {
    name: 'write an audit row',
    run: asAgent(`insert into agent_audit_log (agent_id, workflow_id, action)
      select agent_id, workflow_id, 'update' from workflow_checkpoints where workflow_id = $1`),
  },
]

/** What one agent does alone: several statements, or rows of runs that it does not name. */
export const workingAlone: Command[] = [
  {
    name: 'go round in circles',
    run: async (world, nth) => repeat(world.asked.db.trial, runOf(world, nth), 3),
  },
  { name: 'claim', run: asAgent(`select claim_run($1, 'other', 3600000)`) },
  {
    name: 'claim the next',
    run: async (world, nth) =>
      world.agent.query(`select claim_next($1, 'other', 3600000)`, [agents[nth % 3]]),
  },
  { name: 'let go', run: asAgent(`select release_run($1, ${epochOf}, 'going down')`) },
]

export const ending: Command[] = [
  { name: 'complete', run: set(`status = 'complete'`) },
  { name: 'fail', run: set(`status = 'failed'`) },
]
