import type { BulkResult, Run, RunId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { readRuns } from './plan.ts'

/**
 * A run that ended because the kill of one above it took it along is killed, as was asked: in this request, or in
 * an earlier part of the same list.
 */
export async function takenAlong(
  database: Database,
  results: readonly BulkResult[],
  killed: ReadonlyMap<RunId, Run>,
  actor: string,
): Promise<readonly BulkResult[]> {
  const late = results.filter(
    (each) => each.outcome === 'refused' && each.code === 'RUN_ENDED' && !killed.has(each.id),
  )
  const along = new Map(killed)
  for (const run of await runsKilledWithAParent(database, late, actor)) along.set(run.id, run)
  return results.map((each) => {
    const run = along.get(each.id)
    const ended = each.outcome === 'refused' && each.code === 'RUN_ENDED'
    return ended && run !== undefined ? { id: each.id, outcome: 'done', run } : each
  })
}

async function runsKilledWithAParent(
  database: Database,
  late: readonly BulkResult[],
  actor: string,
): Promise<readonly Run[]> {
  if (late.length === 0) return []
  // Not knowing leaves the refusal, which is true, too.
  const runs = await readRuns(
    database,
    late.map(({ id }) => id),
  ).catch(() => new Map<RunId, Run>())
  const parents = await readRuns(
    database,
    [...runs.values()].flatMap(({ parentId }) => (parentId === null ? [] : [parentId])),
  ).catch(() => new Map<RunId, Run>())
  const killedBy = (run: Run | undefined): boolean =>
    run?.status === 'killed' && run.control?.by === actor
  return [...runs.values()].filter(
    (run) => killedBy(run) && run.parentId !== null && killedBy(parents.get(run.parentId)),
  )
}
