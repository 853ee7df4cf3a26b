import type { Policy, PolicySpec, QuorumGroup } from '@holdpoint/protocol'
import type { Pool } from 'pg'

import { one } from './refusal.ts'

const ADMIN = 'operator:root'

/** Puts a policy in force. `of` makes the next version of one. */
export const savePolicy = async (
  server: Pool,
  spec: PolicySpec,
  of?: Pick<Policy, 'id' | 'version'>,
): Promise<Policy> =>
  one<{ policy: Policy }>(server, `select save_policy($1, $2, $3, 'because', $4) as policy`, [
    of?.id ?? null,
    ADMIN,
    spec,
    of?.version ?? null,
  ]).then(({ policy }) => policy)

export const retirePolicy = async (server: Pool, { id }: Pick<Policy, 'id'>): Promise<unknown> =>
  server.query(`select retire_policy($1, $2, 'over')`, [id, ADMIN])

export const group = (name: string, count: number, ...members: string[]): QuorumGroup => ({
  name,
  count,
  ...(members.length > 0 && { members: members.map((each) => `operator:${each}`) }),
})
