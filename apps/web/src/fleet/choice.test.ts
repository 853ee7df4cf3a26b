import { expect, test } from 'vitest'

import {
  all,
  at,
  letGo,
  nothingChosen,
  pressed,
  stepped,
  toggledRow,
  type Choice,
} from './choice.ts'

const order = ['a', 'b', 'c', 'd', 'e']
const chosen = (choice: Choice) => [...choice.chosen].toSorted().join('')
const press = (id: string, more: Partial<Parameters<typeof pressed>[1]> = {}) => ({
  id,
  add: false,
  range: false,
  onBox: false,
  ...more,
})

test('a click makes a row the current one and lets the chosen go', () => {
  const two = toggledRow(toggledRow(nothingChosen, 'a'), 'b')
  expect(pressed(two, press('d'), order)).toEqual(at('d'))
})

test('Ctrl and a click take the current row along, the box takes only its own', () => {
  expect(chosen(pressed(at('a'), press('c', { add: true }), order))).toBe('ac')
  expect(chosen(pressed(at('a'), press('c', { onBox: true }), order))).toBe('c')
})

test('Ctrl and a click on a chosen row take it out again', () => {
  const two = pressed(at('a'), press('c', { add: true }), order)
  expect(chosen(pressed(two, press('c', { add: true }), order))).toBe('a')
})

const to = (choice: Choice, id: string) => pressed(choice, press(id, { range: true }), order)

test('Shift draws a range from where it began, and drawing it back lets go', () => {
  const wide = to(at('b'), 'e')
  expect(chosen(wide)).toBe('bcde')
  expect(chosen(to(wide, 'c'))).toBe('bc')
  expect(chosen(to(to(wide, 'c'), 'a'))).toBe('ab')
})

test('the keys walk, and with Shift they draw; what was chosen elsewhere stays', () => {
  const walked = stepped(stepped(nothingChosen, 1, order), 1, order)
  expect(walked.current).toBe('b')
  const drawn = stepped(stepped(walked, 1, order, true), 1, order, true)
  expect(chosen(drawn)).toBe('bcd')
  expect(chosen(stepped(drawn, -1, order, true))).toBe('bc')
  const away = stepped(drawn, 1, order)
  expect([away.current, chosen(away)]).toEqual(['e', 'bcd'])
  expect(chosen(toggledRow(away, 'e'))).toBe('bcde')
})

test('the list ends where it ends', () => {
  expect(stepped(at('e'), 1, order).current).toBe('e')
  expect(stepped(nothingChosen, -1, []).current).toBeNull()
})

test('Escape lets the chosen go first, then the current row', () => {
  const every = all(at('b'), order)
  expect(chosen(every)).toBe('abcde')
  const still = letGo(every)
  expect([still.current, chosen(still)]).toEqual(['b', ''])
  expect(letGo(still)).toEqual(nothingChosen)
})
