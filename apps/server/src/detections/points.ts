import type { DriftPoint, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, limit, query } from '../trpc/procedure.ts'

const seq = z.number().int().min(1).max(Number.MAX_SAFE_INTEGER)

/** A run's scores in order, the newest of them; `upTo` leaves out what came after that event. */
export const points = query
  .input(z.object({ runId: id<RunId>(), upTo: seq.optional(), limit: limit(1_000, 300) }))
  .query(async ({ ctx, input }): Promise<readonly DriftPoint[]> => {
    const rows = await ctx.database.read<{ point: DriftPoint }>(
      `select jsonb_build_object('seq', p.seq, 'at', p.at, 'score', p.score, 'signals', p.signals) as point
       from (select * from drift_points where workflow_id = $1 and ($2::bigint is null or seq <= $2)
         order by seq desc limit $3) p order by p.seq`,
      [input.runId, input.upTo ?? null, input.limit],
    )
    return rows.map(({ point }) => point)
  })

/** Scores that a row of the fleet draws. */
const drawn = 24

/** The last scores, up to an instant, of the runs that a table shows, oldest first; runs without any are left out. */
export const recent = query
  .input(
    z.object({
      ids: z.array(id<RunId>()).min(1).max(200),
      at: z.iso.datetime({ offset: true }).optional(),
    }),
  )
  .query(async ({ ctx, input }): Promise<Readonly<Record<string, readonly number[]>>> => {
    const rows = await ctx.database.read<{ id: string; scores: number[] }>(
      `select r.id, p.scores from unnest($1::uuid[]) r(id), lateral (
         select array_agg(s.score::float8 order by s.seq) as scores from (
           select seq, score from drift_points
           where workflow_id = r.id and ($2::timestamptz is null or at <= $2) order by seq desc limit ${drawn}) s) p
       where p.scores is not null`,
      [input.ids, input.at ?? null],
    )
    return Object.fromEntries(rows.map(({ id: run, scores }) => [run, scores]))
  })
