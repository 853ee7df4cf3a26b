import { router } from '../trpc/procedure.ts'
import { policies, policy, savePolicy } from './drift-policy.ts'
import { judge } from './judge.ts'
import { noted, ofRun } from './list.ts'
import { points, recent } from './points.ts'
import { preview } from './preview.ts'
import { steps } from './steps.ts'

export const detectionsRouter = router({
  points,
  recent,
  steps,
  ofRun,
  noted,
  judge,
  policy,
  policies,
  savePolicy,
  preview,
})
