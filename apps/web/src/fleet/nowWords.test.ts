import type { ApprovalId } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { nowOf, nowWords } from './nowWords.ts'

const asks = {
  approvalId: 'q' as ApprovalId,
  kind: 'action',
  tool: 'payments.refund',
  target: 'order 7',
  changes: null,
} as const
const waits = { status: 'paused', stopReason: 'AWAITING_APPROVAL', heldBy: ['approval'] } as const

test('a run that asks is told by what it asks for, not by the sentence on its hold', () => {
  const stopDetail = 'asks to run something else'
  expect(nowWords(aRun('a', 1, { ...waits, stopDetail, asks }))).toBe('payments.refund order 7')
  const changes = { what: 'skill', name: 'letters', to: '4' }
  expect(nowWords(aRun('a', 1, { ...waits, asks: { ...asks, kind: 'change', changes } }))).toBe(
    'asks to change the skill letters to 4',
  )
  expect(nowWords(aRun('a', 1, { ...waits, asks: { ...asks, tool: null, target: null } }))).toBe(
    'asks to go on',
  )
})

test('where nobody recorded what is asked for, the words of the time stand', () => {
  expect(nowWords(aRun('a', 1, { ...waits, stopDetail: 'asks to run x' }))).toBe('asks to run x')
  expect(nowWords(aRun('a', 1, waits))).toBe('asks for approval')
})

test('a tool in flight with its target and since when; a stopped run with its reason', () => {
  const toolSince = '2026-11-20T03:12:07.000000+00:00'
  expect(
    nowOf(aRun('a', 1, { worker: 'w', tool: 'shell', toolTarget: 'make', toolSince })),
  ).toEqual({
    is: 'tool',
    tool: 'shell',
    target: 'make',
    since: toolSince,
  })
  expect(nowWords(aRun('a', 1, { status: 'paused', stopReason: 'USER_PAUSED' }))).toBe(
    'Paused by a person',
  )
  expect(nowWords(aRun('a', 1))).toBeNull()
})
