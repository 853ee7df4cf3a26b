import { expect, test } from 'vitest'

import { isPerson, shortActor, spokenActor, typedActor } from './actors.ts'

test('a person is called by the name alone, anyone else as the log has them', () => {
  const actors = ['operator:ana', 'token:ci', 'agent:invoice-bot', 'holdpoint']
  expect(actors.map(shortActor)).toEqual(['ana', 'token:ci', 'agent:invoice-bot', 'holdpoint'])
  expect(actors.filter(isPerson)).toEqual(['operator:ana'])
})

test('to a reader a token is no person, and an agent is one', () => {
  const actors = [
    'operator:a:na',
    'token:ci',
    'agent:invoice-bot',
    'holdpoint',
    'login:x',
    'holdpoint:x',
    '',
  ]
  expect(actors.map(spokenActor)).toEqual([
    'a:na',
    'token “ci”',
    'agent invoice-bot',
    'holdpoint',
    'login x',
    'holdpoint:x',
    '',
  ])
})

test('a yes of a standing approval is nobody’s own, whichever word it was written with', () => {
  expect(['standing:6b1c', 'rule:6b1c'].map(spokenActor)).toEqual([
    'a standing approval',
    'a standing approval',
  ])
})

test('a name that is typed alone means a person', () => {
  expect(typedActor(' ana ')).toBe('operator:ana')
  expect(typedActor(' agent:invoice-bot')).toBe('agent:invoice-bot')
})
