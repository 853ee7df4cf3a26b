import {
  type BulkPlan,
  bulkLimits,
  type Can,
  can,
  type Run,
  type RunId,
  runVerbs,
} from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { id, query } from '../trpc/procedure.ts'

type Will = BulkPlan['will'][number]
type Wont = BulkPlan['wont'][number]

/** Runs below the chosen ones that are looked at: ended ones are walked through, and named are at most `plan`. */
const mostWalked = 20_000

/** A dry run: exactly which runs a verb would change, and why not the others. Nothing is changed. */
export const plan = query
  .input(
    z.object({
      verb: z.enum(runVerbs),
      ids: z.array(id<RunId>()).min(1).max(bulkLimits.plan),
    }),
  )
  .query(async ({ ctx, input }): Promise<BulkPlan> => {
    const ids = [...new Set(input.ids)]
    const found = await readRuns(ctx.database, ids)
    const will: Will[] = []
    const wont: Wont[] = []
    for (const id of ids) {
      const run = found.get(id) ?? null
      const verdict: Can =
        run === null ? { allowed: false, because: 'There is no such run.' } : can(input.verb, run)
      if (!verdict.allowed) wont.push({ id, run, because: verdict.because })
      else if (run !== null) will.push({ run, childOf: null })
    }
    if (input.verb !== 'kill') return { verb: input.verb, cut: false, will, wont }
    const below = await readBelow(
      ctx.database,
      will.map(({ run }) => run.id),
    )
    const family = will.flatMap((top) => [
      top,
      ...below.runs.filter(({ childOf }) => childOf === top.run.id),
    ])
    return { verb: input.verb, cut: below.cut, will: family, wont }
  })

export async function readRuns(
  database: Database,
  ids: readonly RunId[],
): Promise<Map<RunId, Run>> {
  const rows = await database.read<{ run: Run }>(
    'select run_state(w) as run from workflow_checkpoints w where w.workflow_id = any ($1::uuid[])',
    [ids],
  )
  return new Map(rows.map(({ run }) => [run.id, run]))
}

// As kill_run walks: through runs that ended before, because what they started may still run. A chosen run is
// the top of its own part, so each run below is met once. The inner limit ends the walk. "offset 0" keeps the planner,
// which knows nothing of a level's size, from reading all runs for each level.
const below = `
  with recursive below as (
    select k.workflow_id, k.status, k.parent_id as top from workflow_checkpoints k
    where k.parent_id = any ($1::uuid[]) and k.workflow_id <> all ($1::uuid[])
    union all
    select k.workflow_id, k.status, b.top from below b, lateral (
      select c.workflow_id, c.status from workflow_checkpoints c where c.parent_id = b.workflow_id offset 0) k
    where k.workflow_id <> all ($1::uuid[])
  ), walked as (select * from below limit $2 + 1),
  living as (select * from walked where not is_final(status) limit $3)
  select run_state(w) as run, l.top as "childOf" from living l join workflow_checkpoints w using (workflow_id)
  union all
  select null, null where (select count(*) from walked) > $2
    or (select count(*) from walked where not is_final(status)) > $3`

/** Every living run below these, and whether there are more than are named. */
export async function readBelow(
  database: Database,
  tops: readonly RunId[],
  most: { readonly walked: number; readonly named: number } = {
    walked: mostWalked,
    named: bulkLimits.plan,
  },
): Promise<{ runs: Will[]; cut: boolean }> {
  const rows = await database.read<Will | { run: null; childOf: null }>(below, [
    tops,
    most.walked,
    most.named,
  ])
  const runs = rows.flatMap((row) => (row.run === null ? [] : [row]))
  return { runs, cut: runs.length < rows.length }
}
