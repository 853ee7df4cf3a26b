import type { QuorumGroup } from '@holdpoint/protocol'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'

import * as agents from '../support/agents.ts'
import { openContract } from '../support/contract.ts'
import { faultsOf } from '../support/history.ts'
import { retirePolicy, savePolicy } from '../support/policies.ts'
import { patienceFor, timesByDay } from './how-many.ts'
import { type Act, anyAct, killing, type Review } from './reviewers.ts'

// Invariants 5, 7 and 13, whatever the order of requests, votes, edits, deadlines, policies, calls and kills: nothing of a
// gated tool begins but what was approved, by enough people, in time, once; and everything has its audit row.
const db = await openContract()
const numRuns = timesByDay(12)
const patience = patienceFor(numRuns)

interface Row {
  approval_id: string
  decision: string | null
  decided_by: string | null
  digest: string
  quorum: QuorumGroup[] | null
  in_time: boolean | null
  expired: boolean
  yeses: string[]
  actions: { digest: string; in_time: boolean; state: string }[]
  audited: number
  /** Who answered, although they had handed it on. */
  both: string[]
}

const ROWS = `select q.approval_id, q.decision, q.decided_by, q.digest, q.quorum, q.expired_at is not null as expired,
    q.expires_at is null or q.decided_at < q.expires_at as in_time,
    array(select v.actor from approval_votes v where v.approval_id = q.approval_id and v.vote = 'approve' and v.digest = q.digest) as yeses,
    array(select v.actor from approval_votes v where v.approval_id = q.approval_id and v.person = any (q.handed_on)) as both,
    (select coalesce(jsonb_agg(jsonb_build_object('digest', a.digest, 'state', a.state,
        'in_time', q.expires_at is null or a.intended_at < q.expires_at)), '[]')
      from actions a where a.approval_id = q.approval_id) as actions,
    (select count(*)::int from agent_audit_log l where l.target_row_id = q.approval_id::text
      and l.action in ('approval.approved', 'approval.rejected')) as audited
  from approval_queue q where q.workflow_id = $1`

function faultOf({ decision, yeses, quorum, ...row }: Row): string[] {
  const faults: string[] = []
  const needed = (quorum ?? [{ count: 1 }]).reduce((sum, { count }) => sum + count, 0)
  if (decision === 'approved' && yeses.length < needed) faults.push(`${yeses.length} of ${needed}`)
  if (decision !== null && row.expired) faults.push('decided and expired')
  if (decision !== null && row.in_time !== true) faults.push('decided too late')
  if (row.audited !== (decision === null ? 0 : 1)) faults.push(`${row.audited} audit rows`)
  if (row.both.length > 0) faults.push(`${row.both.join()} answered what they had handed on`)
  if (row.actions.length > 1) faults.push('used twice')
  for (const action of row.actions) {
    if (decision !== 'approved') faults.push('used without a yes')
    if (action.digest !== row.digest) faults.push('something else ran')
    if (!action.in_time) faults.push('used after its deadline')
  }
  return faults.map((fault) => `approval ${row.approval_id}: ${fault}`)
}

async function endScene({ run }: Review, script: string): Promise<void> {
  const { rows } = await db.admin.query<Row>(ROWS, [run])
  expect(rows.flatMap(faultOf), script).toEqual([])
  const { rows: free } = await db.admin.query(
    `select from actions where workflow_id = $1 and approval_id is null and cleared_by is null`,
    [run],
  )
  expect(free, script).toEqual([])
  expect(await faultsOf(db.owner, run), script).toEqual([])
}

async function open(): Promise<Review> {
  const policy = await savePolicy(db.server, { name: 'm', tool: 'refund' })
  return { db, run: await agents.startRun(db.alpha), asked: [], policy }
}

const wordsOf = (acts: readonly Act[]): string => acts.map(({ name }) => name).join('; ')

async function play(scripts: readonly Act[][]): Promise<void> {
  const review = await open()
  try {
    await Promise.all(
      scripts.map(async (acts) => {
        for (const act of acts) await act.run(review)
      }),
    )
    await endScene(review, scripts.map(wordsOf).join(' | '))
  } finally {
    await retirePolicy(db.server, review.policy)
  }
}

test(
  'one after the other',
  async () => {
    const acts = fc.array(anyAct, { minLength: 15, maxLength: 50, size: 'max' })
    await fc.assert(
      fc.asyncProperty(acts, async (script) => play([script])),
      { numRuns },
    )
  },
  patience,
)

test(
  'all at the same time, each on a connection of its own, until a kill',
  async () => {
    const acts = fc.array(anyAct, { minLength: 5, maxLength: 18, size: 'max' })
    const property = fc.asyncProperty(
      fc.tuple(acts, acts, acts, acts),
      fc.boolean(),
      async (scripts, kill) =>
        play(kill ? [...scripts.slice(1), [...(scripts[0] ?? []), killing]] : scripts),
    )
    await fc.assert(property, { numRuns })
  },
  patience,
)
