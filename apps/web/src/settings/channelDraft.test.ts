import { noticeClassNames } from '@holdpoint/protocol'
import { expect, test } from 'vitest'

import { draftOf, listOf, missingFrom } from './channelDraft'

const named = { ...draftOf(null), name: 'ops', url: 'https://example.com' }

test('a new channel is told of what needs a person, and not of what people did', () => {
  const { wants } = draftOf(null)
  expect(wants.classes).not.toContain('approval.decided')
  expect(wants.reasons).not.toContain('USER_PAUSED')
  expect(wants.classes.length).toBeLessThan(noticeClassNames.length)
})

test('what is missing is said, one thing at a time', () => {
  expect(missingFrom(draftOf(null), true, false)).toBe('Give it a name.')
  expect(missingFrom({ ...named, url: ' ' }, true, false)).toBe('Say where it leads.')
  expect(missingFrom({ ...named, url: '' }, false, false)).toBeNull()
  expect(missingFrom(named, true, false)).toBeNull()
  const mail = { ...named, kind: 'email' as const, to: 'a@example.com' }
  expect(missingFrom(mail, true, true)).toBeNull()
  expect(missingFrom(mail, true, false)).toBe('Say which server sends the mail.')
  expect(missingFrom({ ...mail, to: ' ,' }, true, true)).toBe('Say who gets the mail.')
  expect(missingFrom({ ...mail, from: 'a@example.com' }, true, true)).toContain('go together')
  const { wants } = named
  expect(missingFrom({ ...named, wants: { ...wants, classes: [] } }, true, true)).toContain('least')
  expect(missingFrom({ ...named, wants: { ...wants, reasons: [] } }, true, true)).toContain('stop')
})

test('lists are parted by commas and lines', () => {
  expect(listOf(' a@example.com,\nb@example.com ,')).toEqual(['a@example.com', 'b@example.com'])
})
