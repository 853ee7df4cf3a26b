import * as agents from '../support/agents.ts'
import type { Contract } from '../support/contract.ts'
import * as operators from '../support/operators.ts'
import { fresh } from '../support/people.ts'
import { savePolicy } from '../support/policies.ts'
import { one } from '../support/refusal.ts'
import type { Verb } from './verb.ts'

const asked = async (db: Contract): Promise<string> =>
  agents.requestApproval(db.alpha, await agents.startPlain(db.alpha))

async function standing(db: Contract): Promise<string> {
  const approval = await agents.askFor(db.alpha, await agents.startRun(db.alpha))
  await db.server.query(
    `select decide_approval($1, $2, 'approved', further => '{"scope": "run"}')`,
    [approval, operators.ANA],
  )
  return one<{ id: string }>(
    db.admin,
    'select standing_id as id from standing_approvals where approval_id = $1',
    [approval],
  ).then(({ id }) => id)
}

/** A policy for a tool that nobody calls. */
const spec = () => ({ name: 'nobody calls it', tool: fresh('tool') })

export const verbsOfApprovals: Readonly<Record<string, Verb>> = {
  decide_approval: {
    scope: 'decide',
    ofAlpha: true,
    ready: async (db) => [`select decide_approval($2, $1, 'approved')`, await asked(db)],
  },
  delegate_approval: {
    scope: 'decide',
    ofAlpha: true,
    ready: async (db) => [`select delegate_approval($2, $1, 'operator:bo')`, await asked(db)],
  },
  escalate_approval: {
    scope: 'decide',
    ofAlpha: true,
    ready: async (db) => [`select escalate_approval($2, $1, '{operator:bo}')`, await asked(db)],
  },
  extend_approval: {
    scope: 'decide',
    ofAlpha: true,
    ready: async (db) => [
      `select extend_approval($2, $1, clock_timestamp() + interval '1 hour')`,
      await asked(db),
    ],
  },
  revoke_standing_approval: {
    scope: 'decide',
    ofAlpha: true,
    ready: async (db) => [`select revoke_standing_approval($2, $1)`, await standing(db)],
  },
  save_policy: {
    scope: 'administer',
    ready: async () => [`select save_policy(null, $1, $2)`, spec()],
  },
  retire_policy: {
    scope: 'administer',
    ready: async (db) => [`select retire_policy($2, $1)`, (await savePolicy(db.server, spec())).id],
  },
}
