import type {
  Met,
  PolicyId,
  PolicyPreview,
  PreviewedCall,
  PreviewedCheckIn,
} from '@holdpoint/protocol'
import { z } from 'zod'

import type { Database } from '../database/database.ts'
import { id, query } from '../trpc/procedure.ts'
import { policySpec } from './spec.ts'

/** Calls, and runs, that one preview looks at: the newest. */
const most = { calls: 2000, runs: 500 }
const shown = 100

/** What the calls of the last days would have met under a policy that is not in force. The database says so of each. */
async function ofCalls(
  database: Database,
  params: readonly [of: PolicyId | null, spec: string, days: number],
): Promise<PolicyPreview['calls']> {
  const rows = await database.read<{ call: PreviewedCall; counted: number }>(
    'select call, counted from preview_calls($1, $2, $3, $4)',
    [...params, most.calls],
  )
  const counts: Record<Met['would'], number> = { other: 0, free: 0, pass: 0, wait: 0 }
  for (const { call } of rows) counts[call.meets.would] += 1
  return {
    considered: rows.length,
    cut: (rows[0]?.counted ?? 0) > rows.length || rows.length === most.calls,
    counts,
    unchanged: rows.filter(({ call }) => call.unchanged).length,
    examples: rows.slice(0, shown).map(({ call }) => call),
  }
}

/** A run that would have paused, or not at all. */
type Looked = Omit<PreviewedCheckIn, 'at' | 'by'> &
  (Pick<PreviewedCheckIn, 'at' | 'by'> | { readonly at: null; readonly by: null })

async function ofCheckIns(
  database: Database,
  params: readonly [spec: string, days: number],
): Promise<PolicyPreview['checkIn']> {
  const rows = await database.read<{ run: Looked; counted: number }>(
    'select run, counted from preview_check_ins($1, $2, $3)',
    [...params, most.runs],
  )
  const paused = rows.flatMap(({ run }) => (run.at === null ? [] : [run]))
  return {
    runs: rows.length,
    cut: (rows[0]?.counted ?? 0) > rows.length,
    paused: paused.length,
    examples: paused.slice(0, shown),
  }
}

/** What the last days would have met under a draft, in the place of a policy in force or beside all. Nothing is written. */
export const preview = query
  .input(
    z.object({
      /** The policy that it would be the next version of; absent: a new one. */
      of: id<PolicyId>().optional(),
      spec: policySpec,
      days: z.number().int().min(1).max(31).default(7),
    }),
  )
  .query(async ({ ctx, input }): Promise<PolicyPreview> => {
    const spec = JSON.stringify(input.spec)
    const { tool, checkInHours, checkInSteps } = input.spec
    const checksIn = (checkInHours ?? null) !== null || (checkInSteps ?? null) !== null
    // Without a tool it may still take the place of a version that had one.
    const rules = (tool ?? null) !== null || input.of !== undefined
    const [calls, checkIn] = await Promise.all([
      rules ? ofCalls(ctx.database, [input.of ?? null, spec, input.days]) : null,
      checksIn ? ofCheckIns(ctx.database, [spec, input.days]) : null,
    ])
    return { days: input.days, calls, checkIn }
  })
