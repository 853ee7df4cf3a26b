import type { QuorumGroup } from '@holdpoint/protocol'

import { faultsOf } from '../../support/history.ts'
import { fills } from './fills.ts'
import type { Review } from './review.ts'

// What must be true of a run, its requests, its actions and the yeses that stand for more, whatever was done in which order.

interface Row {
  approval_id: string
  kind: string
  decision: string | null
  decided_by: string | null
  digest: string
  eur: number | null
  quorum: QuorumGroup[] | null
  four_eyes: boolean
  requested_by: string
  in_time: boolean | null
  expired: boolean
  consumed: boolean
  /** Whose yes there is about what was decided. */
  yeses: string[]
  voters: string[]
  grades: string[]
  actions: { digest: string; in_time: boolean }[]
  audited: number
}

const ROWS = `select q.approval_id, q.kind, q.decision, q.decided_by, q.digest, (q.arguments -> 'eur')::float8 as eur, q.quorum,
    q.four_eyes, q.requested_by, q.expired_at is not null as expired, q.consumed_at is not null as consumed,
    q.expires_at is null or q.decided_at < q.expires_at as in_time,
    array(select v.person from approval_votes v where v.approval_id = q.approval_id and v.vote = 'approve' and v.digest = q.digest) as yeses,
    array(select v.person from approval_votes v where v.approval_id = q.approval_id) as voters,
    array(select g.verdict || ' ' || g.digest from grades g where g.approval_id = q.approval_id) as grades,
    (select coalesce(jsonb_agg(jsonb_build_object('digest', a.digest,
        'in_time', q.expires_at is null or a.intended_at < q.expires_at)), '[]')
      from actions a where a.approval_id = q.approval_id) as actions,
    (select count(*)::int from agent_audit_log l where l.target_row_id = q.approval_id::text
      and l.action in ('approval.approved', 'approval.rejected')) as audited
  from approval_queue q where q.workflow_id = $1`

/** Nobody was asked: a condition held, or a yes of earlier stood for it. */
const byItself = (by: string | null): boolean => /^(policy|standing):/.test(by ?? '')

function requestFaults(row: Row, owner: string): string[] {
  const { decision, quorum, yeses, voters } = row
  const faults: string[] = []
  if (decision === 'approved' && !byItself(row.decided_by) && !fills(quorum, yeses))
    faults.push(`approved by ${yeses.join(' and ')}`)
  if (decision !== null && row.expired) faults.push('decided and expired')
  if (decision !== null && row.in_time !== true) faults.push('decided too late')
  if (row.four_eyes)
    for (const voter of voters.filter((each) => [owner, row.requested_by].includes(each)))
      faults.push(`${voter} is behind it, and answered`)
  if (row.audited !== (decision === null ? 0 : 1)) faults.push(`${row.audited} audit rows`)
  const graded = row.kind === 'output' && decision !== null ? [`${decision} ${row.digest}`] : []
  if (row.grades.join() !== graded.join()) faults.push(`graded ${row.grades.join()}`)
  return [...faults, ...useFaults(row)]
}

function useFaults({ kind, decision, digest, actions, consumed }: Row): string[] {
  const faults: string[] = []
  if (actions.length > 1) faults.push('used twice')
  if (consumed !== actions.length > 0) faults.push('used by nothing')
  if (actions.length > 0 && kind === 'output') faults.push('an output began')
  for (const action of actions) {
    if (decision !== 'approved') faults.push('used without a yes')
    if (action.digest !== digest) faults.push('something else ran')
    if (!action.in_time) faults.push('used after its deadline')
  }
  return faults
}

interface Cleared {
  by: string | null
  eur: number
  target: string | null
  condition: string | null
  standing: {
    agent: string
    run: string | null
    condition: string | null
    target: string | null
    uses: number
    max: number | null
    used: number
    after_end: boolean
    after_barring: boolean
  } | null
}

/** What began, or was approved, though nobody was asked; with what it is said to stand on. */
const CLEARED = `with cleared as (
    select cleared_by as by, (request -> 'eur')::float8 as eur, target, intended_at as at from actions
      where workflow_id = $1 and tool = 'refund' and approval_id is null
    union all select decided_by, (arguments -> 'eur')::float8, target, decided_at from approval_queue
      where workflow_id = $1 and decided_by ~ '^(policy|standing):')
  select c.by, c.eur, c.target,
    (select p.auto_approve from approval_policies p where p.policy_id = $2 and c.by = format('policy:%s@%s', p.name, p.version)) as condition,
    (select jsonb_build_object('agent', u.agent_id, 'run', u.workflow_id, 'condition', u.condition, 'target', u.target,
        'uses', u.uses, 'max', u.max_uses, 'after_end', coalesce(c.at > u.revoked_at, false),
        'after_barring', coalesce(c.at > vote_void_since(person_of(u.created_by), u.created_by, u.created_at), false),
        'used', (select count(*) from actions a where a.cleared_by = c.by)
          + (select count(*) from approval_queue q where q.decided_by = c.by))
      from standing_approvals u where c.by = 'standing:' || u.standing_id) as standing
  from cleared c`

function clearedFaults(cleared: Cleared, { run, alone }: Review): string[] {
  const { by, eur, target, condition, standing } = cleared
  if (by === null) return ['it began, and nobody said yes']
  if (standing === null)
    return condition === '$.eur < 6' && eur < 6 ? [] : [`${by} cleared ${eur} by ${condition}`]
  const faults: string[] = []
  if (standing.agent !== 'alpha' || (standing.run !== null && standing.run !== run))
    faults.push('is another’s')
  if (standing.condition === '$.eur < 20' && eur >= 20) faults.push(`does not stand for ${eur}`)
  if (standing.target !== null && standing.target !== target)
    faults.push(`does not stand for ${target}`)
  if (standing.max !== null && standing.uses > standing.max)
    faults.push(`was used ${standing.uses} times`)
  if (standing.uses !== standing.used)
    faults.push(`counts ${standing.uses} uses of ${standing.used}`)
  if (standing.after_end) faults.push('was revoked before')
  // Of two at once the call may have been first, whatever their clocks say.
  if (alone && standing.after_barring) faults.push('was not its person’s any more')
  return faults.map((fault) => `${by} ${fault}`)
}

/** In words; none is a sound scene. */
export async function sceneFaults(review: Review): Promise<string[]> {
  const { db, run, people, policy } = review
  const { rows } = await db.admin.query<Row>(ROWS, [run])
  const { rows: cleared } = await db.admin.query<Cleared>(CLEARED, [run, policy.id])
  const owner = `operator:${people.at(-1) ?? ''}`
  return [
    ...rows.flatMap((row) =>
      requestFaults(row, owner).map((fault) => `approval ${row.approval_id}: ${fault}`),
    ),
    ...cleared.flatMap((each) => clearedFaults(each, review)),
    ...(await faultsOf(db.owner, run)),
  ]
}
