import * as agents from '../support/agents.ts'
import { outcomeOf } from '../support/refusal.ts'
import { actionOf, answerOf, type Command, nextStep, tell } from './command.ts'
import * as says from './worker.ts'

/** Commands of a worker that believes in this epoch. */
export const worker = (epoch: number): Command[] => [
  {
    name: `begin step @${epoch}`,
    model: (model) => says.beginStep(model, epoch),
    run: async ({ db, run }) => answerOf(agents.beginStep(db.alpha, run, epoch, nextStep())),
  },
  {
    name: `report spend @${epoch}`,
    model: (model) => says.reportSpend(model, epoch),
    run: tell('alpha', `select report_progress($1, $2, '{"tokensOut": 1}')`, epoch),
  },
  {
    name: `let go @${epoch}`,
    model: (model) => says.letGo(model, epoch),
    run: tell('alpha', 'select release_run($1, $2)', epoch),
  },
  ...['delivered', 'quiesced'].map((stage) => ({
    name: `${stage} @${epoch}`,
    model: (model: Parameters<Command['model']>[0]) => says.acknowledge(model, epoch, stage),
    run: tell('alpha', 'select control_ack($1, $2, $3)', epoch, stage),
  })),
]

export const ending = (epoch: number): Command[] =>
  (['complete', 'failed'] as const).map((status) => ({
    name: `end run ${status} @${epoch}`,
    model: (model) => says.endRun(model, epoch, status),
    run: tell('alpha', 'select end_run($1, $2, $3)', epoch, status),
  }))

export const action = (epoch: number, key: string, said: string): Command[] => [
  ...[false, true].map((idempotent): Command => ({
    name: `begin ${key}${idempotent ? ' idempotent' : ''} @${epoch}`,
    model: (model) => says.beginAction(model, epoch, key, idempotent),
    run: async ({ db, run, actions }) =>
      answerOf(
        agents.beginAction(db.alpha, run, epoch, { key, idempotent }).then((answer) => {
          if (answer.actionId !== undefined) actions.set(key, answer.actionId)
          return answer
        }),
      ),
  })),
  {
    name: `end ${key} ${said} @${epoch}`,
    model: (model) => says.endAction(model, epoch, key, said),
    run: async (arena) => {
      let late = false
      const { db, run } = arena
      const id = actionOf(arena, key)
      const report = agents.endAction(db.alpha, run, id, { state: said }, epoch)
      const outcome = await outcomeOf(report.then((answer) => (late = answer.late)))
      return late ? 'late' : outcome
    },
  },
]

export const leases: Command[] = [
  {
    name: 'claim',
    model: says.claim,
    run: async ({ db, run }) => outcomeOf(agents.claimRun(db.alpha, run, 'worker-1')),
  },
  {
    name: 'claim next',
    model: says.claimNext,
    run: async ({ db, run }) => {
      let found: string | undefined
      const claim = agents.claimNext(db.alpha, 'worker-1')
      const outcome = await outcomeOf(claim.then((each) => (found = each?.run.id)))
      if (outcome === 'accepted' && found !== undefined && found !== run) return 'another run'
      return found === undefined ? 'nothing' : outcome
    },
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
