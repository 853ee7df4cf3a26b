import type { PolicySpec } from '@holdpoint/protocol'
import type { PoolClient } from 'pg'
import { afterEach, describe, expect, test } from 'vitest'

import * as agents from './support/agents.ts'
import { openContract } from './support/contract.ts'
import { gating } from './support/gating.ts'
import { one, outcomeOf } from './support/refusal.ts'
import { behind } from './support/waiting.ts'

// Whoever was ruled by a version can read it later.
const db = await openContract()
const { gate, ungate } = gating(db)
afterEach(ungate)

describe('a policy', () => {
  test('is kept in each of its versions, also from the owner of the tables', async () => {
    const first = await gate()
    await gate({ expiresAfterS: 5 }, first)
    const { rows } = await db.admin.query(
      'select version, current, expires_after_s from approval_policies where policy_id = $1 order by version',
      [first.id],
    )
    expect(rows).toEqual([
      { version: 1, current: false, expires_after_s: null },
      { version: 2, current: true, expires_after_s: 5 },
    ])
    for (const sql of [
      'update approval_policies set gate = false',
      'update approval_policies set current = true, retired_at = null, retired_by = null where not current',
      'delete from approval_policies',
    ]) {
      expect(await outcomeOf(db.owner.query(sql))).toBe('HP009')
    }
  })

  test('of two who change it at once one is told to look again', async () => {
    const first = await gate()
    const save = async (client: PoolClient, expiresAfterS: number) =>
      client.query(`select save_policy($1, 'operator:root', $2, null, $3)`, [
        first.id,
        { name: 'refunds', tool: 'refund', expiresAfterS },
        first.version,
      ])
    const later = await behind(
      db.admin,
      { pool: db.server, work: async (client) => save(client, 5) },
      { pool: db.server, work: async (client) => outcomeOf(save(client, 6)) },
    )
    expect(later).toBe('HP020')
  })

  test.each([
    ['without a name', { name: '' }],
    ['with a part that nobody knows', { autoApproveAll: true }],
    [
      'whose quorum nobody can fill',
      { quorum: [{ name: 'x', count: 2, members: ['operator:a'] }] },
    ],
    ['whose quorum is none', { quorum: [] }],
    ['that escalates to nobody', { expiresAfterS: 1, onExpiry: 'escalate' }],
    ['with a consequence and no deadline', { onExpiry: 'reject' }],
    ['for no tool and no check-in', { tool: null }],
  ])('is not made %s', async (_, spec) => {
    expect(await outcomeOf(gate(spec as Partial<PolicySpec>))).toMatch(/^(HP010|23514)$/)
  })

  test('gives a request its deadline; what the agent asked for is not longer', async () => {
    await gate({ expiresAfterS: 60, onExpiry: 'reject' })
    const run = await agents.startRun(db.alpha)
    const expires_at = new Date(Date.now() + 86_400_000)
    const approval = await agents.askFor(db.alpha, run, { expires_at, on_expiry: 'hold' })
    const row = await one(
      db.admin,
      `select on_expiry, expires_at < now() + interval '61 s' as soon from approval_queue where approval_id = $1`,
      [approval],
    )
    expect(row).toEqual({ on_expiry: 'reject', soon: true })
  })
})
