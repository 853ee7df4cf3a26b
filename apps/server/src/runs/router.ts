import { router } from '../trpc/procedure.ts'
import { action, actions } from './actions.ts'
import { attempt, attempts } from './attempts.ts'
import { bulk } from './bulk.ts'
import { eventIndex } from './event-index.ts'
import { events } from './events.ts'
import { get } from './get.ts'
import { kill } from './kill.ts'
import { lines } from './lines.ts'
import { list } from './list.ts'
import { look } from './look.ts'
import { pause } from './pause.ts'
import { plan } from './plan.ts'
import { raiseLimits } from './raise-limits.ts'
import { resume } from './resume.ts'
import { settleAction } from './settle-action.ts'
import { spans, under } from './spans.ts'
import { step, steps } from './steps.ts'
import { unsettled } from './unsettled.ts'

export const runsRouter = router({
  list,
  get,
  events,
  index: eventIndex,
  lines,
  spans,
  under,
  actions,
  action,
  steps,
  step,
  unsettled,
  attempts,
  attempt,
  plan,
  pause,
  resume,
  kill,
  bulk,
  settleAction,
  raiseLimits,
  look,
})
