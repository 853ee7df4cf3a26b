import type { AgentId, Run, RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { attentionOf } from './attention.ts'
import { agentsOf, groupWords, searchFor } from './groupWords.ts'
import { linesOf, type Group } from './lane.ts'

const now = Date.parse('2026-11-20T03:13:00.000000+00:00')

function groupOf(...runs: readonly Run[]): Group {
  const fleet = { approvals: [], loops: [], seen: new Set<string>(), now }
  const all = new Map(runs.map((run) => [run.id, run]))
  const [line] = linesOf(attentionOf({ ...fleet, runs: all }))
  if (line?.kind !== 'group') throw new Error('not a group')
  return line
}

const failed = (id: string, more: Partial<Run> = {}) =>
  aRun(id, 1, { status: 'failed', stopReason: 'TOOL_FAILURE', step: 'upload', ...more })

test('a group says how many, what, and where; and what its members started that goes on', () => {
  expect(groupWords(groupOf(failed('a'), failed('b')))).toBe(
    '2 runs failed: tool failure at upload',
  )
  expect(groupWords(groupOf(failed('a'), failed('b', { step: 'load' })))).toBe(
    '2 runs failed: tool failure at 2 places',
  )
  const child = aRun('c', 1, { parentId: 'a' as RunId })
  expect(groupWords(groupOf(failed('a'), failed('b'), child))).toContain('1 child still runs')
})

test('a group leads to the table filtered to what it holds', () => {
  const group = groupOf(failed('a'), failed('b'))
  expect(agentsOf(group)).toBe('triage')
  expect(searchFor(group)).toEqual({
    state: ['failed'],
    agent: ['triage'],
    reason: ['TOOL_FAILURE'],
    sort: 'recent',
  })
})

test('of many agents none is named', () => {
  const many = Array.from({ length: 30 }, (_, n) =>
    failed(String(n), { agentId: `a-${n}` as AgentId }),
  )
  expect(agentsOf(groupOf(...many))).toBe('30 agents')
  expect(searchFor(groupOf(...many))).not.toHaveProperty('agent')
})
