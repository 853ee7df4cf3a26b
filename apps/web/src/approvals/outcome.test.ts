import type { Approval } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { outcomeWords } from './outcome.ts'

const decidedBy = (by: string): string =>
  outcomeWords({ decision: 'approved', decidedBy: by, decisionReason: null } as Approval)

test('what a standing approval answered is told as that, also where it was written as a rule', () => {
  expect(['standing:6b1c', 'rule:6b1c', 'operator:ana'].map(decidedBy)).toEqual([
    'approved by a standing approval',
    'approved by a standing approval',
    'approved by ana',
  ])
})
