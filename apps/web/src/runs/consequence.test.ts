import { expect, test } from 'vitest'

import { aRun } from '../live/testing.ts'
import { consequences } from './consequence.ts'

const now = Date.parse('2026-11-20T03:12:10.200000+00:00')

test('names the action in flight and promises nothing about it', () => {
  const run = aRun('a', 1, {
    worker: 'w-1',
    tool: 'send_email',
    toolSince: '2026-11-20T03:12:07.000000+00:00',
  })
  expect(consequences('pause', run, 0, now)).toContain(
    '1 action in flight: send_email, 3.2s; it may still finish.',
  )
})

test('a paused run has nothing running: what had begun may finish, and nothing is said of it at rest', () => {
  const at = '2026-11-20T03:12:07.000000+00:00'
  const paused = aRun('a', 1, {
    status: 'paused',
    stopReason: 'USER_PAUSED',
    worker: 'w-1',
    tool: 'send_email',
    toolSince: at,
  })
  expect(consequences('kill', paused, 0, now)).toContain(
    'send_email was in flight when it was paused; it may still finish.',
  )
  const control = { verb: 'pause', by: 'maria', why: null, requestedAt: at } as const
  const rest = { ...control, deliveredAt: at, acknowledgedAt: at, quiescedAt: at }
  const words = consequences('kill', { ...paused, control: rest }, 0, now).join(' ')
  expect(words).not.toContain('send_email')
})

test('where no worker has it, none is promised to be told', () => {
  const queued = aRun('a', 1, { status: 'queued' })
  expect(consequences('pause', queued, 0, now).join(' ')).toContain('no worker takes it until')
  expect(consequences('kill', queued, 0, now).join(' ')).toContain('no worker takes it again')
})

test('a plain-SQL agent is stopped at its next write, unseen', () => {
  const words = consequences('kill', aRun('a', 1, { engine: 'sql' }), 0, now).join(' ')
  expect(words).toContain('refuses its next write')
  expect(words).toContain('cannot be observed')
})

test('a kill says what it takes along', () => {
  expect(consequences('kill', aRun('a', 1), 3, now)).toContain('It takes 3 child runs along.')
})

test('a pause of what stands already promises nothing but another hold', () => {
  const spent = aRun('a', 1, { status: 'paused', stopReason: 'BUDGET_EXCEEDED', worker: 'w-1' })
  expect(consequences('pause', spent, 0, now)).toEqual([
    'Pause adds your own hold: it stays paused until someone resumes it.',
  ])
})
