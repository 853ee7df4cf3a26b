import { router } from '../trpc/procedure.ts'
import { actions } from './actions.ts'
import { bulk } from './bulk.ts'
import { events } from './events.ts'
import { get } from './get.ts'
import { kill } from './kill.ts'
import { list } from './list.ts'
import { pause } from './pause.ts'
import { plan } from './plan.ts'
import { raiseLimits } from './raise-limits.ts'
import { resume } from './resume.ts'
import { settleAction } from './settle-action.ts'
import { steps } from './steps.ts'

export const runsRouter = router({
  list,
  get,
  events,
  actions,
  steps,
  plan,
  pause,
  resume,
  kill,
  bulk,
  settleAction,
  raiseLimits,
})
