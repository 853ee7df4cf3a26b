import * as fc from 'fast-check'

import * as agents from '../support/agents.ts'
import type { Contract } from '../support/contract.ts'
import * as operators from '../support/operators.ts'
import { outcomeOf } from '../support/refusal.ts'
import * as says from './model.ts'

/** The run under attack, through the logins of everyone who may touch it. */
export interface Arena {
  db: Contract
  run: string
  /** Ids of its approvals in the order they were asked for, and of its actions by key. */
  approvals: string[]
  actions: Map<string, string>
}

export interface Command {
  readonly name: string
  /** What the contract says; changes the model. */
  readonly model: (model: says.Model) => string
  /** What Postgres says. */
  readonly run: (arena: Arena) => Promise<string>
}

const nobody = '00000000-0000-0000-0000-000000000000'
const someone = (ids: Map<string, string>, key: string): string => ids.get(key) ?? nobody

const tell =
  (pool: 'alpha' | 'server', sql: string, ...more: unknown[]) =>
  async ({ db, run }: Arena): Promise<string> =>
    outcomeOf(db[pool].query(sql, [run, ...more]))

async function answerOf(call: Promise<agents.GateAnswer>): Promise<string> {
  let answer: agents.GateAnswer | undefined
  const outcome = await outcomeOf(call.then((each) => (answer = each)))
  if (answer !== undefined) return answer.code ?? answer.decision
  // HP015 is NOTHING_TO_DO: of two calls with one key at the same instant, the one that waited for the other has
  // to take its own writes back, so it is told by an error what it would else be answered.
  return outcome === 'HP015' ? 'NOTHING_TO_DO' : outcome
}

let steps = 0
const plain: Command[] = [
  {
    name: 'step',
    model: says.writeStep,
    run: async ({ db, run }) => outcomeOf(agents.writeStep(db.alpha, run, `step ${(steps += 1)}`)),
  },
  {
    name: 'pause itself',
    model: says.pauseItself,
    run: tell(
      'alpha',
      `update workflow_checkpoints set status = 'paused', paused_at = clock_timestamp() where workflow_id = $1`,
    ),
  },
  {
    name: 'go on',
    model: says.goOn,
    run: async ({ db, run }) => outcomeOf(agents.setStatus(db.alpha, run, 'running')),
  },
  {
    name: 'ask for approval',
    model: says.requestApproval,
    run: async ({ db, run, approvals }) =>
      outcomeOf(agents.requestApproval(db.alpha, run).then((id) => approvals.push(id))),
  },
  {
    name: 'write a task',
    model: says.writeTask,
    run: async ({ db, run }) => outcomeOf(agents.writeTask(db.alpha, run)),
  },
  {
    name: 'write an audit row',
    model: () => 'accepted',
    run: async ({ db, run }) => outcomeOf(agents.writeAudit(db.alpha, run)),
  },
]

const finishing = (status: 'complete' | 'failed'): Command[] => [
  {
    name: `set ${status}`,
    model: (model) => says.finish(model, status),
    run: async ({ db, run }) => outcomeOf(agents.setStatus(db.alpha, run, status)),
  },
]

/** Commands of a worker that believes in this epoch. */
const worker = (epoch: number): Command[] => [
  {
    name: `begin step @${epoch}`,
    model: (model) => says.beginStep(model, epoch),
    run: async ({ db, run }) =>
      answerOf(
        db.alpha
          .query<{ answer: agents.GateAnswer }>('select begin_step($1, $2, $3, 1) as answer', [
            run,
            epoch,
            `step ${(steps += 1)}`,
          ])
          .then(({ rows }) => rows[0]?.answer ?? { decision: 'deny' }),
      ),
  },
  ...['complete', 'failed'].map((status) => ({
    name: `end run ${status} @${epoch}`,
    model: (model: says.Model) => says.endRun(model, epoch, status as 'complete' | 'failed'),
    run: tell('alpha', 'select end_run($1, $2, $3)', epoch, status),
  })),
  ...['delivered', 'quiesced'].map((stage) => ({
    name: `${stage} @${epoch}`,
    model: (model: says.Model) => says.acknowledge(model, epoch, stage),
    run: tell('alpha', 'select control_ack($1, $2, $3)', epoch, stage),
  })),
]

