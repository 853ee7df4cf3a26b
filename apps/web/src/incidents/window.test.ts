import { expect, test } from 'vitest'

import { parseIncidentSearch } from './search.ts'
import { windowOf } from './window.ts'

const hour = 3_600_000
const now = Date.parse('2026-11-20T08:00:00Z')
const iso = (ms: number) => new Date(ms).toISOString()
const began = iso(now - 100 * hour)
const window = (query: Record<string, string>, begins: string | null = began) =>
  windowOf(parseIncidentSearch(query), now, begins)

test('a window that has no end goes on; one that has one does not', () => {
  expect(window({ from: '-2h' })).toMatchObject({
    span: { from: now - 2 * hour, to: now },
    live: true,
  })
  expect(window({ from: iso(now - 3 * hour), to: iso(now - hour) })).toMatchObject({
    span: { from: now - 3 * hour, to: now - hour },
    live: false,
  })
  // What lies ahead is not known.
  expect(window({ from: '-1h', to: iso(now + hour) }).span.to).toBe(now)
})

test('where nothing is chosen it is the last day, or what there is', () => {
  expect(window({}).span).toEqual({ from: now - 24 * hour, to: now })
  expect(window({}, iso(now - hour)).span.from).toBeCloseTo(now - 1.02 * hour)
  expect(window({}, null).begins).toBeNull()
})

test('what an address says wrongly is left out, and a window is never empty', () => {
  expect(
    parseIncidentSearch({ from: 'soon', zoom: 'big', view: 'grid', agent: ',,', x: '1' }),
  ).toEqual({})
  expect(parseIncidentSearch({ agent: 'a,b,a', view: 'table', zoom: '10m', run: 'r' })).toEqual({
    agent: ['a', 'b'],
    view: 'table',
    zoom: '10m',
    run: 'r',
  })
  const { span } = window({ from: '-1h', to: '-2h' })
  expect(span.to).toBeGreaterThan(span.from)
})
