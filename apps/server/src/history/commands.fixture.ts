import type { TestDatabase } from '@holdpoint/db/testing'

/** Runs of three agents, in the hands of everyone who may touch them. */
export interface World {
  readonly db: TestDatabase
  readonly runs: string[]
  readonly approvals: string[]
  readonly actions: { readonly id: string; readonly run: string }[]
}

export interface Command {
  readonly name: string
  readonly run: (world: World, nth: number) => Promise<unknown>
}

const agents = ['alpha', 'beta', 'gamma']
const nobody = '00000000-0000-0000-0000-000000000000'
const digest = 'a'.repeat(64)
let words = 0
const word = (): string => `word ${(words += 1)}`

/** One of those there are; most often of the latest. */
const pick = <T>(all: readonly T[], nth: number): T | undefined =>
  all.at(-1 - (nth % Math.min(6, all.length || 1)))
const runOf = (world: World, nth: number): string => pick(world.runs, nth) ?? nobody

const asAgent =
  (sql: string, ...params: (() => unknown)[]) =>
  async (world: World, nth: number): Promise<unknown> =>
    world.db.trial.query(sql, [runOf(world, nth), ...params.map((param) => param())])

const set = (assignments: string, ...params: (() => unknown)[]) =>
  asAgent(`update workflow_checkpoints set ${assignments} where workflow_id = $1`, ...params)

const asPerson =
  (call: string) =>
  async (world: World, nth: number): Promise<unknown> =>
    world.db.server.query(`select ${call}`, [runOf(world, nth)])

async function id(world: World, sql: string, ...params: unknown[]): Promise<string> {
  const { rows } = await world.db.trial.query<{ id: string }>(sql, params)
  return rows[0]?.id ?? nobody
}

const epochOf = '(select epoch from workflow_checkpoints where workflow_id = $1)'

export const starting: Command[] = [
  {
    name: 'start in plain SQL',
    run: async (world, nth) =>
      world.runs.push(
        await id(
          world,
          `insert into workflow_checkpoints (agent_id, current_step, goal, status)
           values ($1, 'step_1', $2, $3) returning workflow_id as id`,
          agents[nth % 3],
          word(),
          ['running', 'queued', 'paused', 'complete', 'running'][nth % 5],
        ),
      ),
  },
  {
    name: 'start under a lease',
    run: async (world, nth) =>
      world.runs.push(
        await id(world, `select start_run($1) ->> 'id' as id`, {
          agentId: agents[nth % 3],
          worker: 'w',
          leaseMs: 3_600_000,
          step: 'plan',
        }),
      ),
  },
  {
    name: 'start below another',
    run: async (world, nth) =>
      world.runs.push(
        await id(
          world,
          `insert into workflow_checkpoints (agent_id, parent_id)
           select agent_id, workflow_id from workflow_checkpoints where workflow_id = $1 returning workflow_id as id`,
          runOf(world, nth),
        ),
      ),
  },
]

export const working: Command[] = [
  { name: 'step', run: set('current_step = $2', word) },
  { name: 'use a tool', run: set('current_tool = $2', word) },
  { name: 'spend', run: set('tokens_in = tokens_in + 7, cost_usd = cost_usd + 0.01') },
  { name: 'wait', run: set(`waiting_on = '{"kind": "timer"}'`) },
  { name: 'pause itself', run: set(`status = 'paused', paused_at = now()`) },
  { name: 'go on', run: set(`status = 'running'`) },
  {
    name: 'ask',
    run: async (world, nth) =>
      world.approvals.push(
        await id(
          world,
          `insert into approval_queue (workflow_id, requested_by, tool) values ($1, 'a', $2) returning approval_id as id`,
          runOf(world, nth),
          word(),
        ),
      ),
  },
  {
    name: 'begin an action',
    run: async (world, nth) => {
      const run = runOf(world, nth)
      const call = { tool: 'mail', target: 'a', digest, key: word() }
      const action = await id(
        world,
        `select begin_action($1, ${epochOf}, $2) ->> 'actionId' as id`,
        run,
        call,
      )
      world.actions.push({ id: action, run })
    },
  },
  ...(['confirmed', 'failed', 'unknown'] as const).map((state) => ({
    name: `end an action: ${state}`,
    run: async (world: World, nth: number) => {
      const action = pick(world.actions, nth) ?? { id: nobody, run: nobody }
      return world.db.trial.query(`select end_action($1, ${epochOf}, $2, $3)`, [
        action.run,
        action.id,
        { state },
      ])
    },
  })),
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

export const deciding: Command[] = [
  { name: 'pause', run: asPerson(`pause_run($1, 'operator:ana', 'look')`) },
  { name: 'resume', run: asPerson(`resume_run($1, 'operator:ana', 'seen')`) },
  {
    name: 'limit',
    run: asPerson(`raise_limits($1, 'operator:ana', '{"tokens": 20}', 'enough')`),
  },
  ...(['approved', 'rejected'] as const).map((verdict) => ({
    name: `decide: ${verdict}`,
    run: async (world: World, nth: number) =>
      world.db.server.query(`select decide_approval($1, 'operator:ana', $2, 'so')`, [
        pick(world.approvals, nth) ?? nobody,
        verdict,
      ]),
  })),
  {
    name: 'lose',
    run: async (world, nth) => {
      const over = `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = $1`
      await world.db.owner.query(over, [runOf(world, nth)])
      return world.db.server.query('select sweep_lost_runs()')
    },
  },
  { name: 'claim', run: asAgent(`select claim_run($1, 'other', 3600000)`) },
]

export const ending: Command[] = [
  { name: 'complete', run: set(`status = 'complete'`) },
  { name: 'fail', run: set(`status = 'failed'`) },
  { name: 'kill', run: asPerson(`kill_run($1, 'operator:ana', 'enough')`) },
]
