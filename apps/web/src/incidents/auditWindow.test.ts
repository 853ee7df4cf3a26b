import { expect, test } from 'vitest'

import { incidentOf } from '../audit/incidentWindow.ts'
import { parseAuditSearch } from '../audit/search.ts'
import { auditAround, auditOf } from './auditWindow.ts'
import { parseIncidentSearch } from './search.ts'

const span = {
  from: Date.parse('2026-11-20T03:00:00.000Z'),
  to: Date.parse('2026-11-20T03:30:00.000Z'),
}

test('from the lanes to the log and back it is the same window of the same agent', () => {
  const windows = [
    { from: '2026-11-20T03:00:00Z', to: '2026-11-20T03:30:00Z', agent: ['refund-agent'] },
    { from: '-15m', agent: ['refund-agent'] },
    { from: '-24h', to: '-1h' },
  ]
  for (const window of windows) {
    const log = auditOf(window, span)
    // Nothing of it is dropped by the page that reads it.
    expect(parseAuditSearch({ ...log })).toEqual(log)
    expect(parseIncidentSearch({ ...incidentOf(log) })).toEqual(window)
  }
})

test('a window that begins where the page chose is written out; of several agents the log shows all', () => {
  expect(auditOf({}, span)).toEqual({ from: '2026-11-20T03:00:00.000Z' })
  expect(auditOf({ from: '-1h', agent: ['a', 'b'], zoom: '5m', view: 'table' }, span)).toEqual({
    from: '-1h',
  })
})

test('a log of a run leads to lanes that point at it; what lanes do not know is left out', () => {
  const run = '5c0f6c3e-61f5-4b0c-9a3e-0d6f6c1c2a01'
  const log = parseAuditSearch({ agent: 'a', run, actor: 'people', from: '-1h', order: 'oldest' })
  expect(incidentOf(log)).toEqual({ from: '-1h', agent: ['a'], run })
})

test('an act opens its row among those around it', () => {
  const id = '5c0f6c3e-61f5-4b0c-9a3e-0d6f6c1c2a01'
  const log = auditAround({ id, at: '2026-11-20T03:12:07.123456Z' })
  expect(parseAuditSearch({ ...log })).toEqual({
    from: '2026-11-20T03:07:07.123Z',
    to: '2026-11-20T03:17:07.123Z',
    sel: id,
  })
})
