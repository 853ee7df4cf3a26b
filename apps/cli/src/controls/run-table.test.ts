import type { Run } from '@holdpoint/protocol'
import { describe, expect, it } from 'vitest'

import { age, runTable, table } from './run-table.ts'

const run = {
  id: '3eff658e-195f-4741-bc10-079a20790b8a',
  agentId: 'bot',
  status: 'paused',
  stopReason: 'AWAITING_APPROVAL',
  statusSince: '2026-01-01T00:00:00Z',
  waitingOn: null,
  step: 'step_1',
  tool: null,
  goal: 'pay the\u001b[31m invoice\nnow',
} as unknown as Run

describe('the table of runs', () => {
  it('shows state, age and reason in aligned columns', () => {
    const [head = '', line = ''] = runTable([run], Date.parse('2026-01-01T00:07:30Z'))
    expect(line).toMatch(/^3eff658e {2}bot +needs approval {2}7m +step_1 {2}AWAITING_APPROVAL/)
    expect(line.indexOf('bot')).toBe(head.indexOf('AGENT'))
  })

  it('tells how long a run waits, not how long it runs', () => {
    const waits = {
      ...run,
      status: 'running',
      stopReason: null,
      waitingOn: { kind: 'timer', what: null, until: null },
      lastEvent: { kind: 'run.waiting', actor: 'agent:bot', at: '2026-01-01T00:07:00Z' },
    } as unknown as Run
    const spent = { ...waits, lastEvent: { ...waits.lastEvent, kind: 'run.progress' as const } }
    const lines = runTable([waits, spent], Date.parse('2026-01-01T00:07:30Z'))
    expect(lines[1]).toMatch(/waiting {2}30s/)
    expect(lines[2]).toMatch(/waiting {2}- /)
  })

  it('keeps an agent’s control characters off the terminal', () => {
    expect(runTable([run], 0).join('')).toContain('pay the [31m invoice now')
  })

  it('cuts long cells', () => {
    expect(table([['A'], ['x'.repeat(100)]])[1]).toBe(`${'x'.repeat(39)}…`)
  })

  it('tells an age in its largest unit', () => {
    expect([-5, 59_999, 60_000, 3_600_000, 86_400_000].map(age)).toEqual([
      '0s',
      '59s',
      '1m',
      '1h',
      '1d',
    ])
  })
})
