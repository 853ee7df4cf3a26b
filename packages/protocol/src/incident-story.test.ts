import { expect, test } from 'vitest'

import type { AgentId, ApprovalId, RunId } from './ids.ts'
import { storyOf } from './incident-story.ts'
import type { IncidentSummary } from './time-travel.ts'

const at = (seconds: number) => new Date(Date.UTC(2026, 10, 20, 3, 0, seconds)).toISOString()
const agent = 'refunds' as AgentId
const run = (id: string, status: 'paused' | 'lost' | 'killed') => ({
  id: id as RunId,
  agentId: agent,
  goal: `goal of ${id}`,
  step: null,
  status,
})

const summary: IncidentSummary = {
  from: at(0),
  to: at(60),
  agents: null,
  events: 12,
  stopped: [
    {
      run: run('a', 'paused'),
      at: at(10),
      seq: 3,
      by: 'agent:refunds',
      reason: 'AWAITING_APPROVAL',
      detail: null,
    },
    {
      run: run('b', 'lost'),
      at: at(20),
      seq: 9,
      by: 'holdpoint',
      reason: 'WORKER_LOST',
      detail: 'silent',
    },
    {
      run: run('a', 'killed'),
      at: at(40),
      seq: 8,
      by: 'operator:ana',
      reason: 'USER_KILLED',
      detail: 'wrong customer',
    },
  ],
  stopReasons: [],
  ended: { complete: 0, failed: 0, killed: 1 },
  operatorActions: [
    {
      at: at(31),
      actor: 'operator:bo',
      action: 'approval.approved',
      runId: 'a' as RunId,
      agentId: agent,
      target: null,
      why: 'fine',
    },
    {
      at: at(40),
      actor: 'operator:ana',
      action: 'run.kill',
      runId: 'a' as RunId,
      agentId: agent,
      target: null,
      why: 'wrong customer',
    },
    {
      at: at(50),
      actor: 'operator:ana',
      action: 'agent.isolate',
      runId: null,
      agentId: agent,
      target: null,
      why: 'pays twice',
    },
  ],
  approvals: [
    {
      approvalId: 'q' as ApprovalId,
      runId: 'a' as RunId,
      agentId: agent,
      tool: 'bank.transfer',
      target: 'customer 7',
      requestedAt: at(10),
      decidedAt: at(31),
      decision: 'approved',
      by: 'operator:bo',
      why: 'fine',
    },
  ],
  busiest: [],
  spend: { tokensIn: 0, tokensOut: 0, costUsd: 0 },
  leftOut: { stopped: 0, operatorActions: 0, approvals: 0, spend: 0 },
  text: '',
}

test('what happened is told once, in the order of time', () => {
  const story = storyOf(summary).map((chapter) => {
    if (chapter.kind === 'stop') return `${chapter.stop.run.status} by ${chapter.stop.by}`
    if (chapter.kind === 'act') return chapter.act.action
    return `${chapter.kind} ${chapter.approval.tool}`
  })
  expect(story).toEqual([
    'asked bank.transfer',
    'lost by holdpoint',
    'decided bank.transfer',
    'killed by operator:ana',
    'agent.isolate',
  ])
})

test('a request from before the window is told by its answer alone', () => {
  expect(storyOf({ ...summary, from: at(15) }).map(({ kind }) => kind)).toEqual([
    'stop',
    'decided',
    'stop',
    'act',
  ])
})

test('a pause that a person asked for twice, and an answer that is not listed, are told', () => {
  const late = {
    ...summary.operatorActions[1],
    at: at(55),
  } as (typeof summary.operatorActions)[number]
  expect(storyOf({ ...summary, operatorActions: [late] }).at(-1)).toMatchObject({ kind: 'act' })
  expect(storyOf({ ...summary, approvals: [] }).map(({ kind }) => kind)).toEqual([
    'stop',
    'stop',
    'act',
    'stop',
    'act',
  ])
})
