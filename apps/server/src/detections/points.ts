import type { DriftPoint, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, limit, query } from '../trpc/procedure.ts'

/** With zone; microseconds are kept. */
const instant = z.iso.datetime({ offset: true })

/** A run's scores in order, the newest of them; `at` leaves out those that did not exist yet at that instant. */
export const points = query
  .input(z.object({ runId: id<RunId>(), at: instant.optional(), limit: limit(1_000, 300) }))
  .query(async ({ ctx, input }): Promise<readonly DriftPoint[]> => {
    const rows = await ctx.database.read<{ point: DriftPoint }>(
      `select jsonb_build_object('seq', p.seq, 'at', p.at, 'score', p.score, 'signals', p.signals) as point
       from (select * from drift_points where workflow_id = $1
         and ($2::timestamptz is null or coalesce(made_at, at) <= $2)
         order by seq desc limit $3) p order by p.seq`,
      [input.runId, input.at ?? null, input.limit],
    )
    return rows.map(({ point }) => point)
  })

/**
 * The last event of a run that says how it drifts: of the history alone, so that it stays what was seen. By ranges of
 * the key and bounded by the run's beginning, as the past is read elsewhere.
 */
const lastLine = `
  select e.detail -> 'scores' as scores from run_events e
  where e.kind = 'run.drift' and (e.workflow_id, e.seq) >= (l.workflow_id, 1) and (e.workflow_id, e.seq) <= (l.workflow_id, ${2 ** 62})
    and e.at <= coalesce($2::timestamptz, 'infinity') and e.at >= l.began_at - interval '1 day'
  order by e.workflow_id desc, e.seq desc limit 1`

/**
 * The last scores of the runs that a table shows, oldest first, as they were seen at an instant or are now; runs without
 * any are left out.
 */
export const recent = query
  .input(z.object({ ids: z.array(id<RunId>()).min(1).max(200), at: instant.optional() }))
  .query(async ({ ctx, input }): Promise<Readonly<Record<string, readonly number[]>>> => {
    const rows = await ctx.database.read<{ id: string; scores: number[] }>(
      `select l.workflow_id as id, s.scores
       from run_lives l cross join lateral (${lastLine}) s
       where l.workflow_id = any ($1::uuid[]) and s.scores is not null`,
      [input.ids, input.at ?? null],
    )
    return Object.fromEntries(rows.map(({ id: run, scores }) => [run, scores]))
  })
