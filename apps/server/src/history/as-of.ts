// How the past is read. Which runs there were is found in run_lives, what is shown of them in run_events alone.

/**
 * Runs that had begun and not ended at an instant. Two branches, an index each: those that have ended since by the
 * span of their life, those that have not by its beginning.
 */
export const aliveAt = (at: string): string => `(
  select workflow_id, began_at from run_lives where ended_at is null and began_at <= ${at}
  union all
  select workflow_id, began_at from run_lives
  where ended_at is not null and tstzrange(began_at, ended_at) @> ${at})`

/**
 * The last event of a run that is not after an instant: its sequence is highest, whatever the clock did. Bounded
 * below by the run's beginning, so that months in which it did not live are not looked at; a clock that was set back
 * is given a day.
 */
export const lastEventAt = (run: string, at: string): string => `(
  select e.seq, e.at, e.state from run_events e
  where e.workflow_id = ${run}.workflow_id and e.at <= ${at} and e.at >= ${run}.began_at - interval '1 day'
  order by e.seq desc limit 1)`

/**
 * Approvals that a run waits for at an instant, of which its state then is known. They hold it, and a run that is held
 * for one has been paused since before it was asked for: nothing earlier is read. A run that was adopted while it
 * waited has no event of its request.
 */
export const openApprovals = (run: string, state: string, at: string): string => `(
  select asked.id, min(asked.at) as requested_at, min(asked.tool) as tool, min(asked.target) as target
  from (
    select v.at, v.kind, v.detail ->> 'approvalId' as id, v.detail ->> 'tool' as tool, v.detail ->> 'target' as target
    from run_events v
    where ${state} -> 'heldBy' ? 'approval' and v.workflow_id = ${run}.workflow_id and v.at <= ${at}
      and v.at >= (${state} ->> 'statusSince')::timestamptz - interval '1 second'
      and v.kind in ('approval.requested', 'approval.decided', 'approval.expired')) asked
  group by asked.id having bool_and(asked.kind = 'approval.requested'))`
