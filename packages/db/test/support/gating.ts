import type { Policy, PolicySpec } from '@holdpoint/protocol'

import type { Contract } from './contract.ts'
import { retirePolicy, savePolicy } from './policies.ts'
import { outcomeOf } from './refusal.ts'

export const awaiting = { decision: 'hold', stopReason: 'AWAITING_APPROVAL' }

export interface Gating {
  readonly made: Policy[]
  /** Puts a policy for refunds in force, or the next version of one. */
  gate: (spec?: Partial<PolicySpec>, of?: Policy) => Promise<Policy>
  /** Takes all of them out of force. */
  ungate: () => Promise<void>
  openOf: (run: string) => Promise<{ approval_id: string }[]>
  /** The one request that is open in a run. */
  theOpen: (run: string) => Promise<string>
}

export function gating(db: Contract): Gating {
  const made: Policy[] = []
  const openOf = async (run: string): Promise<{ approval_id: string }[]> =>
    (
      await db.admin.query<{ approval_id: string }>(
        `select * from approval_queue where workflow_id = $1 and decision is null and closed_at is null order by requested_at`,
        [run],
      )
    ).rows
  return {
    made,
    openOf,
    gate: async (spec = {}, of) => {
      const policy = await savePolicy(db.server, { name: 'refunds', tool: 'refund', ...spec }, of)
      if (of === undefined) made.push(policy)
      return policy
    },
    ungate: async () => {
      for (const policy of made.splice(0)) await outcomeOf(retirePolicy(db.server, policy))
    },
    theOpen: async (run) => {
      const [first, second] = await openOf(run)
      if (first === undefined || second !== undefined) throw new Error('not one open request')
      return first.approval_id
    },
  }
}
