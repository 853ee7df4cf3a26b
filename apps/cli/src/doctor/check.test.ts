import { describe, expect, it } from 'vitest'

import { type Check, report, verdict } from './check.ts'
import { judgeClock } from './database.ts'
import { checkNode, judgeSpace } from './host.ts'

const check = (status: Check['status']): Check => ({
  area: 'host',
  name: 'thing',
  status,
  detail: 'because',
})

describe('the report', () => {
  it('has a line for each check, red only where it may be', () => {
    expect(report([check('bad')], false)).toEqual(['host', '  BAD   thing  because'])
    expect(report([check('bad')], true)[1]).toContain('\u001b[31mBAD')
  })

  it('ends with what was found', () => {
    expect(verdict([check('ok')])).toBe('All 1 checks are well.')
    expect(verdict([check('ok'), check('warn')])).toContain('1 of 2 need a look')
    expect(verdict([check('bad'), check('warn')])).toBe('1 of 2 checks is bad.')
    expect(verdict([check('bad'), check('bad')])).toBe('2 of 2 checks are bad.')
  })
})

it('judges Node, space and clocks', () => {
  expect(checkNode('24.21.0').status).toBe('ok')
  expect(checkNode('26.0.0').status).toBe('bad')
  const gib = 1024 ** 3
  const judged = [0.1, 1, 50].map((free) => judgeSpace(free * gib, 100 * gib, '/d').status)
  expect(judged).toEqual(['bad', 'warn', 'ok'])
  expect([0, -2000, 60_000].map((ms) => judgeClock(ms, 'a', 'b').status)).toEqual([
    'ok',
    'warn',
    'bad',
  ])
  expect(judgeClock(-2000, 'a', 'b').detail).toBe('a is 2000 ms behind b')
})