const action = (epoch: number, key: string, said: string): Command[] => [
  {
    name: `begin ${key} @${epoch}`,
    model: (model) => says.beginAction(model, epoch, key),
    run: async ({ db, run, actions }) =>
      answerOf(
        agents.beginAction(db.alpha, run, epoch, { key }).then((answer) => {
          if (answer.actionId !== undefined) actions.set(key, answer.actionId)
          return answer
        }),
      ),
  },
  {
    name: `end ${key} ${said} @${epoch}`,
    model: (model) => says.endAction(model, epoch, key, said),
    run: async ({ db, run, actions }) => {
      let late = false
      const report = agents.endAction(db.alpha, run, someone(actions, key), { state: said }, epoch)
      const outcome = await outcomeOf(report.then((answer) => (late = answer.late)))
      return late ? 'late' : outcome
    },
  },
]

const leases: Command[] = [
  {
    name: 'claim',
    model: says.claim,
    run: async ({ db, run }) => outcomeOf(agents.claimRun(db.alpha, run, 'worker-1')),
  },
  {
    name: 'heartbeat',
    model: says.heartbeat,
    run: tell('alpha', `select heartbeat('worker-1', array[$1::uuid], 3600000)`),
  },
  {
    name: 'lease ends',
    model: says.expire,
    run: async ({ db, run }) =>
      outcomeOf(
        db.owner.query(`update run_leases set lease_until = '2001-01-01' where workflow_id = $1`, [
          run,
        ]),
      ),
  },
  {
    name: 'sweep',
    model: says.sweep,
    run: async ({ db }) => outcomeOf(db.server.query('select sweep_lost_runs()')),
  },
]

const operator: Command[] = [
  {
    name: 'pause',
    model: says.pause,
    run: async ({ db, run }) => outcomeOf(operators.pause(db.server, run)),
  },
  {
    name: 'resume',
    model: says.resume,
    run: async ({ db, run }) => outcomeOf(operators.resume(db.server, run)),
  },
  {
    name: 'isolate',
    model: says.isolate,
    run: tell('server', `select hold_agent_runs('alpha', 'operator:ana', $1::text)`),
  },
  {
    name: 'release',
    model: says.release,
    run: async ({ db }) => {
      const released = await outcomeOf(
        db.server.query(`select release_agent('alpha', 'operator:ana')`),
      )
      // The flag stands for a locked login throughout, so that both verbs can be called at any time.
      await db.owner.query(`update agent_logins set isolated_at = now() where agent_id = 'alpha'`)
      return released === 'HP015' ? 'accepted' : released
    },
  },
]
const killing: Command = {
  name: 'kill',
  model: says.kill,
  run: async ({ db, run }) => outcomeOf(operators.kill(db.server, run)),
}

const deciding = (nth: number, verdict: 'approved' | 'rejected'): Command[] => [
  {
    name: `decide ${nth} ${verdict}`,
    model: (model) => says.decide(model, nth, verdict),
    run: async ({ db, approvals }) =>
      outcomeOf(operators.decide(db.server, approvals[nth] ?? nobody, verdict)),
  },
]

const epochs = fc.constantFrom(0, 1, 1, 1, 2)
const pick = (commands: Command[]) => fc.constantFrom(...commands)

/** Any command; those that end a run are rare, or most sequences would be over at once. */
export const anyCommand: fc.Arbitrary<Command> = fc.oneof(
  { weight: 8, arbitrary: pick(plain) },
  { weight: 8, arbitrary: pick(operator) },
  { weight: 5, arbitrary: pick(leases) },
  {
    weight: 4,
    arbitrary: epochs.chain((epoch) =>
      pick(worker(epoch).filter(({ name }) => !name.startsWith('end run'))),
    ),
  },
  {
    weight: 9,
    arbitrary: fc
      .tuple(
        epochs,
        fc.constantFrom('k1', 'k2'),
        fc.constantFrom('confirmed', 'failed', 'unknown', 'accepted'),
      )
      .chain(([epoch, key, said]) => pick(action(epoch, key, said))),
  },
  {
    weight: 6,
    arbitrary: fc
      .tuple(fc.constantFrom(0, 0, 1, 2), fc.constantFrom('approved' as const, 'rejected' as const))
      .chain(([nth, verdict]) => pick(deciding(nth, verdict))),
  },
  { weight: 1, arbitrary: pick([killing, ...finishing('complete'), ...finishing('failed')]) },
  { weight: 1, arbitrary: epochs.chain((epoch) => pick(worker(epoch))) },
)
