import type { ActionId, ActionState, RunSpan, RunStatus } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun, anEvent } from '../../live/testing.ts'
import { EventColumns } from '../history/eventColumns.ts'
import { barOf, nextStepAfter } from './bars.ts'

const since = '2026-11-20T03:20:00.000000+00:00'
const endedAt = '2026-11-20T03:13:00.000000+00:00'
const start = Date.parse('2026-11-20T03:12:00Z')
const run = (status: RunStatus) => aRun('a', 9, { status, statusSince: since })

const plain: RunSpan = { kind: 'step', seq: 1, name: 'fetch', kept: null }
const kept = (
  state: 'running' | 'done' | 'failed',
  ended: string | null,
  attempt = 1,
): RunSpan => ({
  kind: 'step',
  seq: 1,
  name: 'fetch',
  kept: { occurrence: 2, attempt, state, endedAt: ended },
})
const action = (state: ActionState, ended: string | null): RunSpan => ({
  kind: 'action',
  seq: 1,
  name: 'mail',
  target: 'a@example.com',
  actionId: 'id' as ActionId,
  attempt: 1,
  state,
  endedAt: ended,
})

const told = (span: RunSpan, status: RunStatus, next: number | null = null) => {
  const { outcome, end } = barOf(span, start, next, run(status))
  return [outcome, end]
}
const over = Date.parse(since)

test('a plain-SQL step ends when the next begins, else with its run', () => {
  expect(told(plain, 'running', start + 5)).toEqual(['done', start + 5])
  expect(told(plain, 'running')).toEqual(['open', null])
  expect(told(plain, 'paused')).toEqual(['open', null])
  expect(told(plain, 'complete')).toEqual(['done', over])
  expect(told(plain, 'failed')).toEqual(['failed', over])
  expect(told(plain, 'killed')).toEqual(['left', over])
})

test('a kept step ends as was written, whatever began since', () => {
  expect(told(kept('done', endedAt), 'running', start + 5)).toEqual(['done', Date.parse(endedAt)])
  expect(told(kept('running', null), 'running', start + 5)).toEqual(['open', null])
  expect(told(kept('running', null), 'killed')).toEqual(['left', over])
  // Its worker died, and another attempt began.
  expect(told(kept('running', endedAt), 'running')).toEqual(['left', Date.parse(endedAt)])
})

test('an action whose outcome is unknown is not shown as done, nor as under way', () => {
  expect(told(action('unknown', null), 'lost')).toEqual(['unknown', null])
  expect(told(action('intended', null), 'killed')).toEqual(['unknown', over])
  expect(told(action('intended', null), 'paused')).toEqual(['open', null])
  expect(told(action('confirmed', endedAt), 'running')).toEqual(['done', Date.parse(endedAt)])
  expect(told(action('cancelled', endedAt), 'killed')).toEqual(['cancelled', Date.parse(endedAt)])
})

test('what is beside the name tells occurrences and attempts apart, and the link is its own', () => {
  expect(barOf(kept('failed', endedAt, 3), start, null, run('running'))).toMatchObject({
    sel: 'step.2.fetch',
    target: '(2) · attempt 3',
  })
  expect(barOf(plain, start, null, run('running'))).toMatchObject({ sel: 'event.1', target: null })
  expect(barOf(action('failed', endedAt), start, null, run('running'))).toMatchObject({
    sel: 'action.id',
    target: 'a@example.com',
  })
})

test('the next step is found past the actions between', () => {
  const columns = new EventColumns()
  columns.add([
    anEvent('a', 1, { kind: 'run.started' }),
    anEvent('a', 2, { kind: 'run.step' }),
    anEvent('a', 3, { kind: 'action.intended' }),
    anEvent('a', 4, { kind: 'run.step' }),
  ])
  expect(nextStepAfter(columns, [2, 3, 4], 2)).toBe(Date.parse('2026-11-20T03:12:04Z'))
  expect(nextStepAfter(columns, [2, 3, 4], 4)).toBeNull()
})

test('where the events after a step are not read yet, it neither goes on nor ends with a later one', () => {
  const columns = new EventColumns()
  columns.add([
    anEvent('a', 1, { kind: 'run.started' }),
    anEvent('a', 2, { kind: 'run.step' }),
    anEvent('a', 3, { kind: 'action.intended' }),
  ])
  // The stream was away: what it told next leaves 4 to 7 to be read.
  columns.add([
    anEvent('a', 7, { kind: 'run.step' }),
    anEvent('a', 8, { kind: 'run.step' }),
    anEvent('a', 9, { kind: 'action.intended' }),
  ])
  const known = Date.parse('2026-11-20T03:12:03Z')
  expect(nextStepAfter(columns, [2, 3, 8, 9], 2)).toEqual({ unreadAfter: known })
  expect(nextStepAfter(columns, [2, 3], 2)).toEqual({ unreadAfter: known })
  expect(nextStepAfter(columns, [2, 3, 8, 9], 8)).toBeNull()
  const { end, outcome } = barOf(plain, start, { unreadAfter: known }, run('running'))
  expect([end, outcome]).toEqual([known, 'unread'])
})
