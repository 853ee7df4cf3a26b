import type { QuorumGroup } from '@holdpoint/protocol'

import { one } from '../../support/refusal.ts'
import { fills } from './fills.ts'
import { type Review, tryIt, type Yes } from './review.ts'

export type Reply = 'approve' | 'reject' | 'edit' | 'further' | 'delegate' | 'escalate' | 'extend'

interface Request {
  readonly decision: string | null
  readonly digest: string
  readonly quorum: QuorumGroup[] | null
  readonly person: string
  readonly why: string | null
}

/** The request as it is, whose hand this is, and why they may not give that answer, as the database says it. */
const ASK = `select q.decision, coalesce(q.digest, '') as digest, q.quorum, person_of($2) as person,
    answers_of(q.approval_id, $2) ->> $3 as why
  from approval_queue q where q.approval_id = $1`

interface Answering {
  readonly approval: string
  readonly actor: string
  readonly reply: Reply
  /** Nothing but who answers can be in the way: then whoever is told that they may is not refused. */
  readonly sound: boolean
}

/** Does it, counts it, and where nobody else does anything meanwhile compares it with what was foreseen. */
export async function answer(
  review: Review,
  { approval, actor, reply, sound }: Answering,
  work: () => Promise<unknown>,
): Promise<boolean> {
  const ask = async (): Promise<Request> =>
    one<Request>(review.db.admin, ASK, [approval, actor, reply])
  const before = await ask()
  const accepted = await tryIt(reply, work())
  if (!review.alone) return accepted
  if (before.why !== null && accepted)
    throw new Error(`${actor} did ${reply}, and was told: ${before.why}`)
  if (before.why === null && sound && !accepted)
    throw new Error(`${actor} was told that they may ${reply}, and was refused`)
  if (accepted && (reply === 'approve' || reply === 'edit' || reply === 'further'))
    settledBy(
      review,
      { approval, actor, digest: '', person: before.person, void: false },
      before,
      await ask(),
    )
  return accepted
}

/** A yes settles a request exactly where those that stand fill every group. */
function settledBy({ yeses }: Review, yes: Yes, before: Request, after: Request): void {
  const given = { ...yes, digest: after.digest }
  yeses.push(given)
  const standing = yeses.filter(
    (each) => !each.void && each.approval === given.approval && each.digest === after.digest,
  )
  const enough = fills(
    before.quorum,
    standing.map(({ person }) => person),
  )
  if (enough !== (after.decision === 'approved')) {
    const who = standing.map(({ person }) => person).join(', ')
    throw new Error(`with a yes of ${who} it is ${after.decision ?? 'open'}`)
  }
}
