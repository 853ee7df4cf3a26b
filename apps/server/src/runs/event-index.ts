import { type EventIndex, eventKinds, type RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, limit, query } from '../trpc/procedure.ts'

/** Events of one answer: bounds what a read touches, also where a run's events lie far apart on disk. */
const most = 20_000

/** Letters of `standings`; the protocol's `standingOf` says the same of a state. */
const standing = `case
  when status in ('complete', 'failed', 'killed') then 'e'
  when status = 'lost' then 'l'
  when status = 'queued' then 'q'
  when status = 'paused' then case when reason = 'AWAITING_APPROVAL' then 'a' else 'h' end
  when waits then 'w'
  else 'r' end`

// The event before the stretch is read, too: whether a step began shows only beside what was before. A state is read
// once: an agent can make each as large as its labels may be, and unpacking them is what takes the time.
const columns = `
  select min(seq)::float8 as first, (min(micros) filter (where seq = $2 + 1))::float8 as at,
    coalesce(string_agg(gap::text, ',' order by seq), '') as gaps,
    coalesce(string_agg(chr(34 + coalesce(array_position($4::text[], kind), 0)), '' order by seq), '') as kinds,
    coalesce(string_agg(case when begins then upper(letter) else letter end, '' order by seq), '') as standing
  from (
    select seq, kind, micros, ${standing} as letter,
      case when seq = $2 + 1 then 0 else micros - lag(micros) over beside end as gap,
      kind = 'run.step' or (kind like 'run.%' and step is distinct from lag(step) over beside) as begins
    from (
      select e.seq, e.kind, (extract(epoch from e.at) * 1000000)::bigint as micros, s.step, s.status,
        s."stopReason" as reason, s."waitingOn" is not null as waits
      from run_events e, jsonb_to_record(e.state) s(step text, status text, "stopReason" text, "waitingOn" jsonb)
      where e.workflow_id = $1 and e.seq >= $2 and e.seq <= $2 + $3) e
    window beside as (order by seq)) i
  where seq > $2`

/** All of a run's events in columns, a stretch at a time. */
export const eventIndex = query
  .input(
    z.object({
      id: id<RunId>(),
      after: z.number().int().min(0).default(0),
      limit: limit(most, most),
    }),
  )
  .query(async ({ ctx, input }): Promise<EventIndex> => {
    const [row] = await ctx.database.read<Omit<EventIndex, 'names'>>(columns, [
      input.id,
      input.after,
      input.limit,
      eventKinds,
    ])
    const none = { at: null, gaps: '', kinds: '', standing: '' }
    return { ...none, ...row, first: row?.first ?? input.after + 1, names: eventKinds }
  })
