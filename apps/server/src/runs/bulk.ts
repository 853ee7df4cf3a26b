import {
  bulkLimits,
  type BulkResult,
  type ErrorBody,
  type Run,
  type RunId,
  type RunVerb,
  runVerbs,
} from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { must } from '../database/must.ts'
import { problemFrom } from '../database/problem.ts'
import { brokenOnOurSide, id, reason, verb } from '../trpc/procedure.ts'
import { killTree } from './kill.ts'
import { pauseRun } from './pause.ts'
import { resumeRun } from './resume.ts'
import { takenAlong } from './taken-along.ts'

/** After so long nothing more is begun, so that runs behind an agent's open transaction cannot hold up the answer. */
const patienceMs = 20_000

/** One verb for exactly these runs. Each is a transaction of its own: the refusal of one stops no other. */
export const bulk = verb('control')
  .input(
    z.object({
      verb: z.enum(runVerbs),
      ids: z.array(id<RunId>()).min(1).max(bulkLimits.act),
      reason,
    }),
  )
  .mutation(async ({ ctx, input }): Promise<{ results: readonly BulkResult[] }> => {
    const ids = [...new Set(input.ids)]
    const told = (error: unknown): ErrorBody =>
      (problemFrom(error) ?? brokenOnOurSide(error, 'runs.bulk', ctx.log)).body
    const orders = { verb: input.verb, actor: ctx.caller.actor, reason: input.reason }
    return { results: await actOnEach(ctx.database, ids, orders, told) }
  })

interface Orders {
  readonly verb: RunVerb
  readonly actor: string
  readonly reason: string | null
}

/** What each verb changed, the named run first. */
const act: Record<
  RunVerb,
  (database: Database, by: readonly unknown[]) => Promise<readonly Run[]>
> = {
  pause: async (database, by) => [await pauseRun(database, by)],
  resume: async (database, by) => [await resumeRun(database, by)],
  kill: async (database, by) => killTree(database, by),
}

export async function actOnEach(
  database: Database,
  ids: readonly RunId[],
  { verb, actor, reason }: Orders,
  told: (error: unknown) => ErrorBody,
  patience = patienceMs,
): Promise<readonly BulkResult[]> {
  const changed = new Map<RunId, Run>()
  const stop = new Stop(patience)
  const results = await Promise.all(
    ids.map(async (id) =>
      database.inTurn(async (): Promise<BulkResult> => {
        // Its turn came after the kill of a run above it.
        const along = changed.get(id)
        if (along !== undefined) return { id, outcome: 'done', run: along }
        const because = stop.because
        if (because !== undefined) return refused(id, because)
        try {
          const runs = await act[verb](database, [id, actor, reason])
          for (const run of runs) changed.set(run.id, run)
          return { id, outcome: 'done', run: must(runs[0], `the run after ${verb}`) }
        } catch (error) {
          const body = told(error)
          stop.heard(body)
          return refused(id, body)
        }
      }),
    ),
  )
  return verb === 'kill' ? takenAlong(database, results, changed, actor) : results
}

/** Why nothing more is begun. */
class Stop {
  readonly #until: number
  #away = false

  constructor(patience: number) {
    this.#until = performance.now() + patience
  }

  heard({ code }: ErrorBody): void {
    if (code === 'UNAVAILABLE') this.#away = true
  }

  get because(): Pick<ErrorBody, 'code' | 'message'> | undefined {
    if (this.#away) {
      return {
        code: 'UNAVAILABLE',
        message: 'Not tried, because the database did not answer for another run.',
      }
    }
    if (performance.now() > this.#until) {
      return { code: 'RUN_BUSY', message: 'Not tried: the runs before it took too long.' }
    }
    return undefined
  }
}

const refused = (
  id: RunId,
  { code, message }: Pick<ErrorBody, 'code' | 'message'>,
): BulkResult => ({
  id,
  outcome: 'refused',
  code,
  message,
})
