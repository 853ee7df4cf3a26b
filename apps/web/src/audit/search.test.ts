import { expect, test } from 'vitest'

import { filterOf, isFiltered, parseAuditSearch, without } from './search.ts'

const run = '00000000-0000-4000-8000-000000000001'

test('reads every part of an address and drops what it does not know', () => {
  const whole = {
    agent: 'a',
    run,
    actor: 'people',
    login: 'l',
    table: 't',
    row: 'r, 1',
    action: 'run.*',
    from: '-15m',
    to: '2026-11-20T03:00:00.5Z',
    late: 'yes',
    order: 'oldest',
    sel: run,
  } as const
  expect(parseAuditSearch(whole)).toEqual(whole)
  expect(
    parseAuditSearch({
      run: 'x',
      from: 'soon',
      late: 'no',
      order: 'up',
      sel: '1',
      agent: '',
      more: 1,
    }),
  ).toEqual({})
})

test('a time without a zone is the reader’s own', () => {
  const { from } = parseAuditSearch({ from: '2026-11-20T03:00' })
  expect(from).toBe(new Date(2026, 10, 20, 3).toISOString())
})

test('asks the server by its own names; what is open and in which order is no filter', () => {
  expect(filterOf({ agent: 'a', run, late: 'yes', order: 'oldest', sel: run })).toEqual({
    agentId: 'a',
    runId: run,
    late: true,
  })
  expect(isFiltered({ order: 'oldest', sel: run })).toBe(false)
  expect(isFiltered({ to: '-1h' })).toBe(true)
  expect(without({ from: '-1h', to: '-5m', row: '1' }, 'from', 'to')).toEqual({ row: '1' })
})
