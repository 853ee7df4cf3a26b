import { expect, test } from 'vitest'

import { formOf, newPolicy, specOf } from './policyForm.ts'

const typed = {
  ...newPolicy,
  name: 'refunds',
  tool: 'payments.*',
  autoApprove: '$.eur <= 20',
  quorum: '2 on-call: ana, ben, cyd\n1 finance: operator:dora',
  expiresAfterMin: '30',
  escalation: '15: eve\n60: fay, gus',
  checkInSteps: '200',
}

test('a policy is read from what was typed, and typed again from what was read', () => {
  const read = specOf(typed)
  expect(read).toEqual({
    spec: {
      name: 'refunds',
      agentId: null,
      skill: null,
      tool: 'payments.*',
      gate: true,
      autoApprove: '$.eur <= 20',
      quorum: [
        { name: 'on-call', count: 2, members: ['operator:ana', 'operator:ben', 'operator:cyd'] },
        { name: 'finance', count: 1, members: ['operator:dora'] },
      ],
      fourEyes: true,
      expiresAfterS: 1800,
      onExpiry: 'hold',
      escalation: [
        { to: ['operator:eve'], afterS: 900 },
        { to: ['operator:fay', 'operator:gus'], afterS: 3600 },
      ],
      checkInHours: null,
      checkInSteps: 200,
    },
  })
  const again = formOf({ ...('spec' in read ? read.spec : {}) } as Parameters<typeof formOf>[0])
  expect(specOf(again)).toEqual(read)
})

test('what cannot be read is named by its field, and nothing is left out in silence', () => {
  const read = specOf({
    ...newPolicy,
    quorum: 'two of us',
    escalation: 'soon: ana',
    expiresAfterMin: '-1',
    checkInHours: 'often',
  })
  expect(Object.keys('faults' in read ? read.faults : {}).toSorted()).toEqual([
    'checkInHours',
    'escalation',
    'expiresAfterMin',
    'name',
    'quorum',
  ])
})

test('without a tool nothing is gated: the policy is about check-ins, and about what agents ask themselves', () => {
  expect(specOf({ ...newPolicy, name: 'look in', checkInHours: '4' })).toMatchObject({
    spec: { gate: false, tool: null, checkInHours: 4 },
  })
})
