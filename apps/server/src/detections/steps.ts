import type { DriftStep, RunId } from '@holdpoint/protocol'
import { z } from 'zod'

import { id, query } from '../trpc/procedure.ts'
import { eventsAt } from './history.ts'
import { observationOf } from './observe.ts'

const seqs = z.array(z.number().int().min(1)).min(1).max(24)

/** What a run did at the events that a score stands on, as the rules were given it. */
export const steps = query
  .input(z.object({ runId: id<RunId>(), seqs }))
  .query(async ({ ctx, input }): Promise<readonly DriftStep[]> => {
    const ask = async (sql: string, params: readonly unknown[]) => ctx.database.read(sql, params)
    const told = await eventsAt(ask, input.runId, input.seqs)
    return told.flatMap((event): DriftStep[] => {
      // That a step called nothing was seen when it was scored; here it is only shown.
      const open = {
        name: event.detail?.step ?? '',
        occurrence: event.detail?.occurrence ?? 0,
        called: false,
      }
      const did = observationOf({ steps: [open] }, event)
      if (did === null) return []
      return [
        {
          seq: event.seq,
          at: event.instant,
          step: did.step,
          tool: did.tool,
          actionId: event.detail?.actionId ?? null,
          arguments: did.arguments,
          outcome: did.outcome,
          result: did.result,
        },
      ]
    })
  })
