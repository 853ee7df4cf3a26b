import type { RunId, RunSpan } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { wireTime } from './moment.ts'
import { spansOf, type BegunRow, type NextRow } from './span-fold.ts'

const mostSeqs = 300

const input = z.object({
  id: id<RunId>(),
  /** The last event that counts. */
  seq: z.number().int().min(1),
  seqs: z.array(z.number().int().min(1)).min(1).max(mostSeqs),
})

const begun = `
  select e.seq::float8 as seq, e.kind, coalesce(e.detail ->> 'step', e.state ->> 'step', 'step') as name,
    (e.detail ->> 'occurrence')::integer as occurrence, coalesce((e.detail ->> 'attempt')::integer, 1) as attempt,
    e.detail ->> 'actionId' as "actionId", e.detail ->> 'tool' as tool, e.detail ->> 'target' as target
  from run_events e where e.workflow_id = $1 and e.seq = any ($3::bigint[]) and e.seq <= $2 order by e.seq`

/** What may have become of them: their own ends, their next attempts, and what cuts everything off. */
const next = `
  select e.seq::float8 as seq, e.kind, ${wireTime('e.at')} as at, e.detail ->> 'step' as step,
    (e.detail ->> 'occurrence')::integer as occurrence, e.detail ->> 'actionId' as "actionId",
    (e.detail ->> 'landed')::boolean as landed
  from run_events e
  where e.workflow_id = $1 and e.seq > $3 and e.seq <= $2 and (
    e.kind in ('run.claimed', 'run.released', 'run.queued', 'run.lost', 'run.complete', 'run.failed', 'run.killed')
    or e.kind like 'action.%' and e.detail ->> 'actionId' = any ($4::text[])
    or e.kind in ('run.step', 'step.completed', 'step.failed') and e.detail ->> 'step' = any ($5::text[]))
  order by e.seq`

/** What began with these events, and what had become of it by an event of the run: its steps and actions as of then. */
export const spansAt = query
  .input(input)
  .query(async ({ ctx, input }): Promise<{ rows: readonly RunSpan[] }> => {
    const began = await ctx.database.read<BegunRow>(begun, [input.id, input.seq, input.seqs])
    const [first] = began
    if (first === undefined) return { rows: [] }
    const later = await ctx.database.read<NextRow>(next, [
      input.id,
      input.seq,
      first.seq,
      began.flatMap(({ actionId }) => actionId ?? []),
      began.flatMap(({ occurrence, name }) => (occurrence === null ? [] : name)),
    ])
    return { rows: spansOf(began, later) }
  })
