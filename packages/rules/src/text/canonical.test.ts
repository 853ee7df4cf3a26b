import { expect, test } from 'vitest'

import { canonical, MOST_CHARACTERS } from './canonical.ts'

const asResult = { keepsSubjects: false, ignore: [], subjects: [] }
const asArguments = { ...asResult, keepsSubjects: true }
const uuid = '0b9a3c11-1f2e-4d5c-8b7a-001122334455'

test('keys are sorted, and keys that are ids count as one', () => {
  expect(canonical({ b: 1, a: [true, null] }, asResult)).toBe('{"a":[true,null],"b":1}')
  expect(canonical({ [uuid]: 1 }, asResult)).toBe('{"<volatile>":1}')
})

test('what is asked about stays in arguments, and an id in an answer goes', () => {
  const ticket = { ticket_id: uuid, request_id: 'r1', note: `see ${uuid}` }
  expect(canonical(ticket, asArguments)).toBe(
    `{"note":"see <volatile>","request_id":<volatile>,"ticket_id":"${uuid}"}`,
  )
  expect(canonical(ticket, asResult)).toContain('"ticket_id":<volatile>')
  expect(canonical({ ids: [1, 2] }, asArguments)).toBe('{"ids":[1,2]}')
})

test('instants are volatile, other numbers are not', () => {
  expect(canonical([1_790_000_000, 1_790_000_000_123, 375, -1], asResult)).toBe(
    '[<volatile>,<volatile>,375,-1]',
  )
})

const list = (first: number, last: number): unknown => ({
  ok: true,
  rows: [first, ...Array.from({ length: 50_000 }, () => 7), last],
})
const text = (end: string): string => `${'a '.repeat(MOST_CHARACTERS)}${end}`

test('a difference at either end of something large is seen', () => {
  expect(canonical(list(1, 1), asResult)).not.toBe(canonical(list(2, 1), asResult))
  expect(canonical(list(1, 1), asResult)).not.toBe(canonical(list(1, 2), asResult))
  expect(canonical(text('x'), asResult)).not.toBe(canonical(text('y'), asResult))
})

test('something large has the room that what is small beside it does not need', () => {
  const beside = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`k${i}`, i]))
  const rows = (nth: number): unknown => ({
    ...beside,
    rows: Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`r${i}`, i === nth])),
  })
  expect(canonical(rows(1), asResult)).not.toBe(canonical(rows(2), asResult))
})
