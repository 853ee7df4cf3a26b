import type { Control } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { inFlight } from './inFlight.ts'

const at = '2026-11-20T03:12:07.000000+00:00'
const tool = { tool: 'send_email', toolSince: at, worker: 'w-1' }
const pause: Control = {
  verb: 'pause',
  by: 'maria',
  why: null,
  requestedAt: at,
  deliveredAt: at,
  acknowledgedAt: at,
  quiescedAt: null,
}

test('a running tool runs; without a tool nothing does', () => {
  expect(inFlight(aRun('a', 1, tool))).toBe('now')
  expect(inFlight(aRun('a', 1))).toBe('none')
})

test('a paused run shows no tool as running: what had begun may finish, and at rest there is none', () => {
  const paused = { ...tool, status: 'paused', stopReason: 'USER_PAUSED' } as const
  expect(inFlight(aRun('a', 1, { ...paused, control: pause }))).toBe('may finish')
  expect(inFlight(aRun('a', 1, { ...paused, control: { ...pause, quiescedAt: at } }))).toBe('none')
  expect(inFlight(aRun('a', 1, { ...paused, stopReason: 'ISOLATED' }))).toBe('may finish')
})

test('what a run asks approval for has not begun', () => {
  const asking = { ...tool, status: 'paused', stopReason: 'AWAITING_APPROVAL' } as const
  expect(inFlight(aRun('a', 1, asking))).toBe('none')
})

test('without its worker nobody knows', () => {
  const lost = { ...tool, worker: null, status: 'lost' } as const
  expect(inFlight(aRun('a', 1, lost))).toBe('unknown')
  expect(inFlight(aRun('a', 1, { ...lost, status: 'paused', stopReason: 'USER_PAUSED' }))).toBe(
    'unknown',
  )
})

test('a run that has ended has nothing in flight', () => {
  expect(inFlight(aRun('a', 1, { ...tool, status: 'killed' }))).toBe('none')
})
