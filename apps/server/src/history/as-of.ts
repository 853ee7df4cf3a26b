// How the past is read. Which runs there were is found in run_lives, what is shown of them in run_events alone.

/**
 * Runs that had begun and not ended at an instant. Two branches, an index each: those that have ended since by the
 * span of their life, those that have not by its beginning.
 */
export const aliveAt = (at: string): string => `(
  select workflow_id, began_at, agent_id from run_lives where ended_at is null and began_at <= ${at}
  union all
  select workflow_id, began_at, agent_id from run_lives
  where ended_at is not null and tstzrange(began_at, ended_at) @> ${at})`

/**
 * The last event of a run that is not after an instant: its sequence is highest, whatever the clock did. Bounded
 * below by the run's beginning, so that months in which it did not live are not looked at; a clock that was set back
 * is given a day. The run is named by a range of the primary key and in its order: with an equality beside a range of
 * times the planner takes the index by time, and reads the whole fleet's events for each run.
 */
export const lastEventAt = (run: string, at: string): string => `(
  select e.seq, e.at, e.state from run_events e
  where (e.workflow_id, e.seq) >= (${run}.workflow_id, 1) and (e.workflow_id, e.seq) <= (${run}.workflow_id, ${2 ** 62})
    and e.at <= ${at} and e.at >= ${run}.began_at - interval '1 day'
  order by e.workflow_id desc, e.seq desc limit 1)`

/** The event that ended a run, of a life that has one. */
export const endingOf = (run: string): string => `(
  select e.state from run_events e
  where e.workflow_id = ${run}.workflow_id and e.seq = ${run}.ended_seq
    and e.at <= ${run}.ended_at and e.at >= ${run}.began_at - interval '1 day')`

/** Events of a run that are looked through for what it asked; while it waits it can write little but audit rows. */
const mostAsked = 5_000

/**
 * Approvals that a run waits for after an event `e` of it. They hold it, and a run that is held for one has been paused
 * since before it asked: nothing earlier is meant. By sequences, so that the planner has one index to take. A run that was
 * adopted while it waited has no event of its request.
 */
export const openApprovals = (run: string, e: string): string => `(
  select asked.id, min(asked.at) as requested_at, min(asked.tool) as tool, min(asked.target) as target,
    min(asked.changes::text)::jsonb as changes
  from (
    select v.at, v.kind, v.detail ->> 'approvalId' as id, v.detail ->> 'tool' as tool, v.detail ->> 'target' as target,
      v.detail -> 'changes' as changes
    from run_events v
    where ${e}.state -> 'heldBy' ? 'approval' and v.workflow_id = ${run}.workflow_id and v.seq <= ${e}.seq
    order by v.seq desc limit ${mostAsked}) asked
  where asked.at >= (${e}.state ->> 'statusSince')::timestamptz - interval '1 second'
    and asked.kind in ('approval.requested', 'approval.decided', 'approval.expired')
  group by asked.id having bool_and(asked.kind = 'approval.requested'))`
