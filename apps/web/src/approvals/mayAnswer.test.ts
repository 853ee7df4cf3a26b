import type { ApprovalToAnswer, Replies } from '@holdpoint/protocol'
import { describe, expect, test } from 'vitest'

import { mayAnswer, noAnswer, type Standing } from './mayAnswer'

const all: Replies = {
  approve: null,
  edit: null,
  reject: null,
  further: null,
  delegate: null,
  escalate: null,
  extend: null,
}
const untouched: Standing = {
  text: null,
  draft: { kind: 'same' },
  fault: null,
  checked: true,
  barred: null,
  ungraded: false,
}
const may = (replies: Partial<Replies>, standing: Partial<Standing> = {}) =>
  mayAnswer({ replies: { ...all, ...replies } } as ApprovalToAnswer, { ...untouched, ...standing })

const pressable = (replies: Replies): string[] =>
  Object.entries(replies).flatMap(([name, why]) => (why === null ? [name] : []))

describe('what may be answered', () => {
  test('is everything that the server says', () => {
    expect(may({})).toEqual(all)
    expect(noAnswer(may({}))).toBeNull()
  })

  test('is only a no, and handing on, for someone whose yes would not count', () => {
    const others = 'You are not among those who are asked.'
    const left = may({ approve: others, edit: others, further: others, delegate: others })
    expect(pressable(left)).toEqual(['reject', 'escalate', 'extend'])
    expect(left.approve).toBe(others)
    expect(noAnswer(left)).toBeNull()
  })

  test('is nothing for someone who is behind the request, and why is told', () => {
    const behind = 'You are behind this request.'
    const left = may({ approve: behind, edit: behind, reject: behind, further: behind })
    expect(noAnswer(left)).toBe(behind)
  })

  test('is an edited yes as far as an edit is allowed, whatever a plain yes is', () => {
    const answered = 'You have answered it.'
    const edited = { text: '{}', draft: { kind: 'edited', value: {} } } as const
    expect(may({ approve: answered }, edited).approve).toBeNull()
    expect(may({ edit: answered }, edited).approve).toBe(answered)
    expect(may({ edit: answered }).approve).toBeNull()
  })

  test('waits for edits that cannot be sent as they are', () => {
    const text = '{'
    const broken = may({}, { text, draft: { kind: 'broken', why: 'no JSON' } })
    expect(broken.approve).toMatch(/cannot be read/)
    expect(broken.reject).toBeNull()
    expect(broken.further).toMatch(/drop your edits/)
    const edited = { text, draft: { kind: 'edited', value: 1 } } as const
    expect(may({}, { ...edited, fault: 'too much' }).approve).toMatch(/schema/)
    expect(may({}, { ...edited, checked: false }).approve).toMatch(/being checked/)
  })

  test('waits for a grade, with a yes as with a no', () => {
    expect(pressable(may({}, { ungraded: true }))).not.toContain('approve')
    expect(pressable(may({}, { ungraded: true }))).not.toContain('reject')
  })

  test('is no edit where the browser could not keep what was asked', () => {
    const left = may({}, { barred: 'order is a number that a browser cannot keep exactly.' })
    expect(left.edit).toMatch(/cannot keep/)
    expect(left.approve).toBeNull()
  })
})
