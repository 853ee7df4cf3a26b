import { oneIn, type Round, why } from './shift.ts'

/** While others wait too, the first in line is decided soon; the last one is left to the visitor for a while. */
const SOON_S = 55
const LATE_S = 420

interface Waiting {
  readonly id: string
  readonly agent: string
}

const WAITING = `select approval_id as id, agent_id as agent
  from (select q.approval_id, w.agent_id, q.requested_at,
      count(*) over (partition by w.agent_id) as waiting, rank() over (partition by w.agent_id order by q.requested_at) as place
    from approval_queue q join workflow_checkpoints w using (workflow_id)
    where w.agent_id = any ($1) and q.decision is null and q.closed_at is null
      -- What a person paused is that person's.
      and w.held_by = '{approval}') a
  where requested_at < clock_timestamp() - make_interval(secs => case when waiting > 1 and place = 1 then $2::float8 else $3::float8 end)`

/** Approves what waits, and refuses now and then. */
export const approvals: Round = async (shift) => {
  const waiting = await shift.query<Waiting>(WAITING, [
    ['refund-agent', 'release-notes'],
    shift.seconds(SOON_S),
    shift.seconds(LATE_S),
  ])
  for (const { id, agent } of waiting) {
    const no = oneIn(4, id)
    await shift.verb('select decide_approval($1, $2, $3, $4)', [
      id,
      shift.actor,
      no ? 'rejected' : 'approved',
      why(no ? wordsOfNo(agent) : 'looks right'),
    ])
  }
}

const wordsOfNo = (agent: string): string =>
  agent === 'refund-agent'
    ? 'the photos show another product'
    : 'the notes name a feature too early'
