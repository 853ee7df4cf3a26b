import type { Run } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { attentionOf, breakdown } from './attention.ts'

const now = Date.parse('2026-11-20T03:13:00.000000+00:00')
const nobody = new Set<string>()
const of = (...runs: Run[]) =>
  attentionOf(new Map(runs.map((run) => [run.id, run])), [], now, nobody)

test('running well, done, and deliberately paused ask for nobody', () => {
  const items = of(
    aRun('a', 1),
    aRun('b', 1, { status: 'complete' }),
    aRun('c', 1, { status: 'paused', stopReason: 'USER_PAUSED', heldBy: ['operator_pause'] }),
  )
  expect(items).toEqual([])
})

test('a lost run comes before a stopped one, and that before a failed one', () => {
  const items = of(
    aRun('failed', 1, { status: 'failed', stopReason: 'TOOL_FAILURE' }),
    aRun('stopped', 1, { status: 'paused', stopReason: 'LOOP_DETECTED', heldBy: ['detection'] }),
    aRun('lost', 1, { status: 'lost', stopReason: 'UNKNOWN_OUTCOME', tool: 'upload_file' }),
  )
  expect(items.map(({ key }) => key)).toEqual(['lost', 'stopped', 'failed'])
  expect(breakdown(items)).toBe('1 lost · 1 stopped · 1 failed')
})

test('a failure that someone opened asks no more', () => {
  const failed = aRun('a', 1, { status: 'failed', stopReason: 'TIMEOUT' })
  expect(attentionOf(new Map([['a', failed]]), [], now, new Set(['a']))).toEqual([])
})

test('an isolated agent is one line, however many runs it holds', () => {
  const held = { status: 'paused', stopReason: 'ISOLATED', heldBy: ['isolation'] } as const
  expect(of(aRun('a', 1, held), aRun('b', 1, held))).toMatchObject([{ kind: 'isolated', runs: 2 }])
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
  expect(of(aRun('a', 1, { control }))).toHaveLength(1)
  expect(of(aRun('a', 1, { control, engine: 'sql' }))).toHaveLength(0)
})
