import { hasCode } from './database-errors.ts'
import type { LeasedRun } from './leased-run.ts'
import { mayGoOn, type RunRow, type RunView, viewOf } from './run-view.ts'

// The agent's own edge after a decision. It is refused while anything else holds the run.
const GO_ON = `update workflow_checkpoints set status = 'running', resumed_at = now()
  where workflow_id = $1 and epoch = $2 and status in ('approved', 'paused')
  returning workflow_id as run_id, status, held_by, stop_reason, stop_detail, epoch as run_epoch, control`

/** Takes the run back to running, as soon as nothing holds it. */
export async function goOn(leased: LeasedRun): Promise<void> {
  for (;;) {
    try {
      const [row] = await leased.database.query<RunRow>(GO_ON, () => [leased.id, leased.epoch], {
        signal: leased.signal,
      })
      if (row !== undefined) {
        leased.observe(viewOf(row))
        leased.wentOn()
        return
      }
      const view = await untilFree(leased)
      if (view.status === 'running' && view.epoch === leased.epoch && mayGoOn(view)) return
    } catch (error) {
      if (!hasCode(error, 'RUN_HELD')) throw error
      await untilFree(leased)
    }
  }
}

/** Returns when the statement makes sense again: nothing holds the run, and it is this worker's. */
export async function untilFree(leased: LeasedRun): Promise<RunView> {
  const view = await leased.look()
  const gone = view.status === 'lost' || view.status === 'queued'
  if (gone || view.epoch !== leased.epoch) await leased.reclaim()
  else if (!mayGoOn(view)) await leased.untilMayGo(leased.version)
  return view
}
