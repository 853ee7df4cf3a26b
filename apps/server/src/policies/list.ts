import type { Policy, PolicyId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'

/** The policies that are in force, by name. There are few: an operator wrote each. */
export const list = query.query(async ({ ctx }): Promise<readonly Policy[]> => {
  const rows = await ctx.database.read<{ policy: Policy }>(
    'select policy_json(p) as policy from approval_policies p where p.current order by p.name, p.policy_id limit 1000',
  )
  return rows.map(({ policy }) => policy)
})

/** Every version of one policy, newest first; also of one that was retired. */
export const versions = query
  .input(z.object({ id: id<PolicyId>() }))
  .query(async ({ ctx, input }): Promise<readonly Policy[]> => {
    const rows = await ctx.database.read<{ policy: Policy }>(
      `select policy_json(p) as policy from approval_policies p where p.policy_id = $1 order by p.version desc limit 500`,
      [input.id],
    )
    return rows.map(({ policy }) => policy)
  })
