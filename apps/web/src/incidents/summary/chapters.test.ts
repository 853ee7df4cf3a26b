import type { AgentId, Chapter } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { paragraphs, told } from './chapters.ts'

const at = '2026-11-20T03:12:07.000000+00:00'
const act = (action: string): Chapter => ({
  at,
  kind: 'act',
  act: {
    at,
    actor: 'operator:ana',
    action,
    runId: null,
    agentId: 'clerk' as AgentId,
    target: null,
    why: null,
  },
})
const kinds = (...actions: readonly string[]) =>
  paragraphs(actions.map(act)).map(({ kind }) => kind)
const words = (action: string): string => told(act(action)).what

test('an act is told in the words of today, also where the log has a former one', () => {
  expect(words('standing.give')).toBe('Standing approval given by ana')
  expect(words('rule.make')).toBe(words('standing.give'))
  expect(words('rule.revoke')).toBe(words('standing.revoke'))
  expect(words('drift.settings')).toBe(words('drift.policy'))
})

test('a change of a policy is an aside, also one that the log has by a former word', () => {
  expect(kinds('policy.save', 'drift.policy', 'drift.settings')).toEqual(['aside'])
  expect(kinds('drift.settings', 'agent.isolate')).toEqual(['aside', 'chapter'])
})
