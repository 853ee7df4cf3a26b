import type { RunId, TimelineHold } from '@holdpoint/protocol'

import type { Database } from '../../database/database.ts'
import { past, wireTime } from '../moment.ts'

const mostHolds = 4_000

const from = past('$1')
const to = past('$2')

// A hold's row keeps when it was opened and when it was cleared; that it was cleared after the window is not said.
const holds = `
  select h.workflow_id as "runId", h.kind, ${wireTime('h.opened_at')} as from, h.opened_by as by, h.why,
    case when h.cleared_at <= ${to} then ${wireTime('h.cleared_at')} end as to
  from run_holds h
  where h.workflow_id = any ($3::uuid[]) and h.opened_at <= ${to}
    and (h.cleared_at is null or h.cleared_at > ${from})
  order by h.opened_at limit ${mostHolds}`

/** Why these runs could not go on, within a window. */
export const holdsOf = async (
  database: Database,
  window: { readonly from: string; readonly to: string },
  runs: readonly RunId[],
): Promise<TimelineHold[]> => database.read<TimelineHold>(holds, [window.from, window.to, runs])
