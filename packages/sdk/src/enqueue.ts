import { hasCode } from './database-errors.ts'
import type { LeaseHost } from './leased-run.ts'
import { payload } from './payload.ts'
import { type RunSpec, specJson } from './spec.ts'

/**
 * Leaves a run for any worker that serves its agent and its skill. Its id given twice, or its answer lost: one run.
 * @returns its id @throws HoldpointError (NOTHING_TO_DO: this firing of a loop was fired already)
 */
export async function enqueueRun(
  host: LeaseHost,
  spec: RunSpec<object>,
  of: { readonly id: string; readonly agent: string; readonly parentId?: string },
  signal = host.workerSignal,
): Promise<string> {
  const { database } = host
  const memory = spec.memory === undefined ? undefined : payload(spec.memory, 'memory', host.redact)
  const text = JSON.stringify({ ...specJson(spec, of), memory })
  try {
    await database.query('select enqueue_run($1::jsonb)', [text], { signal, first: true })
  } catch (error) {
    if (!hasCode(error, 'RUN_EXISTS')) throw error
  }
  return of.id
}
