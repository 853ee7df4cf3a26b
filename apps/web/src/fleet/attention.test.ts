import type { AgentId, ApprovalId, Loop, OpenRequest, Run, RunId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { attentionOf, type Watched } from './attention.ts'
import { breakdown } from './breakdown.ts'

const now = Date.parse('2026-11-20T03:13:00.000000+00:00')
const of = (runs: readonly Run[], more: Partial<Watched> = {}) =>
  attentionOf({
    runs: new Map(runs.map((run) => [run.id, run])),
    approvals: [],
    loops: [],
    seen: new Set(),
    now,
    ...more,
  })
const keys = (runs: readonly Run[], more: Partial<Watched> = {}) =>
  of(runs, more).map(({ key }) => key)

const held = (id: string, hold: Run['heldBy'][number], stopReason: Run['stopReason']) =>
  aRun(id, 1, { status: 'paused', stopReason, heldBy: [hold] })

const failedAt = (id: string, minute: string) =>
  aRun(id, 1, { status: 'failed', statusSince: `2026-11-20T03:${minute}:00.000000+00:00` })

const asking = (id: string): Run => held(id, 'approval', 'AWAITING_APPROVAL')
const approvalOf = (run: Run, expiresAt: string | null, lacksSince: string | null = null) =>
  ({
    runId: run.id,
    askedAt: run.statusSince,
    expiresAt,
    tool: 'mail.send',
    lacksSince,
  }) as OpenRequest

const aLoop = (name: string, overdueSince: string | null): Loop => ({
  agentId: 'triage' as AgentId,
  name,
  goal: null,
  cron: '0 3 * * *',
  timeZone: 'UTC',
  event: null,
  expectMs: null,
  graceMs: 60_000,
  declaredAt: '2026-11-01T00:00:00.000000+00:00',
  nextDueAt: null,
  lastFiredAt: null,
  lastRunId: null,
  overdueSince,
  trouble: null,
  missed: 0,
  firings: [],
})

test('running well, done, and deliberately paused ask for nobody', () => {
  const runs = [
    aRun('a', 1),
    aRun('b', 1, { status: 'complete' }),
    held('c', 'operator_pause', 'USER_PAUSED'),
  ]
  expect(of(runs, { loops: [aLoop('nightly', null)] })).toEqual([])
})

test('approvals come first, then unknown outcomes, overdue loops, budgets, what is stopped, failures', () => {
  const runs = [
    aRun('failed', 1, { status: 'failed', stopReason: 'TOOL_FAILURE' }),
    held('looping', 'detection', 'LOOP_DETECTED'),
    held('spent', 'budget', 'BUDGET_EXCEEDED'),
    aRun('lost', 1, { status: 'lost', tool: 'upload_file' }),
    held('unsettled', 'outcome', 'UNKNOWN_OUTCOME'),
    asking('asking'),
  ]
  const loops = [aLoop('nightly', '2026-11-20T03:00:00.000000+00:00')]
  expect(keys(runs, { loops })).toEqual([
    'asking',
    'lost',
    'unsettled',
    'loop triage nightly',
    'spent',
    'looping',
    'failed',
  ])
  expect(breakdown(of(runs, { loops }))).toBe(
    '1 approval · 2 outcomes unknown · 1 loop overdue · 1 budget used up · 1 drifting · 1 failed',
  )
})

test('an approval that waits for people who are not there comes before all others', () => {
  const runs = ['soon', 'lacks'].map(asking)
  const [soon, lacks] = runs
  if (soon === undefined || lacks === undefined) throw new Error('two runs')
  const approvals = [
    approvalOf(lacks, null, lacks.statusSince),
    approvalOf(soon, '2026-11-20T04:00:00.000000+00:00'),
  ]
  expect(keys(runs, { approvals })).toEqual(['lacks', 'soon'])
})

test('an approval with the nearest deadline comes first, one without a deadline last', () => {
  const runs = ['none', 'late', 'soon'].map(asking)
  const deadlines = [null, '2026-11-20T09:00:00.000000+00:00', '2026-11-20T03:14:00.000000+00:00']
  const approvals = runs.map((run, nth) => approvalOf(run, deadlines[nth] ?? null))
  expect(keys(runs, { approvals })).toEqual(['soon', 'late', 'none'])
})

test('of failures the newest comes first', () => {
  expect(keys([failedAt('old', '01'), failedAt('new', '12'), failedAt('older', '00')])).toEqual([
    'new',
    'old',
    'older',
  ])
})

test('an unknown outcome asks also while a person has paused the run', () => {
  const run = aRun('a', 1, {
    status: 'paused',
    stopReason: 'USER_PAUSED',
    heldBy: ['operator_pause', 'outcome'],
  })
  expect(of([run])).toMatchObject([{ trouble: 'outcome' }])
})

test('a lost run with nothing in flight has no outcome to find out', () => {
  expect(of([aRun('a', 1, { status: 'lost' })])).toMatchObject([
    { trouble: 'stopped', what: 'worker lost, nothing in flight' },
  ])
})

test('a lost run is told with its goal, not twice in the words of whoever noticed', () => {
  const stopDetail = 'worker w-1 last seen 03:12:07Z; 1 action in flight, outcome unknown'
  const lost = { status: 'lost', stopReason: 'WORKER_LOST', stopDetail } as const
  expect(of([aRun('a', 1, lost)])).toMatchObject([{ claim: null }])
  expect(of([aRun('a', 1, { ...lost, tool: 'upload_file' })])).toMatchObject([{ claim: null }])
})

test('a failure that someone opened asks no more, unless what it started goes on', () => {
  const failed = aRun('a', 1, { status: 'failed', stopReason: 'TIMEOUT' })
  const seen = new Set(['a'])
  expect(of([failed], { seen })).toEqual([])
  const child = aRun('b', 1, { parentId: 'a' as RunId })
  expect(of([failed, child], { seen })).toMatchObject([{ key: 'a', children: 1 }])
  const ended = aRun('b', 1, { parentId: 'a' as RunId, status: 'complete' })
  expect(of([failed, ended], { seen })).toEqual([])
})

test('an isolated agent is one line, however many runs it holds', () => {
  const isolated = [held('a', 'isolation', 'ISOLATED'), held('b', 'isolation', 'ISOLATED')]
  expect(of(isolated)).toMatchObject([{ kind: 'isolated', runs: 2 }])
})

test('a request that no worker has acknowledged for half a minute asks for someone', () => {
  const control = {
    verb: 'pause',
    by: 'maria',
    why: null,
    requestedAt: '2026-11-20T03:12:00.000000+00:00',
    deliveredAt: null,
    acknowledgedAt: null,
    quiescedAt: null,
  } as const
  expect(of([aRun('a', 1, { control })])).toHaveLength(1)
  expect(of([aRun('a', 1, { control, engine: 'sql' })])).toHaveLength(0)
})

test('a request that nobody answered in time says what was asked, and leads to it', () => {
  const expired: Run = {
    ...held('expired', 'approval', 'APPROVAL_EXPIRED'),
    asks: {
      approvalId: 'r' as ApprovalId,
      kind: 'action',
      tool: 'payments.refund',
      target: 'order 7',
      changes: null,
    },
  }
  const request = { ...approvalOf(expired, null), id: 'r' } as OpenRequest
  const [item] = of([expired], { approvals: [request] })
  expect(item).toMatchObject({
    trouble: 'stopped',
    what: 'nobody decided in time: payments.refund order 7',
    claim: null,
    request: 'r',
  })
  expect(of([held('paused', 'check_in', 'CHECK_IN_DUE')])[0]).toMatchObject({ request: null })
})
