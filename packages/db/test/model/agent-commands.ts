import * as agents from '../support/agents.ts'
import { outcomeOf } from '../support/refusal.ts'
import * as says from './agent.ts'
import { type Command, nextStep, tell } from './command.ts'

export const plain: Command[] = [
  {
    name: 'step',
    model: says.writeStep,
    run: async ({ db, run }) => outcomeOf(agents.writeStep(db.alpha, run, nextStep())),
  },
  {
    name: 'spend',
    model: says.spend,
    run: tell(
      'alpha',
      'update workflow_checkpoints set tokens_in = tokens_in + 1 where workflow_id = $1',
    ),
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
    model: says.writeAudit,
    run: async ({ db, run }) => outcomeOf(agents.writeAudit(db.alpha, run)),
  },
]

export const finishing: Command[] = (['complete', 'failed'] as const).map((status) => ({
  name: `set ${status}`,
  model: (model) => says.finish(model, status),
  run: async ({ db, run }) => outcomeOf(agents.setStatus(db.alpha, run, status)),
}))
