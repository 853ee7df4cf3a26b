import { type Round, why } from './shift.ts'

/** A run that a rule holds is left for the visitor to find for so long. */
const PATIENCE_S = 240

interface Held {
  readonly id: string
  readonly detection: string
}

const HELD = `select d.workflow_id as id, d.detection_id as detection
  from detections d join run_holds h on h.hold_id = d.hold_id join workflow_checkpoints w on w.workflow_id = d.workflow_id
  where d.agent_id = 'price-scout' and h.cleared_at is null and w.held_by = '{detection}'
    and h.opened_at < clock_timestamp() - $1 * interval '1 second' order by h.opened_at`

/** A scout that a rule holds and nobody looked at is killed, and the rule is said to have been right. */
export const detections: Round = async (shift) => {
  const [held] = await shift.query<Held>(HELD, [shift.seconds(PATIENCE_S)])
  if (held === undefined) return
  await shift.verb('select judge_detection($1, $2, true, $3)', [
    held.detection,
    shift.actor,
    why('it asks the same in other words'),
  ])
  await shift.verb('select kill_run($1, $2, $3)', [
    held.id,
    shift.actor,
    why('it went nowhere, as the rule said'),
  ])
}
