import { approvalMutations } from './approvals.ts'
import { driftMutations } from './drift.ts'
import { lockOrderMutations } from './lock-order.ts'
import { loginMutations } from './logins.ts'
import type { Mutation } from './mutation.ts'
import { outcomeMutations } from './outcomes.ts'
import { peopleMutations } from './people.ts'
import { policyMutations } from './policies.ts'
import { previewMutations } from './previews.ts'
import { queueMutations } from './queue.ts'
import { recordMutations } from './records.ts'
import { runMutations } from './runs.ts'
import { standingMutations } from './standing.ts'
import { tellingMutations } from './telling.ts'
import { whoseYesMutations } from './whose-yes.ts'
import { wordMutations } from './words.ts'

/** Each takes out one enforcement; a test must then fail, or that test proves nothing. */
export const mutations: readonly Mutation[] = [
  ...runMutations,
  ...lockOrderMutations,
  ...recordMutations,
  ...loginMutations,
  ...queueMutations,
  ...outcomeMutations,
  ...approvalMutations,
  ...policyMutations,
  ...previewMutations,
  ...standingMutations,
  ...whoseYesMutations,
  ...driftMutations,
  ...tellingMutations,
  ...peopleMutations,
  ...wordMutations,
]
