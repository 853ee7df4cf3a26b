import { expect, test } from 'vitest'

import { askedFor, asksFor, goalBeside } from './asking.ts'

const nothing = { tool: null, target: null, changes: null }

test('a call is told as the call, all else as a sentence', () => {
  expect(askedFor({ ...nothing, tool: 'mail.send', target: 'ana' })).toEqual({
    words: 'mail.send ana',
    call: true,
  })
  expect(asksFor(nothing)).toBe('asks to go on')
  expect(asksFor({ ...nothing, kind: 'output' })).toBe('asks to return an output')
  expect(asksFor({ ...nothing, kind: 'output', tool: 'report' })).toBe(
    'asks to return an output: report',
  )
})

test('a goal that is the target already is not said twice', () => {
  expect(goalBeside('Count shelf 7', { target: 'Count shelf 7 ' })).toBeNull()
  expect(goalBeside('Count shelf 7', { target: 'shelf 7' })).toBe('Count shelf 7')
  expect(goalBeside(null, { target: null })).toBeNull()
})

test('a change is told by what goes live, not by the tool that makes it', () => {
  const changes = { what: 'skill', name: 'answer', from: '3', to: '4' }
  const change = { ...nothing, kind: 'change', tool: 'skill.publish', changes } as const
  expect(asksFor(change)).toBe('asks to change the skill answer from 3 to 4')
  const { from: _, to: __, ...unsaid } = changes
  expect(asksFor({ ...change, changes: unsaid })).toBe('asks to change the skill answer')
})
