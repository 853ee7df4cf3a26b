import { router } from '../trpc/procedure.ts'
import { bounds } from './bounds.ts'
import { changed } from './changed.ts'
import { density } from './density.ts'
import { fleetAt } from './fleet-at.ts'
import { runAt } from './run-at.ts'
import { spansAt } from './spans-at.ts'
import { step } from './step.ts'
import { summary } from './summary/summary.ts'
import { timeline } from './timeline/timeline.ts'

export const historyRouter = router({
  bounds,
  fleetAt,
  runAt,
  spansAt,
  changed,
  density,
  step,
  timeline,
  summary,
})
