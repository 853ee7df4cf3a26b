import { router } from '../trpc/procedure.ts'
import { check } from './check.ts'
import { decide } from './decide.ts'
import { extend } from './extend.ts'
import { get } from './get.ts'
import { inbox } from './inbox.ts'
import { list } from './list.ts'
import { decideMany, plan } from './many.ts'
import { delegate, escalate } from './pass-on.ts'
import { revokeStanding, standing } from './standing.ts'

export const approvalsRouter = router({
  inbox,
  list,
  get,
  check,
  decide,
  plan,
  decideMany,
  extend,
  delegate,
  escalate,
  standing,
  revokeStanding,
})
