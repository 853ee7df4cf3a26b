import { type Control, isFinal, type RunStatus } from '@holdpoint/protocol'

/** What a worker knows of its run's row. */
export interface RunView {
  readonly status: RunStatus
  readonly heldBy: readonly string[]
  readonly stopReason: string | null
  readonly stopDetail: string | null
  readonly epoch: number
  readonly control: Control | null
}

/** A row as `heartbeat` and `READ_RUNS` return it. */
export interface RunRow {
  run_id: string
  status: RunStatus
  held_by: string[]
  stop_reason: string | null
  stop_detail?: string | null
  run_epoch: number
  control: Control | null
  /** Said by a heartbeat: the lease is this worker's. */
  leased?: boolean
}

export const READ_RUNS = `select workflow_id as run_id, status, held_by, stop_reason, stop_detail,
  epoch as run_epoch, control from workflow_checkpoints where workflow_id = any($1)`

export const viewOf = (row: RunRow): RunView => ({
  status: row.status,
  heldBy: row.held_by,
  stopReason: row.stop_reason,
  stopDetail: row.stop_detail ?? null,
  epoch: row.run_epoch,
  control: row.control,
})

/** Nothing holds it: the gate may be asked again. A rejection is paused without a hold, and is the agent's to answer. */
export const mayGoOn = (view: RunView): boolean => view.heldBy.length === 0 && !isFinal(view.status)

export const endedWords = (view: RunView): string =>
  `The run is ${view.status}${view.stopDetail === null ? '' : ` (${view.stopDetail})`}: nothing may begin any more.`
