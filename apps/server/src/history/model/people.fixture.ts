import { follow, repeat } from '../../../test/drifting.ts'
import { type Command, held, nobody, pick, runOf, type World } from './world.fixture.ts'

const asPerson =
  (call: string): Command['run'] =>
  async (world, nth) =>
    world.person.query(`select ${call}`, [runOf(world, nth)])

const onRequest =
  (call: string): Command['run'] =>
  async (world, nth) =>
    world.person.query(`select ${call}`, [pick(world.approvals, nth)?.id ?? nobody])

const versionOf = '(select version from approval_queue where approval_id = $1)'

/** What people do to one run: its lock is taken first. */
export const deciding: Command[] = [
  { name: 'pause', run: asPerson(`pause_run($1, 'operator:ana', 'look')`) },
  { name: 'resume', run: asPerson(`resume_run($1, 'operator:ana', 'seen')`) },
  {
    name: 'limit',
    run: asPerson(`raise_limits($1, 'operator:ana', '{"tokens": 1000}', 'enough')`),
  },
  { name: 'look in', run: asPerson(`look_at_run($1, 'operator:ana')`) },
  ...(['approved', 'rejected'] as const).map((verdict) => ({
    name: `decide: ${verdict}`,
    run: onRequest(`decide_approval($1, 'operator:ana', '${verdict}', 'so')`),
  })),
  {
    name: 'approve something else',
    run: onRequest(
      `decide_approval($1, 'operator:bo', 'approved', 'less', ${versionOf}, '{"eur": 5, "order": 7}')`,
    ),
  },
  {
    name: 'hand a request on',
    run: onRequest(
      `delegate_approval($1, 'operator:ana', 'operator:bo', 'I am away', ${versionOf})`,
    ),
  },
  {
    name: 'give more time',
    run: onRequest(
      `extend_approval($1, 'operator:ana', now() + interval '1 day', 'later', ${versionOf})`,
    ),
  },
  { name: 'kill', run: asPerson(`kill_run($1, 'operator:ana', 'enough')`) },
]

const ofServer = async (world: World, call: string, ...params: unknown[]): Promise<unknown> =>
  world.asked.db.server.query(`select ${call}`, params)

/** What people and the leading server do to whichever runs it concerns. */
export const leading: Command[] = [
  {
    name: 'lose',
    run: async (world, nth) => {
      const over = `update run_leases set lease_until = clock_timestamp() - interval '1 s' where workflow_id = $1`
      await world.asked.db.owner.query(over, [runOf(world, nth)])
      return ofServer(world, 'sweep_lost_runs()')
    },
  },
  {
    name: 'settle',
    run: async (world, nth) =>
      ofServer(
        world,
        `settle_action(action_id, 'operator:ana', $1, 'looked') from actions where state = 'unknown' order by ended_at desc limit 1`,
        nth % 2 === 0,
      ),
  },
  {
    name: 'expire',
    run: async (world, nth) => {
      await world.asked.db.owner.query(
        `update approval_queue set expires_at = clock_timestamp() - interval '1 ms' where approval_id = $1`,
        [pick(world.approvals, nth)?.id ?? nobody],
      )
      return ofServer(world, 'expire_approvals()')
    },
  },
  { name: 'follow drift', run: async (world) => follow(world.asked.db.server) },
  {
    name: 'hold by a rule',
    run: async (world, nth) => {
      await repeat(world.asked.db.trial, runOf(world, nth), 5)
      await follow(world.asked.db.server)
    },
    took: held('detection'),
  },
  {
    name: 'hold until someone looks',
    run: async (world) => {
      await world.agent.query(
        `update workflow_checkpoints set current_step = current_step || '.' where agent_id = 'gamma' and status = 'running'`,
      )
      await ofServer(world, 'hold_for_check_in()')
    },
    took: held('check_in'),
  },
  {
    name: 'isolate',
    run: async (world) => {
      await ofServer(world, `lock_agent_login('delta', 'operator:ana', 'strange')`)
      await ofServer(world, `hold_agent_runs('delta', 'operator:ana', 'strange')`)
    },
    took: held('isolation'),
  },
  {
    name: 'lift an isolation',
    run: async (world) => ofServer(world, `release_agent('delta', 'operator:ana', 'fine again')`),
  },
]
