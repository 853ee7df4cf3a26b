import { expect, test } from 'vitest'

import { everyWordFor, isStandingApproval, otherWordsFor, presentWord } from './former-words.ts'

test('what was written with a former word is told with the present one', () => {
  expect(['rule.make', 'standing.give', 'approval_rules', 'policy.save'].map(presentWord)).toEqual([
    'standing.give',
    'standing.give',
    'standing_approvals',
    'policy.save',
  ])
})

test('either word finds what was written with the other', () => {
  expect(everyWordFor('drift_settings')).toEqual(everyWordFor('drift_policies'))
  expect(everyWordFor('drift_policies').toSorted()).toEqual(['drift_policies', 'drift_settings'])
  expect(everyWordFor('tasks')).toEqual(['tasks'])
})

test('so does the beginning of one, which the other does not have', () => {
  expect(otherWordsFor('standing.')).toEqual(['rule.make', 'rule.revoke'])
  expect(otherWordsFor('rule.')).toEqual(['standing.give', 'standing.revoke'])
  expect(otherWordsFor('drift.')).toEqual([])
  expect(otherWordsFor('standing_')).toEqual([])
  expect(otherWordsFor('')).toEqual([])
})

test('a yes of a standing approval is known by either name', () => {
  expect(['standing:1', 'rule:1'].every(isStandingApproval)).toBe(true)
  expect(['policy:small@1', 'operator:rule', 'ruler:1'].some(isStandingApproval)).toBe(false)
})
