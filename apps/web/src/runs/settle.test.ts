import type { Action } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { responseOf, whatSettlingDoes } from './settle.ts'

const action = { tool: 'send_email', reversible: null } as Action

test('an empty response is none; what is no JSON is said to be none', () => {
  expect(responseOf('  ')).toEqual({ ok: true })
  expect(responseOf('null')).toEqual({ ok: true, response: null })
  expect(responseOf('{"id": 7}')).toEqual({ ok: true, response: { id: 7 } })
  const wrong = responseOf('sent')
  expect(!wrong.ok && wrong.because).toContain('Text goes in quotes')
})

test('a response that the ledger would refuse is refused here', () => {
  expect(responseOf(JSON.stringify('é'.repeat(131_072))).ok).toBe(false)
  expect(responseOf(JSON.stringify('e'.repeat(131_072))).ok).toBe(true)
})

test('each answer says what happens: the agent gets it, or tries again', () => {
  const run = aRun('a', 1, { status: 'paused', heldBy: ['outcome'] })
  expect(whatSettlingDoes(true, action, run)).toContain('is not run again')
  expect(whatSettlingDoes(false, action, run)).toContain('will try send_email again')
  expect(whatSettlingDoes(false, action, run)).toContain('happens twice')
  expect(whatSettlingDoes(false, { ...action, reversible: false }, run)).toContain(
    'cannot be undone',
  )
})

test('a lost run goes on only with a worker; an ended one not at all', () => {
  expect(whatSettlingDoes(true, action, aRun('a', 1, { status: 'lost' }))).toContain(
    'once a worker has claimed',
  )
  expect(whatSettlingDoes(true, action, aRun('a', 1, { status: 'killed' }))).toContain(
    'nothing else changes',
  )
})
