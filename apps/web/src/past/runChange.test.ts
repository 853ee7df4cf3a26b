import type { RunChange } from '@holdpoint/protocol'
import { describe, expect, it } from 'vitest'

import { aRun } from '../live/testing.ts'
import { changesText, fieldChanges } from './runChange.ts'

const goal = 'Pay invoice 4711'
const running = aRun('run-1', 4, { goal, step: 'check', steps: 2 })
const paused = aRun('run-1', 9, {
  goal,
  status: 'paused',
  heldBy: ['operator_pause'],
  stopReason: 'USER_PAUSED',
  stopDetail: 'prices are wrong',
  step: 'pay',
  steps: 3,
  tool: 'bank.transfer',
  toolTarget: 'DE12',
  spend: { tokensIn: 0, tokensOut: 0, costUsd: 0.41 },
})
const change: RunChange = { before: running, after: paused }

describe('what changed of a run', () => {
  it('is told field by field, before and after', () => {
    expect(fieldChanges(change)).toEqual([
      { field: 'State', before: 'Running', after: 'Paused' },
      { field: 'Why it stopped', before: null, after: 'Paused by a person' },
      { field: 'Detail', before: null, after: 'prices are wrong' },
      { field: 'Held by', before: null, after: 'paused by an operator' },
      { field: 'Step', before: 'check', after: 'pay' },
      { field: 'Tool', before: null, after: 'bank.transfer DE12' },
      { field: 'Steps', before: '2', after: '3' },
      { field: 'Spend', before: null, after: '$0.41' },
    ])
  })

  it('of a run that began in between is what it came to', () => {
    expect(fieldChanges({ before: null, after: running })).toEqual([
      { field: 'State', before: null, after: 'Running' },
      { field: 'Step', before: null, after: 'check' },
      { field: 'Steps', before: null, after: '2' },
    ])
  })

  it('is nothing where only events came', () => {
    expect(fieldChanges({ before: running, after: { ...running, seq: 5 } })).toEqual([])
  })

  it('as text names each run with what changed', () => {
    const text = changesText([change, { before: null, after: running }], '03:00:00', '03:12:07')
    expect(text).toMatch(/^2 runs changed between 03:00:00 and 03:12:07\n/)
    expect(text).toContain('triage: Pay invoice 4711 (run-1)\n  State: Running -> Paused\n')
    expect(text).toContain('(run-1), began in between\n  State: - -> Running')
  })
})
