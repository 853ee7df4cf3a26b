import type { BulkResult, ErrorCode, Run, RunId } from '@holdpoint/protocol'

import type { Database } from '../database/database.ts'
import { readRuns } from './plan.ts'

/** What a run says that the kill of one above it takes along: it ended, or it is being killed just now. */
const mayBeAlong: readonly ErrorCode[] = ['RUN_ENDED', 'RUN_BUSY']

/**
 * A run that the kill of one above it took along is killed, as was asked: in this request, or in an earlier part of
 * the same list.
 */
export async function takenAlong(
  database: Database,
  results: readonly BulkResult[],
  killed: ReadonlyMap<RunId, Run>,
  actor: string,
): Promise<readonly BulkResult[]> {
  const unclear = results.flatMap((each) =>
    each.outcome === 'refused' && mayBeAlong.includes(each.code) && !killed.has(each.id)
      ? [each.id]
      : [],
  )
  // Not knowing leaves the refusal, which is true, too.
  const found = await killedWithParents(database, unclear, actor).catch(() => [])
  const along = new Map([...killed, ...found.map((run) => [run.id, run] as const)])
  return results.map((each) => {
    const run = along.get(each.id)
    return each.outcome === 'done' || run === undefined
      ? each
      : { id: each.id, outcome: 'done', run }
  })
}

/** Those of them that this actor killed, and their parents, too. */
async function killedWithParents(
  database: Database,
  ids: readonly RunId[],
  actor: string,
): Promise<readonly Run[]> {
  if (ids.length === 0) return []
  const runs = [...(await readRuns(database, ids)).values()]
  const parents = await readRuns(
    database,
    runs.flatMap(({ parentId }) => (parentId === null ? [] : [parentId])),
  )
  const killedBy = (run: Run | undefined): boolean =>
    run?.status === 'killed' && run.control?.by === actor
  return runs.filter(
    (run) => killedBy(run) && run.parentId !== null && killedBy(parents.get(run.parentId)),
  )
}
