import { hasCode } from './database-errors.ts'
import { mayGoOn, type RunRow, type RunView, viewOf } from './run-view.ts'
import type { Session } from './session.ts'

// The agent's own edge after a decision. It is refused while anything else holds the run.
const GO_ON = `update workflow_checkpoints set status = 'running', resumed_at = now()
  where workflow_id = $1 and epoch = $2 and status in ('approved', 'paused')
  returning workflow_id as run_id, status, held_by, stop_reason, stop_detail, epoch as run_epoch, control`

/** Takes the run back to running, as soon as nothing holds it. */
export async function goOn(session: Session): Promise<void> {
  for (;;) {
    try {
      const [row] = await session.database.query<RunRow>(GO_ON, () => [session.id, session.epoch], {
        signal: session.signal,
      })
      if (row !== undefined) {
        session.observe(viewOf(row))
        session.wentOn()
        return
      }
      const view = await untilFree(session)
      if (view.status === 'running' && view.epoch === session.epoch && mayGoOn(view)) return
    } catch (error) {
      if (!hasCode(error, 'RUN_HELD')) throw error
      await untilFree(session)
    }
  }
}

/** Returns when the statement makes sense again: nothing holds the run, and it is this worker's. */
export async function untilFree(session: Session): Promise<RunView> {
  const view = await session.look()
  const gone = view.status === 'lost' || view.status === 'queued'
  if (gone || view.epoch !== session.epoch) await session.reclaim()
  else if (!mayGoOn(view)) await session.untilMayGo(session.version)
  return view
}
